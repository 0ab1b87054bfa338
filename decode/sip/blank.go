package sip

import "bytes"

// Blank overwrites in a message what is never to be handed on: what proves in its credentials that somebody has a
// password, the digits that a person has pressed and, unless text says that it may be seen, what a person has written in
// a MESSAGE. Every byte of it becomes an x, so that lengths and line breaks stay. What does not parse is left as it is.
//
// It is the one function of this package that changes the bytes it is given.
func Blank(raw []byte, text bool) {
	var m Message
	if m.Parse(raw) != nil {
		return
	}
	for _, id := range [...]HeaderID{HeaderAuthorization, HeaderProxyAuthorization} {
		for i := m.First(id); i >= 0; i = m.Next(i) {
			v := m.Value(i)
			end := 0
			for end < len(v) && class[v[end]]&isToken != 0 {
				end++
			}
			blankProofs(v[end:]) // behind the scheme
		}
	}
	for _, id := range [...]HeaderID{HeaderAuthenticationInfo, HeaderProxyAuthenticationInfo} {
		for i := m.First(id); i >= 0; i = m.Next(i) {
			blankProofs(m.Value(i))
		}
	}
	if m.Method == MESSAGE && m.Request && !text || holdsDigits(m.ContentType()) {
		blank(m.Body())
	}
}

// holdsDigits reports whether a body of that type says which keys were pressed: application/dtmf, dtmf-relay, RFC 4730's
// kpml-response and what vendors have made of them.
func holdsDigits(contentType []byte) bool {
	t := bytes.ToLower(contentType)
	for _, word := range [...]string{"dtmf", "kpml-response", "nortelnetworks.digits"} {
		if bytes.Contains(t, []byte(word)) {
			return true
		}
	}
	return false
}

// open are the parameters of credentials that prove nothing.
var open = [...]string{
	"username", "realm", "nonce", "uri", "algorithm", "cnonce", "opaque", "qop", "nc", "nextnonce", "targetname", "version", "userhash",
	"crand", "cnum", "srand", "snum",
}

// blankProofs overwrites what stands between the commas of v but for the parameters that prove nothing.
func blankProofs(v []byte) {
	for len(v) > 0 {
		end := itemEnd(v)
		item := v[:end]
		v = v[min(end+1, len(v)):]
		name, value, ok := bytes.Cut(item, []byte("="))
		switch name = bytes.TrimSpace(name); {
		case !ok || len(bytes.Trim(value, "= ")) == 0: // a token68, which may end with =
			blank(item)
		case !isOpen(name):
			blank(value)
		}
	}
}

// itemEnd finds the comma that is in no quoted string.
func itemEnd(v []byte) int {
	quoted := false
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '"':
			quoted = !quoted
		case v[i] == '\\' && quoted:
			i++
		case v[i] == ',' && !quoted:
			return i
		}
	}
	return len(v)
}

func isOpen(name []byte) bool {
	for _, o := range open {
		if len(o) == len(name) && bytes.EqualFold(name, []byte(o)) {
			return true
		}
	}
	return false
}

// blank overwrites everything but white space, line breaks, and quotes around it.
func blank(b []byte) {
	if t := bytes.TrimSpace(b); len(t) >= 2 && t[0] == '"' && t[len(t)-1] == '"' {
		b = t[1 : len(t)-1]
	}
	for i, c := range b {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			b[i] = 'x'
		}
	}
}
