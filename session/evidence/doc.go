// Package evidence holds what is kept of a request that failed, and the [Case] in which that is handed to whoever says why.
//
// A tracker keeps messages in a [Store], which has a budget of bytes, and releases them when their session ends. What
// was refused has a [Refusal]: the response that says most, the rounds of a challenge, and how soon the sender tried
// again. When a session fails, its tracker builds a Case from these and from what its hops show. A Case is the only
// vocabulary of a failure: it states what was seen and draws no conclusion.
package evidence
