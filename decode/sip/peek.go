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
	return peekFields(b, i+lf+1)
}

// Peek is Detect and, for what is SIP or meant as SIP, PeekCallID in one.
func Peek(b []byte) (kind Kind, callID []byte) {
	kind, next := detect(b)
	if kind == SIP || kind == Malformed {
		callID = peekFields(b, next)
	}
	return kind, callID
}

// peekFields finds the Call-ID among the header fields that begin at b[i:].
func peekFields(b []byte, i int) []byte {
	for i < len(b) {
		switch b[i] {
		case 'C', 'c':
			if i+1 < len(b) && b[i+1]|0x20 == 'a' {
				if v, ok := callIDField(b[i:]); ok {
					return v
				}
			}
		case 'I', 'i':
			if v, ok := callIDField(b[i:]); ok {
				return v
			}
		case '\n':
			return nil
		case '\r':
			if i+1 < len(b) && b[i+1] == '\n' {
				return nil
			}
		}
		lf := bytes.IndexByte(b[i:], '\n')
		if lf < 0 {
			return nil
		}
		i += lf + 1
	}
	return nil
}

// callIDField returns the value of the header field at the start of b if it is the Call-ID, spelled as Message.Parse
// lets it pass.
func callIDField(b []byte) (value []byte, ok bool) {
	end, _ := fieldEnd(b, 0)
	colon := bytes.IndexByte(b[:end], ':')
	if colon < 0 {
		return nil, false
	}
	if !isCallID(trim(b[:colon])) {
		return nil, false
	}
	return trim(b[colon+1 : end]), true
}

// isCallID knows the name as Message.Parse does, with a space for the hyphen too.
func isCallID(name []byte) bool {
	switch len(name) {
	case len("i"):
		return name[0]|0x20 == 'i'
	case len("call-id"):
		return equalFold(name[:4], "call") && (name[4] == '-' || name[4] == ' ') && equalFold(name[5:], "id")
	}
	return false
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

// PeekMethod finds the method of a request, or the one in the CSeq of a response, without parsing the message. It returns MethodOther where
// there is none.
func PeekMethod(b []byte) Method {
	i := skipLineBreaks(b)
	lf := bytes.IndexByte(b[i:], '\n')
	if lf < 0 {
		return MethodOther
	}
	if line := b[i : i+lf]; len(line) < len(version) || string(line[:len(version)]) != version {
		return ParseMethod(line[:max(bytes.IndexByte(line, ' '), 0)])
	}
	for i += lf + 1; i < len(b) && b[i] != '\n' && b[i] != '\r'; {
		end, next := fieldEnd(b, i)
		if colon := bytes.IndexByte(b[i:end], ':'); colon >= 0 && equalFold(trim(b[i:i+colon]), "cseq") {
			value := trim(b[i+colon+1 : end])
			return ParseMethod(value[bytes.LastIndexAny(value, " \t\r\n")+1:])
		}
		i = next
	}
	return MethodOther
}
