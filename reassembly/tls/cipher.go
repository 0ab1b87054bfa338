package tls

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// recordCipher opens the records of one direction.
type recordCipher interface {
	// open appends the plaintext of a record to dst, that with the number seq in its direction. It returns false if the record does
	// not authenticate with that number. record is the whole record with its header.
	open(dst []byte, seq uint64, record []byte) (plain []byte, ok bool)
}

// aead opens records of TLS 1.2 and 1.3 that are protected by an AEAD cipher.
type aead struct {
	seal     cipher.AEAD // nil: CCM
	ccm      *ccmMode
	iv       [12]byte
	explicit bool // eight bytes of the nonce are in the record (RFC 5288 section 3)
	tag      int
	v13      bool
	nonce    [12]byte
	extra    [13]byte
}

// newAEAD returns the cipher with a key and the fixed part of the nonce: 12 bytes, or 4 where the rest is explicit.
func newAEAD(s suite, key, iv []byte, v13 bool) recordCipher {
	a := &aead{v13: v13, tag: 16, explicit: len(iv) < 12}
	copy(a.iv[:], iv)
	if s.bulk == chacha {
		c, err := chacha20poly1305.New(key)
		if err != nil {
			return nil
		}
		a.seal = c
		return a
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	switch s.bulk {
	case ccm8:
		a.tag = 8
		fallthrough
	case ccm:
		a.ccm = &ccmMode{block: block, tag: a.tag}
	default:
		if a.seal, err = cipher.NewGCM(block); err != nil {
			return nil
		}
	}
	return a
}

// open implements recordCipher (RFC 8446 section 5.2, RFC 5246 section 6.2.3.3).
func (a *aead) open(dst []byte, seq uint64, record []byte) ([]byte, bool) {
	payload := record[headerSize:]
	a.nonce = a.iv
	if a.explicit {
		if len(payload) < 8 {
			return dst, false
		}
		copy(a.nonce[4:], payload[:8])
		payload = payload[8:]
	} else {
		binary.BigEndian.PutUint64(a.nonce[4:], binary.BigEndian.Uint64(a.nonce[4:])^seq)
	}
	if len(payload) < a.tag {
		return dst, false
	}
	extra := record[:headerSize]
	if !a.v13 {
		extra = pseudoHeader(&a.extra, seq, record, len(payload)-a.tag)
	}
	if a.ccm != nil {
		return a.ccm.open(dst, a.nonce[:], payload, extra)
	}
	plain, err := a.seal.Open(dst, a.nonce[:], payload, extra)
	if err != nil {
		return dst, false
	}
	return plain, true
}

// pseudoHeader is what a record of TLS 1.2 and before authenticates beside its content: number, type, version and length.
func pseudoHeader(b *[13]byte, seq uint64, record []byte, n int) []byte {
	binary.BigEndian.PutUint64(b[:8], seq)
	copy(b[8:11], record[:3])
	b[11], b[12] = byte(n>>8), byte(n)
	return b[:]
}

// secretLength is the size of the longest secret: the output of SHA-384.
const secretLength = 48

// keys13 returns the cipher of a traffic secret (RFC 8446 section 7.3).
func keys13(s suite, secret []byte) recordCipher {
	key := expandLabel(s.prf, secret, "key", s.key)
	iv := expandLabel(s.prf, secret, "iv", 12)
	c := newAEAD(s, key, iv, true)
	clear(key)
	clear(iv)
	return c
}

// keys12 returns the ciphers of client and server (RFC 5246 section 6.3).
func keys12(n *negotiation, master []byte) (client, server recordCipher) {
	s := n.suite
	mac, iv := 0, 0
	switch s.bulk {
	case cbc:
		mac = s.mac.Size()
		if n.version < VersionTLS11 {
			iv = aes.BlockSize
		}
	case chacha:
		iv = 12
	default:
		iv = 4
	}
	block := make([]byte, 2*(mac+s.key+iv))
	defer clear(block)
	prf(block, n.version, s.prf, master, "key expansion", n.serverRandom[:], n.clientRandom[:])
	macs, keys, ivs := block[:2*mac], block[2*mac:2*(mac+s.key)], block[2*(mac+s.key):]
	cipherOf := func(mac, key, iv []byte) recordCipher {
		if s.bulk == cbc {
			return newCBC(s, n, mac, key, iv)
		}
		return newAEAD(s, key, iv, false)
	}
	return cipherOf(macs[:mac], keys[:s.key], ivs[:iv]), cipherOf(macs[mac:], keys[s.key:], ivs[iv:])
}
