package link

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
)

// Identity is who a URI names, as two hashes for comparing.
type Identity struct {
	AOR    uint64 // user and host, without scheme, port and parameters, in any case; 0 when there is no host
	Number uint64 // of a telephone number its last digits, else the user; 0 when there is no user
	Whole  bool   // the number is long enough to be nobody else's
}

// SameUser reports whether two identities may be the same person: the same number or user, whatever the host is called
// on either side of an element that changes it.
func (i Identity) SameUser(o Identity) bool {
	if i.Number == 0 || o.Number == 0 {
		return i.AOR != 0 && i.AOR == o.AOR
	}
	return i.Number == o.Number
}

// Surely reports whether two identities with the same number are the same person wherever they were seen: short numbers
// and names are given anew in each domain.
func (i Identity) Surely(o Identity) bool { return i.Whole && o.Whole || i.AOR != 0 && i.AOR == o.AOR }

// Key returns the hash by which who it may be is looked up: the number where there is one.
func (i Identity) Key() uint64 {
	if i.Number != 0 {
		return i.Number
	}
	return i.AOR
}

// trailingDigits is how many digits of two telephone numbers must be the same: with a country code, with a trunk prefix,
// or as the subscriber dials it, a number ends in the same ones.
const trailingDigits = 7

// maxIdentity bounds the bytes of a URI that are compared.
const maxIdentity = 128

// Identify reads a URI, with or without its scheme.
func Identify(uri []byte) (id Identity) {
	user, host := splitURI(uri)
	var buf [maxIdentity]byte
	b := sip.AppendLower(buf[:0], user)
	if digits := telephoneDigits(user); len(user) > 0 && digits >= 3 {
		var number [trailingDigits]byte
		id.Number = xxhash.Sum64(lastDigits(number[:0], user, digits))
		id.Whole = digits >= trailingDigits
	} else if len(user) > 0 {
		id.Number = xxhash.Sum64(b)
	}
	if len(host) > 0 {
		b = sip.AppendLower(append(b, '@'), host)
		id.AOR = xxhash.Sum64(b)
	}
	return id
}

// splitURI returns the user, without password and parameters, and the host of a sip, sips or tel URI.
func splitURI(uri []byte) (user, host []byte) {
	b := uri[:min(len(uri), maxIdentity)]
	if len(b) > 4 {
		switch {
		case sip.HasScheme(b, "sip:"):
			b = b[4:]
		case sip.HasScheme(b, "sips:"):
			b = b[5:]
		case sip.HasScheme(b, "tel:"):
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

func cutUser(b []byte) []byte {
	for i, c := range b {
		if c == ':' || c == ';' {
			b = b[:i]
			break
		}
	}
	return bytes.TrimSpace(b)
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

// Mix makes one key of several hashes.
func Mix(salt uint64, hashes ...uint64) uint64 {
	var buf [64]byte
	b := binary.LittleEndian.AppendUint64(buf[:0], salt)
	for _, h := range hashes {
		b = binary.LittleEndian.AppendUint64(b, h)
	}
	return xxhash.Sum64(b)
}

// HashAddr returns a hash of an IP address.
func HashAddr(a netip.Addr) uint64 {
	b := a.As16()
	return xxhash.Sum64(b[:])
}
