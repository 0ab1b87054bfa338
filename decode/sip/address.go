package sip

import (
	"bytes"
	"encoding/binary"
)

// Address is a name-addr or addr-spec with the parameters of its header field (RFC 3261 section 20.10), as subslices of
// the value it was read from.
type Address struct {
	Display []byte // display name; a quoted one without its quotation marks, escapes untouched
	URI     []byte // without angle brackets; "*" for the contact of that name
	Params  []byte // header field parameters, from the first semicolon on
}

// Tag returns the tag parameter, nil if there is none.
func (a Address) Tag() []byte { return tagOf(a.Params) }

// Param returns the value of a header field parameter, without quotation marks, nil if it is absent or has no value.
// Parameters inside the angle brackets belong to the URI and are not seen here.
func (a Address) Param(name string) []byte {
	v, _ := Param(a.Params, name)
	return v
}

// tagOf returns the tag among params. It is asked of every message, and nearly always the tag comes first.
func tagOf(params []byte) []byte {
	const (
		tagEquals = 't' | 'a'<<8 | 'g'<<16 | '='<<24
		anyCase   = 0x202020 // of the three letters
	)
	if len(params) > 5 && params[5] > '"' && binary.LittleEndian.Uint32(params[1:])|anyCase == tagEquals {
		tag := params[5:]
		if end := bytes.IndexByte(tag, ';'); end >= 0 {
			tag = tag[:end]
		}
		return trim(tag)
	}
	tag, _ := Param(params, "tag")
	return tag
}

// tagIn returns the tag in the value of a From or To, as reading all of the address gives it.
func tagIn(v []byte) []byte {
	start := 0
	if len(v) > 0 && v[0] == '"' {
		start = quotedEnd(v)
		for start > 0 && start < len(v) && v[start] == ' ' {
			start++
		}
	}
	if start < len(v) && v[start] == '<' {
		if end := bytes.IndexByte(v[start:], '>'); end > 0 {
			if end += start + 1; end == len(v) {
				return nil
			} else if v[end] == ';' {
				return tagOf(v[end:])
			}
		}
	}
	var a Address
	a.read(v, false)
	return tagOf(a.Params)
}

// ParseAddress reads a header field value that holds one address, such as From or To. Commas do not end it. ok is false
// when it does not follow the grammar (a quotation mark or angle bracket that is not closed, white space inside the
// brackets, no URI); what could be made out is in a all the same.
//
// Without angle brackets, parameters belong to the header field and not to the URI (RFC 3261 section 20).
func ParseAddress(v []byte) (a Address, ok bool) {
	_, ok = a.read(v, false)
	return a, ok
}

// NextAddress cuts the first address from a comma list, such as Contact, Route or P-Asserted-Identity. rest is nil behind
// the last; a has no URI when there was none. Empty list elements are passed over.
func NextAddress(list []byte) (a Address, rest []byte) {
	rest, _ = a.read(skipCommas(list), true)
	return a, rest
}

// read fills in a, which is empty, from the front of v. In a list a comma outside quotes and brackets ends the address.
func (a *Address) read(v []byte, list bool) (rest []byte, ok bool) {
	v = trimLeft(v)
	if len(v) == 0 {
		return nil, false
	}
	bracket := 0
	ok = true
	switch v[0] {
	case '<':
	case '"':
		n := quotedEnd(v)
		if n > 0 {
			a.Display = v[1 : n-1]
		} else {
			n, ok = 1, false
		}
		if bracket = bytes.IndexByte(v[n:], '<'); bracket < 0 {
			a.Display, a.URI = nil, trim(v)
			return nil, false
		}
		bracket += n
		if !ok { // not closed: the display name goes up to the bracket, as a person would read it
			a.Display = trim(v[1:bracket])
		}
	default:
		for bracket < len(v) && v[bracket] != '<' {
			if v[bracket] == ';' || list && v[bracket] == ',' {
				break
			}
			bracket++
		}
		if bracket == len(v) || v[bracket] != '<' {
			a.URI = trim(v[:bracket])
			a.Params, rest = cutParams(v[bracket:], list)
			return rest, len(a.URI) > 0
		}
		a.Display = trim(v[:bracket])
	}
	v = v[bracket+1:]
	end := bytes.IndexByte(v, '>')
	if end < 0 {
		a.URI = trim(v)
		return nil, false
	}
	a.URI = trim(v[:end])
	a.Params, rest = cutParams(v[end+1:], list)
	return rest, ok && end > 0 && len(a.URI) == end
}

// cutParams cuts parameters from the front of v; in a list up to the comma that is not inside a quoted string. What
// stands before the first semicolon is dropped.
func cutParams(v []byte, list bool) (params, rest []byte) {
	if len(v) == 0 {
		return nil, nil
	}
	if list {
		if end := listEnd(v); end < len(v) {
			v, rest = v[:end], v[end+1:]
		}
	}
	if len(v) > 0 && v[0] != ';' {
		_, v = cutAt(v, ';')
	}
	return trim(v), rest
}

// skipCommas drops empty elements from the front of a list.
func skipCommas(list []byte) []byte {
	for len(list) > 0 && (list[0] == ',' || class[list[0]]&(isBlank|isLine) != 0) {
		list = list[1:]
	}
	return list
}

// listEnd returns where the comma is that ends the first element of v, or len(v). Commas in quoted strings and angle
// brackets do not count.
func listEnd(v []byte) int {
	if bytes.IndexByte(v, ',') < 0 {
		return len(v)
	}
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
