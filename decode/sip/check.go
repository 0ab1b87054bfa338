package sip

import "bytes"

// Check looks into the values of the header fields that Parse only finds, adds what is wrong with them to Faults and
// returns all of it. It is apart from Parse because nobody else's work depends on it. A message with such faults is
// still a message; a strict element would answer it with 400 (RFC 4475 section 3.1.2 has the like).
func (m *Message) Check() Faults {
	set := func(bad bool, f Fault) {
		if bad {
			m.Faults |= f.set()
		}
	}
	if m.Request {
		u, ok := ParseURI(m.RequestURI())
		set(!ok || m.RequestURI()[0] == '<' || len(u.Headers) > 0, FaultBadRequestURI)
	}
	m.checkVia()
	m.checkParty(HeaderFrom, FaultBadFrom)
	m.checkParty(HeaderTo, FaultBadTo)
	set(m.first[HeaderFrom] != 0 && len(m.From().Tag()) == 0, FaultMissingFromTag)
	for i := m.First(HeaderContact); i >= 0; i = m.Next(i) {
		set(!goodContacts(m.Value(i)), FaultBadContact)
	}
	if v := m.Header(HeaderMaxForwards); v != nil {
		n, ok := number(v)
		set(!ok || n > 255, FaultBadMaxForwards)
	}
	if v := m.Header(HeaderExpires); v != nil {
		n, ok := number(v)
		set(!ok || n >= 1<<32, FaultBadExpires)
	}
	if v := m.Header(HeaderDate); v != nil {
		set(!goodDate(v), FaultBadDate)
	}
	for i := m.First(HeaderWarning); i >= 0; i = m.Next(i) {
		set(!goodWarnings(m.Value(i)), FaultBadWarning)
	}
	if v := m.Header(HeaderRetryAfter); v != nil {
		n, ok := number(leadingDigits(v))
		set(!ok || n >= 1<<32, FaultBadRetryAfter)
	}
	return m.Faults
}

// checkVia judges all Vias, and the branch of the topmost.
func (m *Message) checkVia() {
	top := true
	for i := m.First(HeaderVia); i >= 0; i = m.Next(i) {
		for list := m.Value(i); ; {
			var v Via
			v, list = NextVia(list)
			if len(v.Host) == 0 {
				m.Faults |= FaultBadVia.set()
			}
			if top && (len(v.Branch) == 0 || string(v.Branch) == MagicCookie) {
				m.Faults |= FaultMissingBranch.set()
			}
			top = false
			if list = trim(list); len(list) == 0 {
				break
			}
		}
	}
}

func (m *Message) checkParty(id HeaderID, f Fault) {
	v := m.Header(id)
	if v == nil {
		return
	}
	a, ok := ParseAddress(v)
	if !ok || !goodAddress(v, a) {
		m.Faults |= f.set()
	}
}

// goodAddress reports whether the parts of a, read from v, follow the grammar: a URI with a scheme, an unquoted display
// name made of tokens.
func goodAddress(v []byte, a Address) bool {
	if string(a.URI) == "*" {
		return true
	}
	if _, ok := ParseURI(a.URI); !ok {
		return false
	}
	if blankIn(a.URI) >= 0 {
		return false
	}
	if v = trimLeft(v); v[0] == '"' {
		return true
	}
	for _, c := range a.Display {
		if class[c]&(isToken|isBlank|isLine) == 0 {
			return false
		}
	}
	return true
}

// goodContacts judges a comma list of contacts. A contact without brackets must not have a question mark, which would
// make headers of the URI and parameters of the field run together (RFC 3261 section 20.10).
func goodContacts(list []byte) bool {
	for len(trim(list)) > 0 {
		list = skipCommas(list)
		element := list[:listEnd(list)]
		var a Address
		var ok bool
		if list, ok = a.read(list, true); !ok || !goodAddress(element, a) || !goodParams(a.Params) {
			return false
		}
		if bytes.IndexByte(element, '<') < 0 && bytes.IndexByte(a.URI, '?') >= 0 {
			return false
		}
		if v, ok := Param(a.Params, "expires"); ok {
			if n, ok := number(v); !ok || n >= 1<<32 {
				return false
			}
		}
	}
	return true
}

// goodParams reports whether there is a parameter behind every semicolon.
func goodParams(params []byte) bool {
	for len(params) > 0 {
		if _, params = cutAt(params, ';'); len(params) == 0 {
			return true
		}
		if rest := trimLeft(params[1:]); len(rest) == 0 || rest[0] == ';' {
			return false
		}
		_, _, params = NextParam(params)
	}
	return true
}

// goodDate reports whether v is an RFC 1123 date in GMT, the only form allowed (RFC 3261 section 20.17).
func goodDate(v []byte) bool {
	const form = "Aaa, 00 Aaa 0000 00:00:00 GMT"
	if len(v) != len(form) {
		return false
	}
	for i := range v {
		switch form[i] {
		case 'A', 'a':
			if class[v[i]]&isAlpha == 0 {
				return false
			}
		case '0':
			if class[v[i]]&isDigit == 0 {
				return false
			}
		default:
			if v[i] != form[i] {
				return false
			}
		}
	}
	return true
}

// goodWarnings judges a comma list of 3DIGIT SP agent SP quoted-string.
func goodWarnings(list []byte) bool {
	for len(trim(list)) > 0 {
		var w []byte
		w, list = NextValue(list)
		if len(w) < 5 || len(leadingDigits(w)) != 3 || w[3] != ' ' {
			return false
		}
		agent, text := cutAt(w[4:], ' ')
		if text = trim(text); len(agent) == 0 || len(text) < 2 || text[0] != '"' || quotedEnd(text) != len(text) {
			return false
		}
	}
	return true
}

func leadingDigits(v []byte) []byte {
	i := 0
	for i < len(v) && v[i]-'0' <= 9 {
		i++
	}
	return v[:i]
}
