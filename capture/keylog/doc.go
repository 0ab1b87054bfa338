// Package keylog reads the secrets of TLS connections from files that other programs write: key logs in the form of NSS, which it
// follows while they grow, and the private keys of servers in PEM.
//
// Secrets go into a tls.Keys and are kept nowhere else; the memory that lines were read into is overwritten. No error and no line of
// the log quotes what a file holds.
package keylog
