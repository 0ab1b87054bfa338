package tracelog

import (
	"bytes"
	"net/netip"

	"sipspan/internal/wire"
)

// follow is what "tshark -z follow,udp,ascii" has said of the stream that it prints: its two ends come first, and the size of
// each piece in front of it, after a tab where it is of the second end.
type follow struct {
	active    bool
	further   bool // it is not the first one, and no message of it has been seen
	nodes     [2]netip.AddrPort
	transport wire.Transport
	carried   bool
}

// followHead reads the lines in front of a stream.
func (s *scanner) followHead(line []byte) bool {
	if kind, ok := bytes.CutPrefix(line, []byte("Follow: ")); ok {
		// Streams are printed one after the other, and not in the order of time: each is a capture of its own.
		s.follow = follow{active: true, further: s.follow.nodes[0].IsValid()}
		s.follow.transport, s.follow.carried = transportNamed(kind)
		return true
	}
	if !s.follow.active {
		return false
	}
	for i, name := range [2]string{"Node 0", "Node 1"} {
		if v, ok := field(line, name); ok {
			s.follow.nodes[i], _, _ = parseEnd(v)
			return true
		}
	}
	return false
}

// followPiece reads the line in front of a piece of the stream.
func (s *scanner) followPiece(line []byte) bool {
	if !s.follow.active || !isSize(line) {
		return false
	}
	s.begin(Tshark, untilGap, noStamp)
	h, from := &s.head, 0
	if line[0] == '\t' {
		from = 1
	}
	h.src, h.dst = s.follow.nodes[from], s.follow.nodes[1-from]
	h.transport, h.carried = s.follow.transport, s.follow.carried
	h.begins, s.follow.further = s.follow.further, false
	return true
}

// isSize reports whether a line is a number, after a tab or not.
func isSize(line []byte) bool {
	line = bytes.TrimPrefix(line, []byte("\t"))
	for _, c := range line {
		if c-'0' > 9 {
			return false
		}
	}
	return len(line) > 0
}
