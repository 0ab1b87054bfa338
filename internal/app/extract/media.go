package extract

import (
	"bytes"
	"net/netip"
	"strconv"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
	"sipspan/pipeline/messages"
)

// media is where the sessions want their media to be sent, by Call-ID.
type media map[string]*destinations

// destinations is where one session wants media to be sent, and when.
type destinations struct {
	from, to int64 // times of its first and of its last message
	at       map[netip.AddrPort]bool
}

const (
	// maxDestinations is how many addresses of one session are followed.
	maxDestinations = 256
)

// message notes what the descriptions in a message say.
func (d media) message(m *messages.Message) {
	one := d[m.CallID]
	if one == nil {
		one = &destinations{from: m.Time, at: map[netip.AddrPort]bool{}}
		d[m.CallID] = one
	}
	one.from, one.to = min(one.from, m.Time), max(one.to, m.Time)
	var parsed sip.Message
	if parsed.Parse(m.Bytes) != nil {
		return
	}
	parts := sip.Parts(parsed.ContentType(), parsed.Body())
	for p, ok := parts.Next(); ok; p, ok = parts.Next() {
		if !sip.MediaTypeIs(p.ContentType, "application/sdp") {
			continue
		}
		var s sdp.Session
		sdp.Parse(p.Body, &s)
		for i := range s.Media {
			one.line(&s.Media[i])
		}
	}
}

// line notes a media line: the port of RTP, that of RTCP, which is the next one or what the attribute rtcp says (RFC 3605), and the
// candidates of ICE (RFC 8839).
func (d *destinations) line(m *sdp.Media) {
	addr, err := netip.ParseAddr(string(m.Addr))
	if err == nil && !addr.IsUnspecified() && m.Port > 0 {
		d.add(addr, m.Port)
		d.add(addr, m.Port+1)
		if value, ok := m.Attribute("rtcp"); ok {
			d.control(addr, value)
		}
	}
	for line := range bytes.Lines(m.Attributes) {
		value, ok := bytes.CutPrefix(line, []byte("a=candidate:"))
		words := bytes.Fields(value)
		if !ok || len(words) < 6 {
			continue
		}
		candidate, err := netip.ParseAddr(string(words[4]))
		port, portErr := strconv.Atoi(string(words[5]))
		if err == nil && portErr == nil {
			d.add(candidate, port)
		}
	}
}

// control notes the value of an attribute rtcp: a port, and sometimes another address.
func (d *destinations) control(addr netip.Addr, value []byte) {
	words := bytes.Fields(value)
	if len(words) == 0 {
		return
	}
	if len(words) >= 4 {
		other, err := netip.ParseAddr(string(words[3]))
		if err != nil {
			return
		}
		addr = other
	}
	if port, err := strconv.Atoi(string(words[0])); err == nil {
		d.add(addr, port)
	}
}

func (d *destinations) add(addr netip.Addr, port int) {
	if port > 0 && port < 1<<16 && len(d.at) < maxDestinations {
		d.at[netip.AddrPortFrom(addr.Unmap(), uint16(port))] = true
	}
}

// holds reports whether a datagram between two ends is of the media of a session, and between its first message and its last.
func (d media) holds(src, dst netip.AddrPort, at int64) bool {
	for _, one := range d {
		if at >= one.from && at <= one.to && (one.at[src] || one.at[dst]) {
			return true
		}
	}
	return false
}
