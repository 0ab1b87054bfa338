package msdiag

import "bytes"

// HRESULT is a Windows result code as it stands in a diagnostic: C3E93D80(SIPPROXY_E_…), with or without 0x and name.
type HRESULT struct {
	Code uint32
	Name []byte // nil when only the number was given
}

// ParseHRESULT reads a result code: hexadecimal digits, and behind them the name in brackets or after a space. ok is
// false when there are not one to eight digits.
func ParseHRESULT(v []byte) (h HRESULT, ok bool) {
	v = unquote(v)
	if len(v) > 2 && v[0] == '0' && v[1]|0x20 == 'x' {
		v = v[2:]
	}
	n := 0
	for n < len(v) && n <= 8 {
		digit := hexValue[v[n]]
		if digit == notHex {
			break
		}
		h.Code = h.Code<<4 | uint32(digit)
		n++
	}
	if n == 0 || n > 8 {
		return HRESULT{}, false
	}
	v = trim(v[n:])
	if len(v) > 0 && v[0] == '(' {
		v = v[1:]
		if end := bytes.IndexByte(v, ')'); end >= 0 {
			v = v[:end]
		}
	}
	if v = trim(v); len(v) > 0 {
		h.Name = v
	}
	return h, true
}

// facility of result codes that hold a SIP status code in their lower 16 bits
const sipStatusFacility = 0x0EF

// SIPStatus returns the SIP status code that the result code stands for, 0 when it is another kind of code.
func (h HRESULT) SIPStatus() int {
	status := int(h.Code & 0xffff)
	if h.Code>>16&0x7ff != sipStatusFacility || status < 100 || status > 699 {
		return 0
	}
	return status
}

// EdgeProxy reports whether the name says that an edge server's routing of messages to and from partners decided.
func (h HRESULT) EdgeProxy() bool { return bytes.Contains(h.Name, []byte("_EPROUTING_")) }

const notHex = 0xff

var hexValue = func() (t [256]uint8) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9':
			t[c] = uint8(c - '0')
		case 'a' <= c && c <= 'f':
			t[c] = uint8(c - 'a' + 10)
		case 'A' <= c && c <= 'F':
			t[c] = uint8(c - 'A' + 10)
		default:
			t[c] = notHex
		}
	}
	return t
}()
