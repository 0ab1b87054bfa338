// Package tls takes TLS off the byte streams of a connection that was captured, where the secrets of the connection are known.
//
// A [Conn] is given the bytes of both directions of a connection, as they were captured, and hands on the plaintext of each.
// It follows the handshake of TLS 1.0 to 1.3 (RFC 2246, 4346, 5246, 8446) and needs, to decrypt, the secrets that one of the
// peers has written in the form of NSS key logs, or for the RSA key exchange of TLS 1.2 and before the private key of the
// server; [Keys] holds both. Without secrets it still reports what a handshake shows in clear: see [Info].
//
// Nothing is guessed: plaintext is what a record authenticates with, so a wrong key, a wrong cipher suite or a wrong place in the
// stream yield nothing. Records for which secrets are still missing wait within limits of bytes and of time; both limits are
// the caller's. After a gap in a stream the next record is searched for within a bound, and what was lost is reported.
//
// Secrets are kept as long as the connection that needs them, and are overwritten afterwards. They are in no error and in no text
// of this package. The package knows nothing of what the plaintext means, starts no goroutine and reads no file.
package tls
