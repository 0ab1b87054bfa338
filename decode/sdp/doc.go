// Package sdp reads what a monitor wants to know of a session description (RFC 8866): who made it, and of each media
// line what it is, where it wants to be sent, with which codecs and in which direction.
//
// It takes what it finds, in any order and with any line breaks, allocates nothing and never fails: what is not there is
// empty. All byte slices are borrowed from the body.
package sdp
