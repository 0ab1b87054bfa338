// Package record holds the records that sipspan writes, as plain structs that append themselves as JSON and are read back from it.
//
// A record owns its memory: nothing in it refers to a packet buffer. What is unknown is the zero value and is left out
// of the output. Strings may hold any bytes from the wire; the output is valid UTF-8.
package record
