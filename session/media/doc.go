// Package media reads what the session descriptions of a call say: its media lines, whether a side wants silence, and
// what two legs of one call have in common.
//
// It keeps no state of a call. A [Reader] is scratch memory of one goroutine; what it returns refers to the description
// and is valid until its next call.
package media
