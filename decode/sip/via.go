package sip

import "bytes"

// MagicCookie begins the branch of every element that follows RFC 3261 (section 8.1.1.7); others match transactions by
// the rules of RFC 2543.
const MagicCookie = "z9hG4bK"

// Via is one value of a Via header field (RFC 3261 section 20.42), as subslices of the value it was read from.
type Via struct {
	Transport []byte // as written: "UDP"
	Host      []byte // sent-by; an IPv6 address with its brackets
	Port      int    // of sent-by, 0 when not written
	Branch    []byte // nil when absent
	Received  []byte // nil when absent
	RPort     int    // value of rport, 0 when absent or without value (RFC 3581)
	Params    []byte // all parameters, from the first semicolon on
}

// HasCookie reports whether the branch begins with the magic cookie and goes on behind it, so that it tells transactions
// apart by itself.
func (v Via) HasCookie() bool {
	return len(v.Branch) > len(MagicCookie) && string(v.Branch[:len(MagicCookie)]) == MagicCookie
}

// NextVia cuts the first value from a Via comma list. rest is nil behind the last; Host is empty when the value cannot be
// read.
func NextVia(list []byte) (v Via, rest []byte) {
	for len(list) > 0 && (list[0] == ',' || class[list[0]]&(isBlank|isLine) != 0) {
		list = list[1:]
	}
	b, ok := sentProtocol(list, &v)
	if !ok {
		_, rest = NextValue(list)
		return Via{}, rest
	}
	b = sentBy(b, &v)
	v.Params, rest = cutParams(b, true)
	for p := v.Params; len(p) > 0; {
		var name, value []byte
		name, value, p = NextParam(p)
		switch len(name) {
		case len("branch"):
			if equalFold(name, "branch") && v.Branch == nil {
				v.Branch = value
			}
		case len("rport"):
			if equalFold(name, "rport") {
				v.RPort = port(value)
			}
		case len("received"):
			if equalFold(name, "received") && v.Received == nil {
				v.Received = value
			}
		}
	}
	return v, rest
}

// sentProtocol reads SIP/2.0/UDP with white space around the slashes and returns what follows.
func sentProtocol(b []byte, v *Via) (rest []byte, ok bool) {
	for range 2 {
		slash := bytes.IndexByte(b, '/')
		if slash < 0 {
			return nil, false
		}
		b = b[slash+1:]
	}
	b = trimLeft(b)
	i := 0
	for i < len(b) && class[b[i]]&isToken != 0 {
		i++
	}
	v.Transport = b[:i]
	return b[i:], i > 0
}

// sentBy reads host [ ":" port ] with white space around the colon and returns what follows.
func sentBy(b []byte, v *Via) (rest []byte) {
	b = trimLeft(b)
	i := 0
	if len(b) > 0 && b[0] == '[' {
		if i = bytes.IndexByte(b, ']') + 1; i == 0 {
			return b
		}
	}
	for i < len(b) && b[i] != ':' && b[i] != ';' && b[i] != ',' && class[b[i]]&(isBlank|isLine) == 0 {
		i++
	}
	v.Host = b[:i]
	b = trimLeft(b[i:])
	if len(b) == 0 || b[0] != ':' {
		return b
	}
	b = trimLeft(b[1:])
	i = 0
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	v.Port = port(b[:i])
	return b[i:]
}

// port reads a port number, 0 if it is none.
func port(b []byte) int {
	n, ok := number(b)
	if !ok || n > 65535 {
		return 0
	}
	return int(n)
}
