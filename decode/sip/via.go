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
	rest = v.read(skipCommas(list))
	return v, rest
}

// read fills in v, which is empty, from the front of list and returns what is behind the comma.
func (v *Via) read(list []byte) (rest []byte) {
	b, ok := v.sentProtocol(list)
	if !ok {
		*v = Via{}
		_, rest = NextValue(list)
		return rest
	}
	v.Params, rest = cutParams(v.sentBy(b), true)
	for p := v.Params; len(p) > 0; {
		// As nearly everybody writes them.
		const branch, rport = ";branch=", ";rport="
		if len(p) > len(branch) && string(p[:len(branch)]) == branch && v.Branch == nil {
			v.Branch, p = cutValue(p[len(branch):])
			continue
		}
		if len(p) > len(rport) && string(p[:len(rport)]) == rport {
			digits := leadingDigits(p[len(rport):])
			if end := len(rport) + len(digits); end == len(p) || p[end] == ';' {
				v.RPort, p = port(digits), p[end:]
				continue
			}
		}
		var name, value []byte
		name, value, p = NextParam(p)
		switch len(name) {
		case len("branch"):
			if v.Branch == nil && equalFold(name, "branch") {
				v.Branch = value
			}
		case len("rport"):
			if equalFold(name, "rport") {
				v.RPort = port(value)
			}
		case len("received"):
			if v.Received == nil && equalFold(name, "received") {
				v.Received = value
			}
		}
	}
	return rest
}

// sentProtocol reads SIP/2.0/UDP with white space around the slashes and returns what follows.
func (v *Via) sentProtocol(b []byte) (rest []byte, ok bool) {
	const usual, overUDP = "SIP/2.0/", "SIP/2.0/UDP "
	if len(b) > len(overUDP) && string(b[:len(overUDP)]) == overUDP {
		end := len(overUDP) - 1
		v.Transport = b[len(usual):end]
		return b[end:], true
	}
	if len(b) > len(usual) && string(b[:len(usual)]) == usual {
		b = b[len(usual):]
	} else {
		for range 2 {
			slash := bytes.IndexByte(b, '/')
			if comma := bytes.IndexByte(b, ','); slash < 0 || comma >= 0 && comma < slash {
				return nil, false
			}
			b = b[slash+1:]
		}
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
func (v *Via) sentBy(b []byte) (rest []byte) {
	b = trimLeft(b)
	i := 0
	if len(b) > 0 && b[0] == '[' {
		if i = bytes.IndexByte(b, ']') + 1; i == 0 {
			return b
		}
	}
	for i < len(b) && class[b[i]]&endsHost == 0 {
		i++
	}
	v.Host = b[:i]
	b = trimLeft(b[i:])
	if len(b) == 0 || b[0] != ':' {
		return b
	}
	b = trimLeft(b[1:])
	n, digits := 0, 0
	for digits < len(b) && b[digits]-'0' <= 9 {
		n = min(n*10+int(b[digits]-'0'), maxPort+1)
		digits++
	}
	if digits <= maxPortDigits && n <= maxPort {
		v.Port = n
	}
	return b[digits:]
}

const (
	maxPort       = 65535
	maxPortDigits = 9 // leading zeros and all
)

// port reads a port number, 0 if it is none.
func port(b []byte) int {
	if len(b) > maxPortDigits {
		return 0
	}
	n := 0
	for _, c := range b {
		if c -= '0'; c > 9 {
			return 0
		}
		n = n*10 + int(c)
	}
	if n > maxPort {
		return 0
	}
	return n
}
