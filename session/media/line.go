package media

import (
	"bytes"
	"net/netip"
	"slices"
	"strconv"

	"sipspan/decode/sdp"
	"sipspan/internal/wire"
)

// Line is one media line of a session description.
type Line struct {
	Type, Codec []byte
	Host        []byte // where the media are wanted, as the description names it; nil when the stream was refused
	Port        int
	Direction   sdp.Direction // of a stream that was not refused, sendrecv where the description has none
	Used        bool          // the stream was not refused
}

// Reader reads session descriptions. The zero value is ready.
type Reader struct {
	session sdp.Session
	lines   []Line
}

// Lines returns the media lines of a call: those of the answer, or of the offer while there is no answer. Either may be
// empty. A stream that was offered and refused is a line that is not used; one that nobody offered, because its port in
// the offer was 0 already, is left out.
func (r *Reader) Lines(offer, answer []byte) []Line {
	r.lines = r.lines[:0]
	current := answer
	if len(answer) == 0 {
		current = offer
	}
	if len(current) == 0 {
		return nil
	}
	sdp.Parse(current, &r.session)
	for i := range r.session.Media {
		m := &r.session.Media[i]
		l := Line{Type: m.Type, Codec: m.Codec, Used: m.Used()}
		if l.Used {
			l.Host, l.Port = m.Addr, m.Port
			if l.Direction = m.Direction; l.Direction == sdp.DirectionUnset {
				l.Direction = sdp.SendRecv
			}
		}
		r.lines = append(r.lines, l)
	}
	if slices.ContainsFunc(r.lines, func(l Line) bool { return !l.Used }) {
		r.dropUnoffered(offer, len(answer) > 0)
	}
	return r.lines
}

func (r *Reader) dropUnoffered(offer []byte, answered bool) {
	if answered {
		sdp.Parse(offer, &r.session)
	}
	offered := r.session.Media
	kept := r.lines[:0]
	for i, l := range r.lines {
		if l.Used || answered && (i >= len(offered) || offered[i].Used()) {
			kept = append(kept, l)
		}
	}
	r.lines = kept
}

// AppendAddress appends where the media of a line are wanted, host:port with an IPv6 address in brackets; nothing when
// the line has no host.
func (l *Line) AppendAddress(dst []byte) []byte {
	host := l.Host
	if len(host) == 0 {
		return dst
	}
	if len(host) < 64 && bytes.IndexByte(host, ':') >= 0 {
		if a, err := netip.ParseAddr(string(host)); err == nil && a.Is6() {
			return netip.AddrPortFrom(a, uint16(l.Port)).AppendTo(dst)
		}
	}
	dst = append(append(dst, host[:min(len(host), wire.MaxText)]...), ':')
	return strconv.AppendInt(dst, int64(l.Port), 10)
}
