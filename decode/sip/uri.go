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
		return u, u.parseSIP(b)
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

// cutAt cuts b before the first c; tail begins with c and is nil when there is none.
func cutAt(b []byte, c byte) (head, tail []byte) {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return b[:i], b[i:]
	}
	return b, nil
}
