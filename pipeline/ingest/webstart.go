package ingest

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/reassembly/websocket"
)

// beginsLikeSIP reports whether a payload begins with a start line of SIP. A whole one has to be a message, too.
func beginsLikeSIP(b []byte, whole bool) websocket.Answer {
	a := startLine(b)
	if a != websocket.Yes || !whole {
		return a
	}
	_, kind := sip.Frame(b)
	return answer(kind == sip.FrameComplete)
}

// longestMethod is how long a method may be where it has to show that bytes are SIP.
const longestMethod = 32

// startLine looks at the front of a start line: a version and a status code, or a method and the scheme of a URI.
func startLine(b []byte) websocket.Answer {
	if n := min(len(b), len(status)); bytes.Equal(b[:n], status[:n]) {
		rest := b[n:]
		for i := range min(len(rest), 3) {
			if rest[i] < '0' || rest[i] > '9' {
				return websocket.No
			}
		}
		if len(rest) < 4 {
			return websocket.Unsure
		}
		return answer(rest[3] == ' ')
	}
	i := 0
	for i < len(b) && 'A' <= b[i] && b[i] <= 'Z' {
		i++
	}
	switch {
	case i > longestMethod || i < len(b) && (i == 0 || b[i] != ' '):
		return websocket.No
	case i == len(b):
		return websocket.Unsure
	}
	uri := b[i+1:]
	for _, scheme := range [...]string{"sip:", "sips:", "tel:", "urn:"} {
		n := min(len(uri), len(scheme))
		if !bytes.EqualFold(uri[:n], []byte(scheme[:n])) {
			continue
		}
		if n == len(scheme) {
			return websocket.Yes
		}
		return websocket.Unsure
	}
	return websocket.No
}

func answer(yes bool) websocket.Answer {
	if yes {
		return websocket.Yes
	}
	return websocket.No
}

// hasHeader reports whether all header fields of a message are there.
func hasHeader(b []byte) bool {
	return bytes.Contains(b, []byte("\r\n\r\n")) || bytes.Contains(b, []byte("\n\n"))
}
