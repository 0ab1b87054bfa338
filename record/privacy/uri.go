package privacy

import (
	"net/netip"
	"strings"
)

// kept are the parameters of URIs and of header fields around them that identify no person, each with the values that it may have;
// "0" stands for any number.
var kept = map[string][]string{
	"transport": {"udp", "tcp", "tls", "sctp", "ws", "wss"},
	"user":      {"phone", "ip", "dialog"},
	"lr":        {"", "on", "true"},
	"ob":        {""},
	"gruu":      {""},
	"ttl":       {"0"},
	"expires":   {"0"},
	"q":         {"0"},
	"cause":     {"0"},
	"index":     {"0"},
}

// number is what stands for "0".
func number(s string) bool {
	return s != "" && len(s) <= 10 && strings.Trim(s, "0123456789.") == ""
}

// place is one header field value around a URI, or a URI alone, in its parts.
type place struct {
	display string
	angle   bool
	scheme  string // with its colon, "" when there is none
	user    string
	at      bool // there is a user part, empty or not
	host    string
	port    string // with its colon
	params  string // of the URI, each with its semicolon; what may be kept
	after   string // the same of what stands after the brackets
}

// take reads a URI or a name-addr. Any other text is taken for a user.
func take(s string) (p place) {
	uri, after := strings.TrimSpace(s), ""
	if i := angle(uri); i >= 0 {
		p.display = strings.Trim(strings.TrimSpace(uri[:i]), `"`)
		p.angle = true
		uri = uri[i+1:]
		if j := strings.IndexByte(uri, '>'); j >= 0 {
			uri, after = uri[:j], uri[j+1:]
		}
	}
	if i := strings.IndexByte(uri, ':'); i > 0 && isWord(uri[:i]) {
		p.scheme, uri = uri[:i+1], uri[i+1:]
	}
	switch scheme := strings.ToLower(p.scheme); {
	case scheme == "sip:", scheme == "sips:", scheme == "pres:", scheme == "im:", scheme == "xmpp:", scheme == "mailto:":
	case scheme == "" && strings.IndexByte(uri, '@') > 0:
	case scheme == "tel:":
		p.user, p.at = uri, true
		return p
	default:
		p.user, p.at = s, true
		p.scheme, p.display, p.angle = "", "", false
		return p
	}
	if i := strings.IndexByte(uri, '?'); i >= 0 {
		uri = uri[:i]
	}
	if i := strings.LastIndexByte(uri, '@'); i >= 0 {
		p.user, p.at, uri = uri[:i], true, uri[i+1:]
	}
	var params string
	uri, params, _ = strings.Cut(uri, ";")
	p.params, p.after = keptParams(params), keptParams(after)
	p.host, p.port = splitPort(uri)
	if !p.at && numberOf(p.host) != "" && strings.Count(p.host, ".") != 3 {
		p.user, p.host = p.host, "" // a number alone is a user
	}
	return p
}

// angle returns where the URI of a name-addr begins, -1 if s is none.
func angle(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '<' && !quoted:
			return i
		}
	}
	return -1
}

// keptParams returns those parameters of a list that may be written.
func keptParams(list string) string {
	var b strings.Builder
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ";")
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		for _, may := range kept[strings.ToLower(name)] {
			if strings.EqualFold(value, may) || may == "0" && number(value) {
				b.WriteString(";" + strings.TrimSpace(one))
				break
			}
		}
	}
	return b.String()
}

// splitPort splits host:port; an IPv6 address keeps its brackets.
func splitPort(s string) (host, port string) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.HasSuffix(s, "]") || strings.Count(s, ":") > 1 && !strings.HasPrefix(s, "[") {
		return s, ""
	}
	if port := s[i+1:]; len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return s, ""
	}
	return s[:i], s[i:]
}

func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_' || c == '+') {
			return false
		}
	}
	return s != ""
}

// uri returns a URI or name-addr as it may be written, "" if nothing is left of it.
func (v *Veil) uri(s string) string {
	if s == "" || s == "*" || v.config.Identities == Clear && v.config.Domains == Clear && v.config.Addresses == Clear {
		return s
	}
	if rest, ok := cutPrefixFold(s, "urn:service:"); ok && isWord(rest) {
		return s // an emergency service is no person
	}
	p := take(s)
	identities := v.config.Identities
	if identities != Clear {
		p.display = v.name(p.display)
	}
	if p.host == "" { // tel:, or an unknown form
		switch identities {
		case Clear:
			return s
		case Drop:
			return ""
		}
		p.user = v.mint.user(p.user)
		return p.String()
	}
	switch {
	case identities == Pseudonym && p.at:
		p.user = v.mint.user(p.user)
	case identities == Drop:
		p.user, p.at = "", false
	}
	if p.host = v.host(p.host); p.host == "" {
		if !p.at {
			return ""
		}
		p.host, p.port = "invalid", ""
	}
	return p.String()
}

func (p *place) String() string {
	var b strings.Builder
	if p.display != "" {
		b.WriteString(`"` + p.display + `" `)
	}
	if p.angle {
		b.WriteByte('<')
	}
	b.WriteString(p.scheme)
	b.WriteString(p.user)
	if p.at && p.host != "" {
		b.WriteByte('@')
	}
	b.WriteString(p.host + p.port)
	b.WriteString(p.params)
	if p.angle {
		b.WriteByte('>')
	}
	b.WriteString(p.after)
	return b.String()
}

// host returns the host of a URI as it may be written.
func (v *Veil) host(s string) string {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		switch v.config.Addresses {
		case Pseudonym:
			return "[" + v.mint.address(a).String() + "]"
		case Drop:
			return ""
		}
		return s
	}
	if v.config.Domains == Pseudonym && s != "" {
		return v.mint.word(ofDomain, strings.ToLower(strings.TrimSuffix(s, "."))) + ".invalid"
	}
	return s
}

// address returns address:port, an address alone, or a host name as it may be written.
func (v *Veil) address(s string) string {
	if s == "" {
		return ""
	}
	if a, err := netip.ParseAddr(s); err == nil { // without port, and without brackets
		switch v.config.Addresses {
		case Pseudonym:
			return v.mint.address(a).String()
		case Drop:
			return ""
		}
		return s
	}
	host, port := splitPort(s)
	if host = v.host(host); host == "" {
		return ""
	}
	return host + port
}

// name returns a display name as it may be written.
func (v *Veil) name(s string) string {
	switch {
	case s == "" || v.config.Identities == Drop:
		return ""
	case v.config.Identities == Pseudonym:
		return v.mint.word(ofName, s)
	}
	return s
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
