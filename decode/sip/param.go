package sip

import "bytes"

// NextParam cuts the first parameter from params, which looks like ";tag=1;lr" with or without the first semicolon.
// value is nil for a parameter without "=", and comes without its quotation marks when it is a quoted string, escapes
// untouched. rest is empty behind the last. White space around all parts is let pass. A stretch between two semicolons
// without a name is passed over.
func NextParam(params []byte) (name, value, rest []byte) {
	for len(params) > 0 {
		start := 0
		for start < len(params) && (params[start] == ';' || class[params[start]]&(isBlank|isLine) != 0) {
			start++
		}
		end := start
		for end < len(params) && class[params[end]]&endsName == 0 {
			end++
		}
		name, value, params = params[start:end], nil, params[end:]
		if len(params) > 0 && class[params[0]]&(isBlank|isLine) != 0 {
			// White space behind the name, or inside of what is no name.
			more := 0
			for more < len(params) && params[more] != ';' && params[more] != '=' {
				more++
			}
			name, params = trim(name[:len(name)+more]), params[more:]
		}
		if len(params) > 0 && params[0] == '=' {
			value, params = cutValue(params[1:])
		}
		if len(name) > 0 {
			return name, value, params
		}
	}
	return nil, nil, nil
}

// cutValue cuts the value of a parameter from the front of b.
func cutValue(b []byte) (value, rest []byte) {
	i := 0
	if len(b) > 0 && b[0] > '"' {
		if i = bytes.IndexByte(b, ';'); i < 0 {
			return trim(b), nil
		}
		return trim(b[:i]), b[i:]
	}
	for i < len(b) && class[b[i]]&(isBlank|isLine) != 0 {
		i++
	}
	if i < len(b) && b[i] == '"' {
		if n := quotedEnd(b[i:]); n > 0 {
			value, rest = b[i+1:i+n-1], b[i+n:]
			if semi := bytes.IndexByte(rest, ';'); semi >= 0 {
				return value, rest[semi:]
			}
			return value, nil
		}
	}
	if semi := bytes.IndexByte(b[i:], ';'); semi >= 0 {
		return trim(b[i : i+semi]), b[i+semi:]
	}
	return trim(b[i:]), nil
}

// quotedEnd returns the length of the quoted string at the start of b with both quotation marks, 0 if it does not end.
func quotedEnd(b []byte) int {
	for i := 1; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return 0
		}
		// The mark is escaped when an odd number of backslashes stands before it.
		escape := i + n
		for escape > 1 && b[escape-1] == '\\' {
			escape--
		}
		i += n + 1
		if (i-1-escape)%2 == 0 {
			return i
		}
	}
	return 0
}

// Param returns the value of the first parameter with that name, in any case. ok tells a parameter without a value
// (nil, true) from none (nil, false). Quoted values come without quotation marks.
func Param(params []byte, name string) (value []byte, ok bool) {
	for len(params) > 0 {
		var n, v []byte
		n, v, params = NextParam(params)
		if foldEqual(n, name) {
			return v, true
		}
	}
	return nil, false
}
