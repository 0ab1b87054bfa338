package session

import (
	"bytes"

	"sipspan/decode/sip"
)

// forwardsTo reports whether a target is somebody other than who was called. Proxies rewrite the Request-URI all day:
// to the contact that the user registered, whose user part may be anything; to the form of a number that the next
// network wants; along a dial plan. None of that is a forward. What is left is a telephone number for a name, and
// another name within the domain that was called.
func (c *call) forwardsTo(called, target []byte) bool {
	if at := bytes.IndexByte(target, '@'); at >= 0 && bytes.HasPrefix(called, target[:at+1]) {
		return false // the same user, as nearly always
	}
	to, who := userOf(target)
	user, was := userOf(called)
	if len(to) == 0 || bytes.Equal(user, to) || registeredContact(who) {
		return false
	}
	if len(user) == 0 {
		user, was = userOf(c.text.of(c.toURI))
	}
	toUser, toURI := userOf(c.text.of(c.toURI))
	if len(user) == 0 || sameUser(user, to) || sameUser(toUser, to) || isNumber(user) {
		return false
	}
	if isNumber(to) {
		return bytes.EqualFold(who.Param("user"), []byte("phone")) || bytes.EqualFold(who.Scheme, []byte("tel"))
	}
	return isDomain(who.Host) && (bytes.EqualFold(who.Host, was.Host) || bytes.EqualFold(who.Host, toURI.Host))
}

// userOf returns the user part of a URI without its parameters and the password, and the URI.
func userOf(uri []byte) (user []byte, u sip.URI) {
	u, _ = sip.ParseURI(uri)
	user = u.User
	if i := bytes.IndexAny(user, ";,:"); i >= 0 {
		user = user[:i]
	}
	return user, u
}

// sameUser reports whether two user parts are meant for the same user: one is the other, or the other with something in
// front or behind, as user agents make it for their contacts ("bob" and "bob-0x55e1") and gateways for their numbers
// ("+4930123456" and "0123456").
func sameUser(a, b []byte) bool {
	if isNumber(a) && isNumber(b) {
		a, b = significant(a), significant(b)
		if len(a) < len(b) {
			a, b = b, a
		}
		return len(b) > 0 && bytes.HasSuffix(a, b)
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	return len(b) > 0 && containsFold(a, b) && (len(b) > 2 || len(a) == len(b))
}

// significant returns a number without what is dialled in front of it.
func significant(number []byte) []byte { return bytes.TrimLeft(number, "+0") }

// isNumber reports whether a user part is a telephone number.
func isNumber(user []byte) bool {
	digits := 0
	for _, b := range user {
		switch {
		case b-'0' <= 9:
			digits++
		case b != '+' && b != '-' && b != '.' && b != '(' && b != ')' && b != '*' && b != '#':
			return false
		}
	}
	return digits > 1
}

// registeredContact reports whether a URI is meant for one device.
func registeredContact(u sip.URI) bool {
	for _, name := range [...]string{"gr", "ob", "opaque", "rinstance", "alias"} {
		if _, ok := sip.Param(u.Params, name); ok {
			return true
		}
	}
	const invalid = ".invalid" // RFC 7118 section 5
	return len(u.Host) > len(invalid) && bytes.EqualFold(u.Host[len(u.Host)-len(invalid):], []byte(invalid))
}

// isDomain reports whether a host is a name and not an address.
func isDomain(host []byte) bool {
	for _, b := range host {
		if b|0x20 >= 'a' && b|0x20 <= 'z' {
			return host[0] != '['
		}
	}
	return false
}

// containsFold reports whether b stands in a, in any case of ASCII.
func containsFold(a, b []byte) bool {
	for i := 0; i+len(b) <= len(a); i++ {
		if bytes.EqualFold(a[i:i+len(b)], b) {
			return true
		}
	}
	return false
}
