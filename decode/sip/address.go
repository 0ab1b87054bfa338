package sip

import "bytes"

// Address is a name-addr or addr-spec with the parameters of its header field (RFC 3261 section 20.10), as subslices of
// the value it was read from.
type Address struct {
	Display []byte // display name; a quoted one without its quotation marks, escapes untouched
	URI     []byte // without angle brackets; "*" for the contact of that name
	Params  []byte // header field parameters, from the first semicolon on
}

// Tag returns the tag parameter, nil if there is none.
func (a Address) Tag() []byte { return a.Param("tag") }

// Param returns the value of a header field parameter, without quotation marks, nil if it is absent or has no value.
// Parameters inside the angle brackets belong to the URI and are not seen here.
func (a Address) Param(name string) []byte {
	v, _ := Param(a.Params, name)
	return v
}

// ParseAddress reads a header field value that holds one address, such as From or To. Commas do not end it. ok is false
// when it does not follow the grammar (a quotation mark or angle bracket that is not closed, no URI); what could be
// made out is in a all the same.
//
// Without angle brackets, parameters belong to the header field and not to the URI (RFC 3261 section 20).
func ParseAddress(v []byte) (a Address, ok bool) {
	a, _, ok = cutAddress(v, false)
	return a, ok
}

// NextAddress cuts the first address from a comma list, such as Contact, Route or P-Asserted-Identity. rest is nil behind
// the last; a has no URI when there was none. Empty list elements are passed over.
func NextAddress(list []byte) (a Address, rest []byte) {
	for len(list) > 0 && (list[0] == ',' || class[list[0]]&(isBlank|isLine) != 0) {
		list = list[1:]
	}
	a, rest, _ = cutAddress(list, true)
	return a, rest
}

// cutAddress reads the address at the front of v. In a list a comma outside quotes and brackets ends it.
func cutAddress(v []byte, list bool) (a Address, rest []byte, ok bool) {
	v = trimLeft(v)
	if len(v) == 0 {
		return a, nil, false
	}
	ok = true
	i := 0
	if v[0] == '"' {
		n := quotedEnd(v)
		if n == 0 {
			// Not closed: the display name goes up to the bracket, as a person would read it.
			ok = false
		} else {
			a.Display = v[1 : n-1]
			i = n
		}
	}
	for i < len(v) && v[i] != '<' {
		if c := v[i]; a.Display == nil && (c == ';' || list && c == ',') {
			return cutSpec(v, i, list)
		}
		i++
	}
	if i == len(v) {
		if a.Display != nil {
			return a, nil, false
		}
		a.URI = trim(v)
		return a, nil, ok && len(a.URI) > 0
	}
	if a.Display == nil {
		a.Display = trim(v[:i])
		if !ok && len(a.Display) > 0 {
			a.Display = a.Display[1:]
		}
		if len(a.Display) == 0 {
			a.Display = nil
		}
	}
	v = v[i+1:]
	end := bytes.IndexByte(v, '>')
	if end < 0 {
		a.URI = trim(v)
		return a, nil, false
	}
	a.URI = trim(v[:end])
	a.Params, rest = cutParams(v[end+1:], list)
	return a, rest, ok && len(a.URI) > 0
}

// cutSpec reads an address without brackets whose URI ends at v[end], a semicolon or comma.
func cutSpec(v []byte, end int, list bool) (a Address, rest []byte, ok bool) {
	a.URI = trim(v[:end])
	a.Params, rest = cutParams(v[end:], list)
	return a, rest, len(a.URI) > 0
}

// cutParams cuts parameters from the front of v; in a list up to the comma that is not inside a quoted string.
func cutParams(v []byte, list bool) (params, rest []byte) {
	end := len(v)
	if list {
		end = listEnd(v)
		if end < len(v) {
			rest = v[end+1:]
		}
	}
	params = v[:end]
	for len(params) > 0 && params[0] != ';' {
		params = params[1:]
	}
	return trim(params), rest
}

// listEnd returns where the comma is that ends the first element of v, or len(v). Commas in quoted strings and angle
// brackets do not count.
func listEnd(v []byte) int {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case ',':
			return i
		case '"':
			if n := quotedEnd(v[i:]); n > 0 {
				i += n - 1
			}
		case '<':
			if n := bytes.IndexByte(v[i:], '>'); n > 0 {
				i += n
			}
		}
	}
	return len(v)
}

// NextValue cuts the first element from a comma list of any kind, such as Supported or Allow, trimmed. rest is nil
// behind the last.
func NextValue(list []byte) (v, rest []byte) {
	end := listEnd(list)
	if end < len(list) {
		rest = list[end+1:]
	}
	return trim(list[:end]), rest
}
