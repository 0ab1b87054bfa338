package sip

import (
	"bytes"
	"slices"
)

// Blank overwrites in a message what is never to be handed on: what proves in its credentials that somebody has a
// password, the digits that a person has pressed and, unless text says that it may be seen, what a person has written in
// a MESSAGE. Every byte of it becomes an x, so that lengths and line breaks stay. Of what does not parse, the credentials
// are overwritten and nothing else.
//
// It is the one function of this package that changes the bytes it is given.
func Blank(raw []byte, text bool) {
	var m Message
	if m.Parse(raw) != nil {
		blankUnparsed(raw)
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

// proving are the names of the header fields that hold credentials, in lower case.
var proving = [...]string{"authorization", "proxy-authorization", "authentication-info", "proxy-authentication-info"}

// blankUnparsed overwrites the values of all lines that begin like a header field with credentials, and the lines that continue them.
func blankUnparsed(raw []byte) {
	inside := false // in a header field with credentials
	for len(raw) > 0 {
		end := len(raw)
		if lf := bytes.IndexByte(raw, '\n'); lf >= 0 {
			end = lf + 1
		}
		line := raw[:end]
		raw = raw[end:]
		if line[0] != ' ' && line[0] != '\t' {
			name, value, _ := bytes.Cut(line, []byte(":"))
			inside = slices.Contains(proving[:], string(bytes.ToLower(bytes.TrimSpace(name))))
			line = value
		}
		if inside {
			blank(line)
		}
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
		name = bytes.TrimSpace(name)
		switch {
		case !ok || len(bytes.Trim(value, "= ")) == 0 || !isTokenText(name): // such as a token68, which may end with =
			blank(item)
		case !isOpen(name) || !isPlainValue(value):
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

// isPlainValue reports whether the value of a parameter is one token or one quoted string that nobody can take for several parameters.
// Senders write a user name such as "DOMAIN\" without a second backslash; a reader that knows escapes then takes the quote that
// ends it for a part of it, and what follows, the response among it, for the user name.
func isPlainValue(v []byte) bool {
	v = bytes.TrimSpace(v)
	if len(v) == 0 || v[0] != '"' {
		return !bytes.ContainsAny(v, "\"= \t\r\n")
	}
	return quotedEnd(v) == len(v) && !(bytes.Contains(v, []byte(`\"`)) && bytes.IndexByte(v, '=') >= 0)
}

func isTokenText(b []byte) bool {
	for _, c := range b {
		if class[c]&isToken == 0 {
			return false
		}
	}
	return len(b) > 0
}

// blank overwrites everything but white space, line breaks, and the quotes around one quoted string.
func blank(b []byte) {
	if t := bytes.TrimSpace(b); len(t) >= 2 && t[0] == '"' && quotedEnd(t) == len(t) {
		b = t[1 : len(t)-1]
	}
	for i, c := range b {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			b[i] = 'x'
		}
	}
}
