package sip

import "bytes"

// PeekCallID finds the Call-ID of the message in b without parsing it: what [Message.CallID] would return, nil if there
// is none. It is how a reader picks the worker.
func PeekCallID(b []byte) []byte {
	i := skipLineBreaks(b)
	lf := bytes.IndexByte(b[i:], '\n')
	if lf < 0 {
		return nil
	}
	for i += lf + 1; i < len(b); {
		if c := b[i]; c == 'C' || c == 'c' || c == 'i' || c == 'I' {
			if v, ok := callIDLine(b[i:]); ok {
				return v
			}
		} else if c == '\n' || c == '\r' && i+1 < len(b) && b[i+1] == '\n' {
			return nil
		}
		lf := bytes.IndexByte(b[i:], '\n')
		if lf < 0 {
			return nil
		}
		i += lf + 1
	}
	return nil
}

// callIDLine returns the value of the header field at the start of b if it is the Call-ID.
func callIDLine(b []byte) (value []byte, ok bool) {
	colon := 1
	if len(b) >= 7 && equalFold(b[:7], "call-id") {
		colon = 7
	} else if b[0]|0x20 != 'i' {
		return nil, false
	}
	for colon < len(b) && class[b[colon]]&isBlank != 0 {
		colon++
	}
	if colon >= len(b) || b[colon] != ':' {
		return nil, false
	}
	end, _ := fieldEnd(b, colon+1)
	return trim(b[colon+1 : end]), true
}

// fieldEnd returns where the header field that goes on at b[from:] ends, continuation lines included: before its line
// break, and where the next line begins.
func fieldEnd(b []byte, from int) (end, next int) {
	for {
		lf := bytes.IndexByte(b[from:], '\n')
		if lf < 0 {
			return len(b), len(b)
		}
		next = from + lf + 1
		if next >= len(b) || class[b[next]]&isBlank == 0 {
			return next - 1, next
		}
		from = next
	}
}
