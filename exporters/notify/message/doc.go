// Package message writes alerts as text for people: a title and some lines, in which what came from the wire cannot change the form of
// the message.
package message
