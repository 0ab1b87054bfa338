// Package tracelog finds the SIP messages in texts: the trace logs of servers, clients and tools, and documents that print
// messages.
//
// Read line by line, such a text is a series of heads and messages. A head is what a program writes before a message: when it was
// seen, between whom and over what. Each dialect has its own ([Dialect] names them), in heads.go and the files beside it; a
// message without a head is found by its start line. Everything else is skipped. Logs rewrite line ends, wrap lines and leave out
// bodies: a message ends where the log ends it, whatever its Content-Length says.
//
// Nothing is invented. A message has the time and the ends that its text names, and no others: see [capture.Clock] and
// wire.Party. Memory is bounded, however long a line or a message is.
package tracelog
