package value

import (
	"bytes"

	"sipspan/decode/sip"
)

// AuthParam returns a parameter of a challenge or of credentials, without quotation marks (RFC 3261 section 20.7).
func AuthParam(value []byte, name string) []byte {
	for list := value; len(list) > 0; {
		var key, v []byte
		if key, v, list = NextAuthParam(list); IsAuthParam(key, name) {
			return v
		}
	}
	return nil
}

// NextAuthParam cuts the first parameter from a challenge or from credentials. The scheme stands before the name of the
// first one.
func NextAuthParam(list []byte) (key, value, rest []byte) {
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

// IsAuthParam reports whether a key that nextAuthParam returned is a name in lower case, behind the scheme or alone.
func IsAuthParam(key []byte, name string) bool {
	before := len(key) - len(name)
	return before >= 0 && (before == 0 || key[before-1] == ' ' || key[before-1] == '\t') && IsName(key[before:], name)
}
