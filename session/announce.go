package session

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/session/link"
)

// maxNonces bounds the nonces of one message that are announced.
const maxNonces = 4

// announceNonces tells the correlator of the nonces in the given header fields of a message of a call: of a challenge, or of
// the credentials that answer one.
func (t *Tracker) announceNonces(c *call, v *view, answer bool, fields ...sip.HeaderID) {
	n := 0
	for _, id := range fields {
		for i := v.m.First(id); i >= 0 && n < maxNonces; i = v.m.Next(i) {
			nonce := authParam(v.m.Value(i), "nonce")
			if len(nonce) == 0 {
				continue
			}
			n++
			nonce, from, to := clip(nonce), clip(v.m.From().URI), clip(v.m.To().URI)
			var buf [256]byte
			text := string(append(append(append(buf[:0], nonce...), from...), to...)) // one string for all three
			a := link.Credentials{Nonce: text[:len(nonce)], From: text[len(nonce) : len(nonce)+len(from)], To: text[len(nonce)+len(from):]}
			if answer {
				t.report(c.group, 0, v.at, a)
			} else {
				t.report(c.group, 0, v.at, link.Challenge{Nonce: a.Nonce, From: a.From, To: a.To, Began: c.began()})
			}
		}
	}
}

// authParam returns a parameter of a challenge or of credentials, without quotation marks (RFC 3261 section 20.7).
func authParam(value []byte, name string) []byte {
	for list := value; len(list) > 0; {
		var key, v []byte
		if key, v, list = nextAuthParam(list); isAuthParam(key, name) {
			return v
		}
	}
	return nil
}

// nextAuthParam cuts the first parameter from a challenge or from credentials. The scheme stands before the name of the
// first one.
func nextAuthParam(list []byte) (key, value, rest []byte) {
	p, rest := sip.NextValue(list)
	eq := bytes.IndexByte(p, '=')
	if eq < 0 {
		return nil, nil, rest
	}
	key, value = bytes.TrimSpace(p[:eq]), bytes.TrimSpace(p[eq+1:])
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return key, value, rest
}

// isAuthParam reports whether a key that nextAuthParam returned is a name in lower case, behind the scheme or alone.
func isAuthParam(key []byte, name string) bool {
	before := len(key) - len(name)
	return before >= 0 && (before == 0 || key[before-1] == ' ' || key[before-1] == '\t') && isName(key[before:], name)
}
