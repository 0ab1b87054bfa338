package session

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/cespare/xxhash/v2"
)

// identity is who a URI names, as two hashes for comparing.
type identity struct {
	aor    uint64 // user and host, without scheme, port and parameters, in any case; 0 when there is no host
	number uint64 // of a telephone number its last digits, else the user; 0 when there is no user
	whole  bool   // the number is long enough to be nobody else's
}

// sameUser reports whether two identities may be the same person: the same number or user, whatever the host is called
// on either side of an element that changes it.
func (i identity) sameUser(o identity) bool {
	if i.number == 0 || o.number == 0 {
		return i.aor != 0 && i.aor == o.aor
	}
	return i.number == o.number
}

// surely reports whether two identities with the same number are the same person wherever they were seen: short numbers
// and names are given anew in each domain.
func (i identity) surely(o identity) bool { return i.whole && o.whole || i.aor != 0 && i.aor == o.aor }

// trailingDigits is how many digits of two telephone numbers must be the same: with a country code, with a trunk prefix,
// or as the subscriber dials it, a number ends in the same ones.
const trailingDigits = 7

// maxIdentity bounds the bytes of a URI that are compared.
const maxIdentity = 128

// identify reads a URI, with or without its scheme.
func identify(uri []byte) (id identity) {
	user, host := splitURI(uri)
	var buf [maxIdentity]byte
	b := appendLower(buf[:0], user)
	if digits := telephoneDigits(user); len(user) > 0 && digits >= 3 {
		var number [trailingDigits]byte
		id.number = xxhash.Sum64(lastDigits(number[:0], user, digits))
		id.whole = digits >= trailingDigits
	} else if len(user) > 0 {
		id.number = xxhash.Sum64(b)
	}
	if len(host) > 0 {
		b = appendLower(append(b, '@'), host)
		id.aor = xxhash.Sum64(b)
	}
	return id
}

// splitURI returns the user, without password and parameters, and the host of a sip, sips or tel URI.
func splitURI(uri []byte) (user, host []byte) {
	b := uri[:min(len(uri), maxIdentity)]
	if len(b) > 4 {
		switch {
		case hasScheme(b, "sip:"):
			b = b[4:]
		case hasScheme(b, "sips:"):
			b = b[5:]
		case hasScheme(b, "tel:"):
			return cutUser(b[4:]), nil
		}
	}
	if at := bytes.IndexByte(b, '@'); at >= 0 {
		user, b = cutUser(b[:at]), b[at+1:]
	}
	end := 0
	if len(b) > 0 && b[0] == '[' {
		end = max(0, bytes.IndexByte(b, ']'))
	}
	for end < len(b) && b[end] != ';' && b[end] != ':' && b[end] != '?' && b[end] != '>' {
		end++
	}
	return user, bytes.TrimSpace(b[:end])
}

func hasScheme(b []byte, scheme string) bool {
	return len(b) >= len(scheme) && bytes.EqualFold(b[:len(scheme)], []byte(scheme))
}

func cutUser(b []byte) []byte {
	for i, c := range b {
		if c == ':' || c == ';' {
			b = b[:i]
			break
		}
	}
	return bytes.TrimSpace(b)
}

func appendLower(dst, b []byte) []byte {
	for _, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

// telephoneDigits returns how many digits a telephone number has, 0 when the user is none (RFC 3966 section 3).
func telephoneDigits(user []byte) (n int) {
	for i, c := range user {
		switch {
		case '0' <= c && c <= '9':
			n++
		case c == '+' && i == 0, c == '-', c == '.', c == '(', c == ')', c == ' ':
		default:
			return 0
		}
	}
	return n
}

func lastDigits(dst, user []byte, digits int) []byte {
	skip := max(0, digits-trailingDigits)
	for _, c := range user {
		if c < '0' || c > '9' {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// mix makes one key of several hashes.
func mix(salt uint64, hashes ...uint64) uint64 {
	var buf [64]byte
	b := binary.LittleEndian.AppendUint64(buf[:0], salt)
	for _, h := range hashes {
		b = binary.LittleEndian.AppendUint64(b, h)
	}
	return xxhash.Sum64(b)
}

// hashAddr returns a hash of an IP address.
func hashAddr(a netip.Addr) uint64 {
	b := a.As16()
	return xxhash.Sum64(b[:])
}
