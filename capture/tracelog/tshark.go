package tracelog

import (
	"bytes"
	"net/netip"

	"sipspan/internal/wire"
)

// tshark reads what "tshark -V" prints: a frame is a tree of protocols, one indented below the other, and the lines of a message
// stand in it with what was found in them below each.
type tshark struct {
	frame    bool // one was begun
	reading  bool // a message of it
	body     bool // … its body
	finished bool

	at       stamp
	src, dst netip.Addr
	ports    [2]uint16
	over     wire.Transport
	carried  bool
}

// How far lines of a message are indented.
const (
	tsharkStart = 4
	tsharkField = 8
	tsharkSDP   = 12
)

// done reports whether the last line has completed a message.
func (t *tshark) done() bool {
	was := t.finished
	t.finished = false
	return was
}

// last reports whether the text has ended within a message.
func (t *tshark) last() bool {
	was := t.reading
	t.reading = false
	return was
}

// line takes a line outside messages of other dialects. It reports whether it is one of a tree.
func (t *tshark) line(s *scanner, line []byte) bool {
	if bytes.HasPrefix(line, []byte("Frame ")) && bytes.Contains(line, []byte(" bytes on wire")) {
		if t.end(s) {
			return true
		}
		*t = tshark{frame: true, at: noStamp}
		return true
	}
	if !t.frame {
		return false
	}
	indent := len(line) - len(bytes.TrimLeft(line, " "))
	if indent == 0 {
		if t.end(s) {
			return true
		}
		t.protocol(line)
		return true
	}
	text := line[indent:]
	if v, ok := after(text, "Epoch Time: ", "Epoch Arrival Time: "); ok && indent == tsharkStart {
		seconds, _, _ := bytes.Cut(v, []byte(" "))
		if at, ok := unixTime(seconds); ok {
			t.at = stamp{at: at}
		}
		return true
	}
	if v, ok := after(text, "Request-Line: ", "Status-Line: "); ok && indent == tsharkStart {
		if start, ok := startLine(v); ok {
			t.start(s, start)
		}
		return true
	}
	if t.reading {
		t.inside(s, text, indent)
	}
	return true
}

// after returns what follows one of several texts at the beginning of b.
func after(b []byte, prefixes ...string) (rest []byte, ok bool) {
	for _, p := range prefixes {
		if rest, ok = bytes.CutPrefix(b, []byte(p)); ok {
			return rest, true
		}
	}
	return nil, false
}

// end ends the message that is being read, and has the line in hand read again.
func (t *tshark) end(s *scanner) bool {
	if !t.reading {
		return false
	}
	t.reading, t.body = false, false
	if !s.msg.valid() {
		return false
	}
	t.finished = true
	s.pages.unread()
	return true
}

// protocol takes the line of a protocol, with its addresses or ports.
func (t *tshark) protocol(line []byte) {
	src, okSrc := between(line, "Src: ", ",")
	_, dst, okDst := bytes.Cut(line, []byte("Dst: "))
	switch {
	case bytes.HasPrefix(line, []byte("Internet Protocol Version")) && okSrc && okDst:
		t.src, t.dst = tsharkAddr(src), tsharkAddr(dst)
	case bytes.HasPrefix(line, []byte("User Datagram Protocol")):
		t.over, t.carried = wire.UDP, true
		t.readPorts(line)
	case bytes.HasPrefix(line, []byte("Transmission Control Protocol")):
		t.over, t.carried = wire.TCP, true
		t.readPorts(line)
	case bytes.HasPrefix(line, []byte("Stream Control Transmission Protocol")):
		t.over, t.carried = wire.SCTP, true
		t.readPorts(line)
	case bytes.HasPrefix(line, []byte("Transport Layer Security")):
		if t.over = wire.TLS; t.carried {
			return
		}
	case bytes.HasPrefix(line, []byte("WebSocket")):
		if t.over == wire.TLS {
			t.over = wire.WSS
		} else {
			t.over = wire.WS
		}
	}
}

// tsharkAddr reads an address, which may stand in brackets after the name that it was resolved to.
func tsharkAddr(b []byte) netip.Addr {
	if i := bytes.LastIndexByte(b, '('); i >= 0 {
		b = bytes.TrimRight(b[i+1:], ") ")
	}
	a, _ := netip.ParseAddr(string(bytes.TrimSpace(b)))
	return a
}

func (t *tshark) readPorts(line []byte) {
	for i, name := range [2]string{"Src Port: ", "Dst Port: "} {
		_, rest, _ := bytes.Cut(line, []byte(name))
		rest, _, _ = bytes.Cut(rest, []byte(","))
		if j := bytes.LastIndexByte(rest, '('); j >= 0 {
			rest = rest[j+1:]
		}
		c := cursor{b: rest}
		t.ports[i] = uint16(c.digits(1, 5))
	}
}

// start begins a message. A frame may hold several.
func (t *tshark) start(s *scanner, start []byte) {
	if t.end(s) {
		return
	}
	s.begin(Tshark, untilDashes, t.at)
	h := &s.head
	if t.src.IsValid() && t.dst.IsValid() {
		h.src, h.dst = netip.AddrPortFrom(t.src, t.ports[0]), netip.AddrPortFrom(t.dst, t.ports[1])
	}
	h.transport, h.carried = t.over, t.carried
	s.msg.begin(*h, s.pages.number, start)
	t.reading, t.body = true, false
}

// inside takes a line of the message that is being read.
func (t *tshark) inside(s *scanner, text []byte, indent int) {
	m := &s.msg
	switch {
	case indent == tsharkStart:
		t.body = bytes.HasPrefix(text, []byte("Message Body"))
		m.inBody = m.inBody || t.body
	case t.body && indent == tsharkSDP:
		if name, value, ok := sdpLine(text); ok {
			m.bodyLine(append([]byte{name, '='}, value...))
		}
	case !t.body && indent == tsharkField:
		if rest, ok := after(text, "[truncated]", "[…]"); ok {
			text, m.cut = bytes.TrimLeft(rest, " "), true
		}
		if colon := headerName(text); colon > 0 {
			m.field(bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(`\r`), nil), []byte(`\n`), nil), colon)
		}
	}
}

// sdpLine reads a line of a session description, such as "Session Name (s): -".
func sdpLine(text []byte) (name byte, value []byte, ok bool) {
	i := bytes.Index(text, []byte("): "))
	if i < 2 || text[i-2] != '(' || text[i-1]-'a' >= 26 {
		return 0, nil, false
	}
	return text[i-1], text[i+len("): "):], true
}
