package sip

import "bytes"

// FrameKind is what the front of a byte stream is.
type FrameKind uint8

// What Frame tells apart. The number of bytes that goes with each is what the caller may take from the stream.
const (
	FrameNeed      FrameKind = iota // 0 bytes: more of the stream is needed to tell
	FrameComplete                   // one message: for Message.ParseStream, which may still find the start line malformed
	FrameKeepAlive                  // line breaks between messages (RFC 3261 section 7.5, RFC 5626 section 3.5.1)
	FrameGarbage                    // bytes that belong to no message
	FrameNotSIP                     // like FrameGarbage, and it speaks for another protocol; with 0 bytes wait as for FrameNeed
	numFrameKinds  = int(iota)
)

// String returns a word for k.
func (k FrameKind) String() string {
	return [numFrameKinds]string{"need more", "complete", "keep-alive", "garbage", "not SIP"}[k]
}

// Limits of a message in a stream. What goes beyond is treated as damage and not waited for.
const (
	MaxHeaderBytes = 64 << 10  // start line and header fields
	MaxBodyBytes   = 256 << 10 // Content-Length
)

// Frame finds where the message at the front of stream ends. It is called again with what is left (and with what came
// since) until it says FrameNeed; cutting the stream into other pieces does not change which messages come out.
//
// Content-Length decides (RFC 3261 section 18.3). Without one that can be believed a message ends with its header fields,
// and a body that follows all the same is garbage up to the next start line: a message is never lost for another's
// fault. For the same reason a start line in a body of type application ends that body, whatever its length was
// said to be; no such body has one. Bodies of type message and multipart may well, and are left alone.
func Frame(stream []byte) (n int, kind FrameKind) {
	if n := skipLineBreaks(stream); n > 0 {
		return n, FrameKeepAlive
	}
	if len(stream) == 0 {
		return 0, FrameNeed
	}
	lf := bytes.IndexByte(stream[:min(len(stream), maxStartLine)], '\n')
	if lf < 0 {
		if len(stream) < maxStartLine && maybeStartLine(stream) {
			return 0, FrameNeed
		}
		return skipGarbage(stream, 0)
	}
	end, next := lineEnd(stream[:lf+1])
	if parseStartLine(stream[:end]).kind == NotSIP {
		return skipGarbage(stream, 0)
	}
	return frameMessage(stream, next)
}

// frameMessage finds the end of the message whose header fields begin at b[p:].
func frameMessage(b []byte, p int) (int, FrameKind) {
	start := p
	length, seen := 0, false
	var contentType []byte
	for {
		if p > MaxHeaderBytes {
			return skipGarbage(b, start)
		}
		if p == len(b) {
			return 0, FrameNeed
		}
		lf := bytes.IndexByte(b[p:], '\n')
		if lf < 0 {
			if len(b) > MaxHeaderBytes {
				return skipGarbage(b, start)
			}
			return 0, FrameNeed
		}
		if lf == 0 || lf == 1 && b[p] == '\r' {
			p += lf + 1
			break
		}
		switch b[p] | 0x20 {
		case 'c', 'l':
			name, value := splitField(b, p)
			if !seen && isContentLength(name) {
				seen = true
				if n, ok := parseLength(value); ok && n <= MaxBodyBytes {
					length = n
				}
			} else if contentType == nil && LookupHeader(name) == HeaderContentType {
				contentType = value
			}
		}
		p += lf + 1
	}
	if length == 0 {
		return p, FrameComplete
	}
	return frameBody(b, p, p+length, contentType)
}

// splitField returns name and value of the header field at b[p:], trimmed; both nil when it has no colon.
func splitField(b []byte, p int) (name, value []byte) {
	end, _ := fieldEnd(b, p)
	colon := bytes.IndexByte(b[p:end], ':')
	if colon < 0 {
		return nil, nil
	}
	return trim(b[p : p+colon]), trim(b[p+colon+1 : end])
}

// isContentLength knows the name as Message.Parse does, with a space for the hyphen too.
func isContentLength(name []byte) bool {
	if len(name) == len("content-length") && name[7] == ' ' {
		return equalFold(name[:7], "content") && equalFold(name[8:], "length")
	}
	return LookupHeader(name) == HeaderContentLength
}

// frameBody finds the end of the body from b[p:], announced to be at b[end].
func frameBody(b []byte, p, end int, contentType []byte) (int, FrameKind) {
	there := b[p:min(end, len(b))]
	if (contentType == nil || hasPrefixFold(contentType, "application/")) && bytes.Contains(there, []byte("/2.0")) {
		if at, found := findStartLine(b[:min(end, len(b))], p, false); found {
			return at, FrameComplete
		}
	}
	if len(b) < end {
		return 0, FrameNeed
	}
	if hasPrefixFold(contentType, "application/sdp") {
		return frameSDP(b, p, end)
	}
	return end, FrameComplete
}

// frameSDP looks at the last line of an SDP body. When Content-Length is a few bytes too large, it is the front of the
// next start line, which no line of SDP can be taken for: those begin with a small letter and an equals sign.
func frameSDP(b []byte, p, end int) (int, FrameKind) {
	line := p + bytes.LastIndexByte(b[p:end], '\n') + 1
	if line == end || b[line] < 'A' || b[line] > 'Z' {
		return end, FrameComplete
	}
	lf := bytes.IndexByte(b[line:], '\n')
	switch {
	case lf >= 0:
		if n, _ := lineEnd(b[line : line+lf+1]); parseStartLine(b[line:line+n]).kind == SIP {
			return line, FrameComplete
		}
	case len(b)-line < maxStartLine && maybeStartLine(b[line:]):
		return 0, FrameNeed
	}
	return end, FrameComplete
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && equalFold(b[:len(prefix)], prefix)
}
