package tracelog

import (
	"bytes"
	"net/netip"

	"sipspan/internal/wire"
)

// Dialect is who wrote a text.
type Dialect uint8

// The dialects that are told apart.
const (
	Plain      Dialect = iota // messages with or without captions, as documents and scripts print them
	Server                    // Office Communications Server, Lync and Skype for Business servers
	Client                    // Communicator, Lync and Skype for Business clients
	Kamailio                  // sipdump
	Asterisk                  // sip set debug, pjsip set logger
	FreeSWITCH                // sofia trace
	SIPp                      // -trace_msg
	Sngrep                    // texts saved by sngrep, and ngrep -W byline
	Tshark                    // tshark -V, and -z follow
)

// end is how a text ends a message.
type end uint8

const (
	untilGap    end = iota // by an empty line, Content-Length or what cannot belong to the message
	untilRecord            // $$end_record
	untilStamp             // the next line with a time
	untilBars              // a line of |
	untilArrow             // a line of Asterisk
	untilDashes            // a line of -
)

// self and other are the ends of a message in a text that names one of them, or none, but says which way the message went.
var self, other = wire.Party("(self)"), wire.Party("(other)")

// toward sets the ends of a message that its writer has sent to a peer, or received from it.
func (h *head) toward(peer netip.AddrPort, sent bool) {
	if !peer.IsValid() {
		peer = other
	}
	if sent {
		h.src, h.dst = self, peer
	} else {
		h.src, h.dst = peer, self
	}
}

// recognisers find the heads of the dialects. Each is asked for the lines that hold its key.
var recognisers = [...]struct {
	key  []byte
	read func(s *scanner, line []byte) bool
}{
	{[]byte("$$begin_record"), (*scanner).serverHead},
	{[]byte("Follow: "), (*scanner).followHead},
	{[]byte("Node "), (*scanner).followHead},
	{[]byte(" :: "), (*scanner).clientHead},
	{[]byte("===================="), (*scanner).dumpHead},
	{[]byte("<--- "), (*scanner).asteriskHead},
	{[]byte("ransmitting "), (*scanner).asteriskHead},
	{[]byte(" bytes "), (*scanner).sofiaHead},
	{[]byte("-----------------------------------------------"), (*scanner).sippHead},
	{[]byte(" message "), (*scanner).sippDirection},
	{[]byte(" -> "), (*scanner).arrowHead},
	{[]byte("->"), (*scanner).caption},
	{[]byte("F"), (*scanner).number},
}

// readHead looks for the head of a message in a line, and reports whether the line is one.
func (s *scanner) readHead(line []byte) bool {
	for i := range recognisers {
		r := &recognisers[i]
		if bytes.Contains(line, r.key) && r.read(s, line) {
			return true
		}
	}
	return false
}

// parseEnd reads an address and port, or the name of a host. A transport may stand in front of it.
func parseEnd(b []byte) (end netip.AddrPort, t wire.Transport, carried bool) {
	b = bytes.TrimRight(bytes.TrimSpace(b), ":,;.")
	if i := bytes.IndexAny(b, ":/"); i > 0 {
		if named, ok := transportNamed(b[:i]); ok {
			t, carried = named, true
			b = b[i+1:]
		}
	}
	text := string(b)
	if i := bytes.IndexByte(b, ']'); i > 0 && b[0] == '[' {
		if addr, err := netip.ParseAddr(text[1:i]); err == nil && addr.Is4() {
			text = text[1:i] + text[i+1:]
		}
	}
	if a, err := netip.ParseAddrPort(text); err == nil && a.Addr().Zone() == "" {
		return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()), t, carried
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return wire.Party(a.String()), t, carried // without its port, an address says no more than a name
	}
	return wire.Party(text), t, carried
}

// field splits a line into a name and a value.
func field(line []byte, name string) (value []byte, ok bool) {
	if len(line) <= len(name) || line[len(name)] != ':' || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name)+1:]), true
}

// between returns what stands between two texts in a line.
func between(line []byte, before, after string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(line, []byte(before))
	if !ok {
		return nil, false
	}
	found, _, ok := bytes.Cut(rest, []byte(after))
	return found, ok
}

// repeats reports whether a line is nothing but at least n of a character.
func repeats(line []byte, c byte, n int) bool {
	line = bytes.TrimSpace(line)
	return len(line) >= n && len(bytes.Trim(line, string(c))) == 0
}
