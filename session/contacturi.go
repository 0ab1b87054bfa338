package session

import (
	"bytes"
	"net/netip"

	"sipspan/decode/sip"
)

// sameContact compares two contacts as RFC 3261 section 19.1.4 says: the user byte by byte, scheme and host in any case,
// the port with none not being the default one, and the parameters that both have. Of those that one has alone, user, ttl,
// method, maddr and transport tell two contacts apart.
func sameContact(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	u, known := sip.ParseURI(a)
	w, alsoKnown := sip.ParseURI(b)
	return known && alsoKnown && samePlace(u, w) && sameParams(u.Params, w.Params) && sameParams(w.Params, u.Params)
}

// samePlace compares two URIs without their parameters.
func samePlace(u, w sip.URI) bool {
	return bytes.EqualFold(u.Scheme, w.Scheme) && sameEscaped(u.User, w.User) && bytes.EqualFold(u.Host, w.Host) && u.Port == w.Port
}

// sameParams reports whether none of the parameters of a stands against those of b.
func sameParams(a, b []byte) bool {
	for len(a) > 0 {
		var name, value []byte
		name, value, a = sip.NextParam(a)
		if len(name) == 0 {
			continue
		}
		other, there := sip.Param(b, string(name))
		if there && !bytes.EqualFold(value, other) || !there && tellsApart(name) {
			return false
		}
	}
	return true
}

func tellsApart(name []byte) bool {
	for _, n := range [...]string{"user", "ttl", "method", "maddr", "transport"} {
		if bytes.EqualFold(name, []byte(n)) {
			return true
		}
	}
	return false
}

// sameEscaped compares two users, in which any character may be escaped.
func sameEscaped(a, b []byte) bool {
	for len(a) > 0 && len(b) > 0 {
		var x, y byte
		x, a = unescape(a)
		y, b = unescape(b)
		if x != y {
			return false
		}
	}
	return len(a) == 0 && len(b) == 0
}

func unescape(b []byte) (c byte, rest []byte) {
	if b[0] == '%' && len(b) >= 3 {
		if high, low := unhex(b[1]), unhex(b[2]); high >= 0 && low >= 0 {
			return byte(high<<4 | low), b[3:]
		}
	}
	return b[0], b[1:]
}

// contactAddress returns the address and port that a contact can be reached at, port 5060 where it names none; it is not
// valid for a host name.
func contactAddress(uri []byte) netip.AddrPort {
	u, ok := sip.ParseURI(uri)
	if !ok {
		return netip.AddrPort{}
	}
	host, err := netip.ParseAddr(string(bytes.Trim(u.Host, "[]")))
	if err != nil {
		return netip.AddrPort{}
	}
	port := u.Port
	if port == 0 {
		port = 5060
	}
	return netip.AddrPortFrom(host.Unmap(), uint16(port))
}
