package tls

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"hash"
)

// cbcMode opens records that are protected by AES-CBC and an HMAC (RFC 5246 section 6.2.3.2, RFC 7366). There is nobody
// here whom the time of it could tell something.
type cbcMode struct {
	block    cipher.Block
	mac      hash.Hash
	first    bool     // the MAC covers the encrypted record (RFC 7366)
	implicit bool     // before TLS 1.1: the last block of a record is the IV of the next one
	iv       [16]byte // of the next record, if implicit
	extra    [13]byte
	sum      []byte
}

func newCBC(s suite, n *negotiation, mac, key, iv []byte) recordCipher {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	c := &cbcMode{block: block, mac: hmac.New(newHash(s.mac), mac), first: n.encryptThenMAC, implicit: len(iv) > 0}
	copy(c.iv[:], iv)
	return c
}

// open implements recordCipher.
func (c *cbcMode) open(dst []byte, seq uint64, record []byte) ([]byte, bool) {
	sealed := record[headerSize:]
	if c.first {
		if len(sealed) < c.mac.Size() {
			return dst, false
		}
		n := len(sealed) - c.mac.Size()
		if !c.authentic(seq, record, sealed[:n], sealed[n:]) {
			return dst, false
		}
		sealed = sealed[:n]
	}
	iv := c.iv[:]
	if !c.implicit {
		if len(sealed) < aes.BlockSize {
			return dst, false
		}
		iv, sealed = sealed[:aes.BlockSize], sealed[aes.BlockSize:]
	}
	if len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return dst, false
	}
	start := len(dst)
	dst = append(dst, sealed...)
	plain := dst[start:]
	cipher.NewCBCDecrypter(c.block, iv).CryptBlocks(plain, plain)
	plain, ok := unpad(plain)
	if ok && !c.first {
		n := len(plain) - c.mac.Size()
		ok = n >= 0 && c.authentic(seq, record, plain[:max(n, 0)], plain[max(n, 0):])
		plain = plain[:max(n, 0)]
	}
	if !ok {
		clear(dst[start:])
		return dst[:start], false
	}
	if c.implicit {
		copy(c.iv[:], sealed[len(sealed)-aes.BlockSize:])
	}
	return dst[:start+len(plain)], true
}

// unpad strips the padding and its length.
func unpad(b []byte) ([]byte, bool) {
	n := int(b[len(b)-1])
	if n >= len(b) {
		return nil, false
	}
	for _, x := range b[len(b)-1-n:] {
		if int(x) != n {
			return nil, false
		}
	}
	return b[:len(b)-1-n], true
}

// authentic reports whether sum is the MAC of content as that of a record with a number.
func (c *cbcMode) authentic(seq uint64, record, content, sum []byte) bool {
	c.mac.Reset()
	c.mac.Write(pseudoHeader(&c.extra, seq, record, len(content)))
	c.mac.Write(content)
	c.sum = c.mac.Sum(c.sum[:0])
	return hmac.Equal(c.sum, sum)
}
