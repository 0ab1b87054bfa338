package tls

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// ccmMode is the counter mode with CBC-MAC (RFC 3610, NIST SP 800-38C) over a cipher with blocks of 16 bytes, with the nonces of 12
// bytes that TLS uses. It only opens, and one goroutine uses it.
type ccmMode struct {
	block cipher.Block
	tag   int
	mac   [16]byte
	ctr   [16]byte
	pad   [16]byte
}

const (
	ccmNonce  = 12                // bytes of a nonce; 3 of a block are left for the length of a message
	ccmLength = 15 - ccmNonce - 1 // how the first byte of a block says so
)

// open appends the plaintext of sealed to dst. It returns false, with dst as it was, if sealed does not authenticate.
func (c *ccmMode) open(dst, nonce, sealed, extra []byte) ([]byte, bool) {
	n := len(sealed) - c.tag
	if n < 0 || n >= 1<<24 {
		return dst, false
	}
	c.ctr = [16]byte{0: ccmLength}
	copy(c.ctr[1:], nonce)
	var first [16]byte
	c.block.Encrypt(first[:], c.ctr[:]) // counter 0 covers the tag

	start := len(dst)
	for rest := sealed[:n]; len(rest) > 0; {
		c.count()
		c.block.Encrypt(c.pad[:], c.ctr[:])
		k := min(len(rest), len(c.pad))
		for i := range k {
			dst = append(dst, rest[i]^c.pad[i])
		}
		rest = rest[k:]
	}
	c.authenticate(nonce, extra, dst[start:])
	for i := range first {
		first[i] ^= c.mac[i]
	}
	if subtle.ConstantTimeCompare(first[:c.tag], sealed[n:]) != 1 {
		clear(dst[start:])
		return dst[:start], false
	}
	return dst, true
}

// count increases the counter of the next block.
func (c *ccmMode) count() {
	for i := 15; i > ccmNonce; i-- {
		if c.ctr[i]++; c.ctr[i] != 0 {
			return
		}
	}
}

// authenticate puts the CBC-MAC of a message and its additional data, of which there is some and not more than 2^16-2^8 bytes,
// into c.mac.
func (c *ccmMode) authenticate(nonce, extra, plain []byte) {
	c.mac = [16]byte{0: 1<<6 | byte(c.tag-2)/2<<3 | ccmLength}
	copy(c.mac[1:], nonce)
	c.mac[13], c.mac[14], c.mac[15] = byte(len(plain)>>16), byte(len(plain)>>8), byte(len(plain))
	c.block.Encrypt(c.mac[:], c.mac[:])

	var size [2]byte
	binary.BigEndian.PutUint16(size[:], uint16(len(extra)))
	c.mac[0] ^= size[0]
	c.mac[1] ^= size[1]
	c.absorb(2, extra)
	c.absorb(0, plain)
}

// absorb adds b to the MAC, from byte at of a block on, and fills the last block with zeros.
func (c *ccmMode) absorb(at int, b []byte) {
	for _, x := range b {
		c.mac[at] ^= x
		if at++; at == len(c.mac) {
			c.block.Encrypt(c.mac[:], c.mac[:])
			at = 0
		}
	}
	if at > 0 {
		c.block.Encrypt(c.mac[:], c.mac[:])
	}
}
