package sip

import "bytes"

// URI is a URI (RFC 3261 section 19.1, RFC 3966), as subslices of the bytes it was read from. Nothing is unescaped.
type URI struct {
	Scheme  []byte // "sip", "sips", "tel" or another, as written
	User    []byte // with the password; the number of a tel URI; all behind the colon for other schemes. nil when absent
	Host    []byte // an IPv6 address with its brackets
	Port    int    // 0 when not written
	Params  []byte // from the first semicolon on
	Headers []byte // behind the question mark
}

// Param returns the value of a URI parameter, nil if it is absent or has no value.
func (u URI) Param(name string) []byte {
	v, _ := Param(u.Params, name)
	return v
}

// IsSIP reports whether the scheme is sip or sips.
func (u URI) IsSIP() bool { return equalFold(u.Scheme, "sip") || equalFold(u.Scheme, "sips") }

// ParseURI reads a URI. Angle brackets around it and white space behind the colon or the @ are let pass. ok is false when
// there is no scheme, or no host in a sip or sips URI; what could be made out is in u all the same.
func ParseURI(b []byte) (u URI, ok bool) {
	b = trim(b)
	if len(b) > 1 && b[0] == '<' && b[len(b)-1] == '>' {
		b = trim(b[1 : len(b)-1])
	}
	colon := bytes.IndexByte(b, ':')
	if colon <= 0 || class[b[0]]&isAlpha == 0 || !isTokenBytes(b[:colon]) {
		return URI{}, false
	}
	u.Scheme = b[:colon]
	b = trimLeft(b[colon+1:])
	switch {
	case u.IsSIP():
		ok = u.parseSIP(b)
		return u, ok
	case equalFold(u.Scheme, "tel"):
		u.User, u.Params = cutAt(b, ';')
		return u, len(u.User) > 0
	}
	u.User = b
	return u, len(b) > 0
}

// parseSIP reads [ userinfo "@" ] host [ ":" port ] params [ "?" headers ].
func (u *URI) parseSIP(b []byte) bool {
	// The user part may hold ; and ? unescaped, so the @ is looked for first. It must not stand behind the headers'
	// question mark, where it would be escaped.
	if at := bytes.IndexByte(b, '@'); at >= 0 {
		u.User = b[:at]
		b = trimLeft(b[at+1:])
	}
	b, u.Headers = cutAt(b, '?')
	if len(u.Headers) > 0 {
		u.Headers = u.Headers[1:]
	}
	b, u.Params = cutAt(b, ';')
	b = trim(b)
	u.Host = b
	i := 0
	if len(b) > 0 && b[0] == '[' {
		if i = bytes.IndexByte(b, ']') + 1; i == 0 {
			return false
		}
	}
	ok := true
	if colon := bytes.IndexByte(b[i:], ':'); colon >= 0 {
		digits := trim(b[i+colon+1:])
		u.Host, u.Port = trim(b[:i+colon]), port(digits)
		ok = u.Port != 0 || string(digits) == "0"
	}
	return ok && len(u.Host) > 0 && (u.User == nil || len(u.User) > 0)
}

// HasScheme reports whether a URI begins with a scheme, which is written in lower case and with its colon, such as "tel:".
func HasScheme(uri []byte, scheme string) bool {
	return len(uri) >= len(scheme) && equalFold(uri[:len(scheme)], scheme)
}

// cutAt cuts b before the first c; tail begins with c and is nil when there is none.
func cutAt(b []byte, c byte) (head, tail []byte) {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return b[:i], b[i:]
	}
	return b, nil
}

// SameURI compares two URIs as RFC 3261 section 19.1.4 says: the user byte by byte, scheme and host in any case,
// the port with none not being the default one, and the parameters that both have. Of those that one has alone, user, ttl,
// method, maddr and transport tell two contacts apart.
func SameURI(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	u, ok := ParseURI(a)
	if !ok {
		return false
	}
	w, ok := ParseURI(b)
	return ok && samePlace(u, w) && sameParams(u.Params, w.Params) && sameParams(w.Params, u.Params)
}

// samePlace compares two URIs without their parameters.
func samePlace(u, w URI) bool {
	return bytes.EqualFold(u.Scheme, w.Scheme) && sameEscaped(u.User, w.User) && bytes.EqualFold(u.Host, w.Host) && u.Port == w.Port
}

// sameParams reports whether none of the parameters of a stands against those of b.
func sameParams(a, b []byte) bool {
	for len(a) > 0 {
		var name, value []byte
		name, value, a = NextParam(a)
		if len(name) == 0 {
			continue
		}
		other, there := Param(b, string(name))
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

// unescape returns the first character of b, %HH as the one that it stands for, and what follows it. b is not empty.
func unescape(b []byte) (c byte, rest []byte) {
	if b[0] == '%' && len(b) >= 3 {
		if high, low := unhex(b[1]), unhex(b[2]); high >= 0 && low >= 0 {
			return byte(high<<4 | low), b[3:]
		}
	}
	return b[0], b[1:]
}

// UnescapeHeader returns a copy of the value of a header of a URI (RFC 3261 section 19.1.1) with every %HH as its byte, without
// white space, which folding may have left.
func UnescapeHeader(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '%' && i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0:
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
		case c == ' ', c == '\t', c == '\r', c == '\n':
		default:
			out = append(out, c)
		}
	}
	return out
}

// unhex returns the value of a hexadecimal digit, -1 when c is none.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
