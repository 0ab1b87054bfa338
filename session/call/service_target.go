package call

import (
	"bytes"

	"sipspan/decode/sip"
)

// forwardsTo reports whether a Request-URI is rewritten to somebody other than who was called. Proxies rewrite it all day:
// to the contact that the user registered, whose user part may be anything; to the form of a number that the next
// network wants; along a dial plan; from an alias to the name, and from a name to its number inside one domain. None of
// that is a forward. What is left is a telephone number in another domain for a name.
func (c *Call) forwardsTo(called, target []byte) bool {
	to, who, other := c.otherUser(called, target)
	if !other || !isNumber(to) || !bytes.EqualFold(who.Param("user"), []byte("phone")) {
		return false
	}
	if !isDomain(who.Host) && !bytes.Contains(who.User, []byte("phone-context=")) {
		return false // telephones register such contacts, too
	}
	_, was := userOf(called)
	_, toURI := userOf(c.text.Of(c.toURI))
	return !within(who.Host, was.Host) && !within(who.Host, toURI.Host)
}

// redirectsTo reports whether the Contact of a 302 is somebody other than who was called: a telephone number for a name,
// or another name within the domain that was called.
func (c *Call) redirectsTo(called, target []byte) bool {
	to, who, other := c.otherUser(called, target)
	if !other {
		return false
	}
	_, was := userOf(called)
	_, toURI := userOf(c.text.Of(c.toURI))
	if isNumber(to) {
		return bytes.EqualFold(who.Param("user"), []byte("phone")) && !within(who.Host, was.Host) && !within(who.Host, toURI.Host) ||
			bytes.EqualFold(who.Scheme, []byte("tel"))
	}
	return isDomain(who.Host) && (bytes.EqualFold(who.Host, was.Host) || bytes.EqualFold(who.Host, toURI.Host))
}

// otherUser returns the user of a target, and whether it has another name than who was called. A number that was called
// is mapped to what the dial plan has.
func (c *Call) otherUser(called, target []byte) (to []byte, who sip.URI, other bool) {
	if at := bytes.IndexByte(target, '@'); at >= 0 && bytes.HasPrefix(called, target[:at+1]) {
		return nil, who, false // the same user, as nearly always
	}
	to, who = userOf(target)
	user, _ := userOf(called)
	if len(to) == 0 || bytes.Equal(user, to) || registeredContact(who) {
		return to, who, false
	}
	toUser, _ := userOf(c.text.Of(c.toURI))
	if len(user) == 0 {
		user = toUser
	}
	return to, who, len(user) > 0 && !sameUser(user, to) && !sameUser(toUser, to) && !isNumber(user)
}

// within reports whether a host is in a domain: it has that name, or one below it.
func within(host, domain []byte) bool {
	if len(host) <= len(domain) {
		return bytes.EqualFold(host, domain)
	}
	below := len(host) - len(domain)
	return len(domain) > 0 && host[below-1] == '.' && bytes.EqualFold(host[below:], domain)
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
// front or at the end, as user agents make it for their contacts ("bob" and "bob-0x55e1") and gateways for their numbers
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
