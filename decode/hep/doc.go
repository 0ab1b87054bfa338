// Package hep reads and writes the Homer Encapsulation Protocol: packets in which a capture agent hands on a message with
// when and between whom it was seen.
//
// Version 3 is a list of chunks after "HEP3" and a length, and it travels in datagrams and in streams. Versions 1 and 2 are fixed
// headers before the message, and travel in datagrams only. What is read refers to the bytes that it was read from.
package hep
