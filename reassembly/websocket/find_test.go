package websocket

import (
	"bytes"
	"strings"
	"testing"
)

// isInvite recognises what the tests look for.
func isInvite(b []byte, _ bool) Answer {
	const begin = "INVITE sip:"
	n := min(len(b), len(begin))
	switch {
	case string(b[:n]) != begin[:n]:
		return No
	case n < len(begin):
		return Unsure
	}
	return Yes
}

func TestFind(t *testing.T) {
	long := invite + strings.Repeat("x", 100)
	masked, plain := row(0x11223344, text(long)), row(0, text(long))
	big := row(0x11223344, text(invite+strings.Repeat("x", 70_000)))
	for _, c := range []struct {
		name  string
		data  string
		final bool
		at    int
		done  int
	}{
		{"masked", string(masked), false, 0, 0},
		{"after other bytes", "rest\x81\xfe\x00" + string(masked), false, 7, 7},
		{"its front only", "rest" + string(masked[:25]), false, 4, 4},
		{"too little of it", "rest" + string(masked[:10]), false, -1, 4},
		{"too little of it, and nothing follows", "rest" + string(masked[:10]), true, -1, 14},
		{"without mask", "rest" + string(plain), false, 4, 4},
		{"without mask, not whole", "rest" + string(plain[:60]), false, -1, 4},
		{"eight bytes of length", string(big[:100]), false, 0, 0},
		{"text", long, false, -1, len(long)},
		{"a frame with something else", string(row(0x11223344, text(strings.Repeat("y", 200)))), false, -1, 208},
	} {
		if at, done := Find([]byte(c.data), c.final, isInvite); at != c.at || done != c.done {
			t.Errorf("%s: %d, %d, want %d, %d", c.name, at, done, c.at, c.done)
		}
	}
}

func TestCompressed(t *testing.T) {
	for _, c := range []struct {
		data string
		want bool
	}{{"\xc1", true}, {"\xc1\x7e", true}, {"\xc2\x05abcde", true}, {"\xc1\x7e\x00\x05", false}, {"\x81\x05", false}, {"", false}, {"\xc8\x00", false}} {
		if Compressed([]byte(c.data)) != c.want {
			t.Errorf("%q: %t", c.data, !c.want)
		}
	}
}

func TestHandshake(t *testing.T) {
	const request = "GET /sip HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
		"Sec-WebSocket-Protocol: msrp, SIP\r\nSec-WebSocket-Extensions: x-other, permessage-deflate; client_max_window_bits\r\n\r\n"
	const response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_max_window_bits=\"10\"; client_max_window_bits=9\r\n\r\n"
	h, n := ParseHandshake([]byte(request + "rest"))
	if n != len(request) || !h.Upgrade || h.Response || !h.Speaks("sip") || !h.Speaks("msrp") || h.Speaks("xmpp") {
		t.Errorf("%d: %+v", n, h)
	}
	h, n = ParseHandshake([]byte(response))
	client, server := h.Deflate()
	if n != len(response) || h.Status != 101 || !h.Upgrade || !h.Response || !h.Speaks("sip") ||
		client != (Deflate{Use: true, WindowBits: 9}) || server != (Deflate{Use: true, NoTakeover: true, WindowBits: 10}) {
		t.Errorf("%d: %+v", n, h)
	}
	h, n = ParseHandshake([]byte("HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nsorry"))
	if n <= 0 || h.Status != 403 || h.Upgrade || h.Body != 5 {
		t.Errorf("%d: %+v", n, h)
	}
	for text, want := range map[string]int{
		request[:len(request)-1]: 0, "": 0, "GE": 0, "HTTP/1.1 1": 0, "GET sip:x SIP/2.0\r\n": -1, "INVITE ": -1, "HTTP/1.1 x\r\n\r\n": -1,
		"GET / HTTP/1.1\r\n" + strings.Repeat("a: b\r\n", 4000): -1,
	} {
		if _, n := ParseHandshake([]byte(text)); n != want {
			t.Errorf("%.40q: %d, want %d", text, n, want)
		}
	}
}

// FuzzReader reads any bytes whole and cut in two: the same comes out, and the limits hold.
func FuzzReader(f *testing.F) {
	for _, c := range streams {
		if b := row(0x01020304, c.frames...); len(b) < 2000 {
			f.Add(b, uint16(len(b)/2))
		}
	}
	f.Add([]byte("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00"), uint16(3))
	f.Fuzz(func(t *testing.T, data []byte, at uint16) {
		whole := read(t, NewReader(NewMemory(small), Deflate{Use: true}, false), data)
		cut := data[:min(int(at), len(data))]
		if pieces := read(t, NewReader(NewMemory(small), Deflate{Use: true}, false), cut, data[len(cut):]); strings.Join(whole, "") != strings.Join(pieces, "") {
			t.Errorf("whole %v, in two pieces %v", whole, pieces)
		}
		if at, done := Find(data, false, isInvite); at > len(data) || done < 0 || done > len(data) || at >= 0 && at != done {
			t.Errorf("Find: %d, %d of %d", at, done, len(data))
		}
	})
}

// FuzzHandshake reads any bytes as the head of a handshake.
func FuzzHandshake(f *testing.F) {
	f.Add([]byte("GET /sip HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate; a=b\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 101 x\r\n:\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, n := ParseHandshake(data)
		switch {
		case n > len(data), n < -1, n > 0 && !bytes.HasSuffix(data[:n], []byte("\r\n\r\n")):
			t.Errorf("%d of %d bytes", n, len(data))
		case h.Response && n > 0 && (h.Status < 100 || h.Status > 999):
			t.Errorf("status %d", h.Status)
		}
		client, server := h.Deflate()
		if w := client.window() + server.window(); w > 2<<15 {
			t.Errorf("windows of %d bytes", w)
		}
	})
}
