// Package tls reads what a TLS connection shows in clear: the frames of its records (RFC 8446 section 5.1) and the
// alerts that end a handshake (section 6, RFC 5246 section 7.2). It decrypts nothing, keeps no bytes, allocates nothing and
// takes input of any kind.
package tls
