package tls

import (
	"crypto"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/md5"  // the PRF before TLS 1.2
	"crypto/sha1" // the same, and the MAC of many suites
	"crypto/sha256"
	"crypto/sha512"
	"hash"
)

// newHash returns the hash function of a suite, which is one of those below.
func newHash(h crypto.Hash) func() hash.Hash {
	switch h {
	case crypto.SHA1:
		return sha1.New
	case crypto.SHA384:
		return sha512.New384
	}
	return sha256.New
}

// pHash fills out with P_hash of a secret (RFC 5246 section 5) combined by XOR with what out holds.
func pHash(out []byte, of func() hash.Hash, secret, seed []byte) {
	mac := hmac.New(of, secret)
	mac.Write(seed)
	a := mac.Sum(nil)
	for len(out) > 0 {
		mac.Reset()
		mac.Write(a)
		mac.Write(seed)
		block := mac.Sum(nil)
		for i := range min(len(out), len(block)) {
			out[i] ^= block[i]
		}
		out = out[min(len(out), len(block)):]
		mac.Reset()
		mac.Write(a)
		a = mac.Sum(a[:0])
		clear(block)
	}
	clear(a)
}

// prf fills out with the PRF of a version (RFC 5246 section 5, RFC 2246 section 5).
func prf(out []byte, version uint16, h crypto.Hash, secret []byte, label string, seeds ...[]byte) {
	clear(out)
	seed := []byte(label)
	for _, s := range seeds {
		seed = append(seed, s...)
	}
	if version >= VersionTLS12 {
		pHash(out, newHash(h), secret, seed)
		return
	}
	half := (len(secret) + 1) / 2
	pHash(out, md5.New, secret[:half], seed)
	pHash(out, sha1.New, secret[len(secret)-half:], seed)
}

// masterSize is the length of a master secret and of a premaster secret that is encrypted with RSA.
const masterSize = 48

// expandLabel is HKDF-Expand-Label without a context (RFC 8446 section 7.1).
func expandLabel(h crypto.Hash, secret []byte, label string, n int) []byte {
	const prefix = "tls13 "
	info := make([]byte, 0, 4+len(prefix)+len(label))
	info = append(info, byte(n>>8), byte(n), byte(len(prefix)+len(label)))
	info = append(info, prefix...)
	info = append(info, label...)
	info = append(info, 0)
	out, err := hkdf.Expand(newHash(h), secret, string(info), n)
	if err != nil { // n is far below 255 times the size of the hash
		return make([]byte, n)
	}
	return out
}

// updated returns the secret that follows a traffic secret after a KeyUpdate (RFC 8446 section 7.2).
func updated(h crypto.Hash, secret []byte) []byte {
	return expandLabel(h, secret, "traffic upd", h.Size())
}
