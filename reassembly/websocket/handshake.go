package websocket

import (
	"bytes"
	"strconv"
	"strings"
)

// maxHead is how long the head of a request or response of a handshake may be.
const maxHead = 16 << 10

// Handshake is what the head of an HTTP request or response shows of the opening of a connection (RFC 6455 section 4).
type Handshake struct {
	Response bool
	Status   int      // of a response
	Upgrade  bool     // it asks for or agrees to WebSocket
	Protocol []string // subprotocols: those offered, or the one chosen; in lower case
	Body     int      // Content-Length

	deflate []deflateOffer
}

// Opens reports whether a stream may begin with a handshake: with a GET request or with a response.
func Opens(b []byte) bool {
	return begins(b, "GET ") || begins(b, "HTTP/1.1 ")
}

// begins reports whether b begins with text, as far as b goes.
func begins(b []byte, text string) bool {
	n := min(len(b), len(text))
	return string(b[:n]) == text[:n]
}

// ParseHandshake reads the head at the front of data and returns how many bytes it has: 0 when more bytes are needed to tell,
// -1 when it is no head of HTTP or a longer one than a handshake has.
func ParseHandshake(data []byte) (h Handshake, n int) {
	if !Opens(data) {
		return h, -1
	}
	head := data[:min(len(data), maxHead)]
	if first, _, ok := bytes.Cut(head, []byte("\r\n")); ok && !h.startLine(string(first)) {
		return h, -1
	}
	end := bytes.Index(head, []byte("\r\n\r\n"))
	switch {
	case end < 0 && len(data) >= maxHead:
		return h, -1
	case end < 0:
		return h, 0
	}
	lines := strings.Split(string(data[:end]), "\r\n")
	connection := false
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "upgrade":
			h.Upgrade = hasToken(value, "websocket")
		case "connection":
			connection = connection || hasToken(value, "upgrade")
		case "sec-websocket-protocol":
			for _, p := range strings.Split(value, ",") {
				h.Protocol = append(h.Protocol, strings.ToLower(strings.TrimSpace(p)))
			}
		case "sec-websocket-extensions":
			h.deflate = append(h.deflate, parseExtensions(value)...)
		case "content-length":
			h.Body, _ = strconv.Atoi(value)
		}
	}
	h.Upgrade = h.Upgrade && connection
	return h, end + len("\r\n\r\n")
}

// startLine reads "GET /path HTTP/1.1" or "HTTP/1.1 101 Switching Protocols".
func (h *Handshake) startLine(line string) bool {
	words := strings.SplitN(line, " ", 3)
	if len(words) < 2 {
		return false
	}
	if words[0] == "GET" {
		return len(words) == 3 && strings.HasPrefix(words[2], "HTTP/1.")
	}
	h.Response = true
	status, err := strconv.Atoi(words[1])
	h.Status = status
	return err == nil && 100 <= status && status <= 999
}

// hasToken reports whether a list with commas has a token, in whatever case.
func hasToken(list, token string) bool {
	for _, word := range strings.Split(list, ",") {
		if strings.EqualFold(strings.TrimSpace(word), token) {
			return true
		}
	}
	return false
}

// Speaks reports whether a subprotocol is among those of the handshake.
func (h *Handshake) Speaks(protocol string) bool {
	for _, p := range h.Protocol {
		if p == protocol {
			return true
		}
	}
	return false
}

// deflateOffer is permessage-deflate with its parameters (RFC 7692 section 7.1).
type deflateOffer struct{ client, server Deflate }

// Deflate returns what was agreed for the two directions: by a response, or by a request whose first offer is accepted as it is.
func (h *Handshake) Deflate() (client, server Deflate) {
	if len(h.deflate) == 0 {
		return Deflate{}, Deflate{}
	}
	return h.deflate[0].client, h.deflate[0].server
}

// parseExtensions returns the permessage-deflate entries of a Sec-WebSocket-Extensions header field.
func parseExtensions(value string) (list []deflateOffer) {
	for _, entry := range strings.Split(value, ",") {
		parameters := strings.Split(entry, ";")
		if !strings.EqualFold(strings.TrimSpace(parameters[0]), "permessage-deflate") {
			continue
		}
		d := deflateOffer{client: Deflate{Use: true}, server: Deflate{Use: true}}
		for _, p := range parameters[1:] {
			name, bits, _ := strings.Cut(p, "=")
			n, _ := strconv.Atoi(strings.Trim(strings.TrimSpace(bits), `"`))
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "client_no_context_takeover":
				d.client.NoTakeover = true
			case "server_no_context_takeover":
				d.server.NoTakeover = true
			case "client_max_window_bits":
				d.client.WindowBits = n
			case "server_max_window_bits":
				d.server.WindowBits = n
			}
		}
		list = append(list, d)
	}
	return list
}
