package stats

import (
	"strings"
	"unicode/utf8"

	"sipspan/decode/sip"
	"sipspan/record"
)

// maxName bounds a name that is counted, in bytes.
const maxName = 64

// countNames counts the user agent and the domain that a call or registration names.
func (c *Counters) countNames(r record.Record) {
	switch r := r.(type) {
	case *record.Call:
		c.UserAgents.Count(r.Caller.UserAgent)
		c.countDomain(r.To.URI)
	case *record.Registration:
		c.UserAgents.Count(r.UserAgent)
		c.countDomain(r.AOR)
	}
}

// countDomain counts the domain of a URI.
func (c *Counters) countDomain(uri string) {
	if c.Domains.limit == 0 {
		return
	}
	if u, ok := sip.ParseURI([]byte(uri)); ok {
		c.Domains.Count(strings.ToLower(string(u.Host)))
	}
}

// readable returns a name as it is shown: valid, printable and of limited length.
func readable(name string) string {
	if len(name) > maxName {
		name = name[:maxName]
		for i := 1; i < utf8.UTFMax && !utf8.ValidString(name[len(name)-i:]); i++ {
			if utf8.RuneStart(name[len(name)-i]) {
				name = name[:len(name)-i] // a character that was cut
				break
			}
		}
	}
	plain := true
	for i := range len(name) {
		plain = plain && ' ' <= name[i] && name[i] <= '~'
	}
	if plain {
		return name
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
}
