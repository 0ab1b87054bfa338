// Command demo shows sipspan in a minute: it starts the daemon with a store and the page on this machine, and plays the messages of a capture to it in a loop, as
// a capture agent sends them, which needs no rights. Interrupted, it ends the daemon and leaves nothing.
//
//	demo PROGRAM CAPTURE [PORT]
package main
