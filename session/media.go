package session

import (
	"bytes"
	"net/netip"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
)

// maxDescription bounds the session description that a call keeps.
const maxDescription = 16 << 10

// media is one media line of a session description.
type media struct {
	kind, codec, addr piece
	direction         sdp.Direction
	used              bool // not refused
}

// describe keeps the session description of a message, if it has one, and reports whether it has. An answer stands over
// offers, until the next answer; the last offer before the first answer stays beside it. They are read when that is
// needed.
func (c *call) describe(v *view, answer bool) bool {
	body := description(v.m)
	if body == nil {
		return false
	}
	body = body[:min(len(body), maxDescription)]
	switch {
	case answer:
		c.answerKept = true
		c.description = append(c.description[:c.offerLen], body...)
	case !c.answerKept:
		c.description = append(c.description[:0], body...)
		c.offerLen = len(body)
		c.offeredByCallee = !v.m.Request
	}
	return true
}

// keepOther keeps the answer of another fork than the one that answered first: the call may go on with it.
func (c *call) keepOther(v *view) {
	if body := description(v.m); body != nil {
		c.other = append(c.other[:0], body[:min(len(body), maxDescription)]...)
	}
}

// takeOther lets the answer of the other fork stand.
func (c *call) takeOther() {
	c.answerKept = true
	c.description = append(c.description[:c.offerLen], c.other...)
}

// descriptions returns the first offer and the answer that stands, each empty if there is none.
func (c *call) descriptions() (offer, answer []byte) {
	return c.description[:c.offerLen], c.description[c.offerLen:]
}

// readMedia returns the media lines of the description that stands, as pieces of the text of the call.
func (t *Tracker) readMedia(c *call) []media {
	t.media = t.media[:0]
	offer, answer := c.descriptions()
	stands := answer
	if len(answer) == 0 {
		stands = offer
	}
	if len(stands) == 0 {
		return nil
	}
	sdp.Parse(stands, &t.sdp)
	for i := range t.sdp.Media {
		s := &t.sdp.Media[i]
		m := media{kind: c.text.add(s.Type), codec: c.text.add(s.Codec), used: s.Used()}
		if m.used {
			var buf [96]byte
			m.addr = c.text.add(appendHostPort(buf[:0], s.Addr, s.Port))
			if m.direction = s.Direction; m.direction == sdp.DirectionUnset {
				m.direction = sdp.SendRecv
			}
		}
		t.media = append(t.media, m)
	}
	if slices.ContainsFunc(t.media, func(m media) bool { return !m.used }) {
		t.dropUnoffered(offer, len(answer) > 0)
	}
	return t.media
}

// dropUnoffered takes those streams out that nobody offered: their port in the offer was 0 already. A stream that was
// offered and then refused stays, without an address and a direction.
func (t *Tracker) dropUnoffered(offer []byte, answered bool) {
	if answered {
		sdp.Parse(offer, &t.sdp)
	}
	kept := t.media[:0]
	for i, m := range t.media {
		if m.used || answered && (i >= len(t.sdp.Media) || t.sdp.Media[i].Used()) {
			kept = append(kept, m)
		}
	}
	t.media = kept
}

// appendHostPort appends a host and a port as an address is written, IPv6 in brackets; nothing without a host.
func appendHostPort(dst, host []byte, port int) []byte {
	if len(host) == 0 {
		return dst
	}
	if len(host) < 64 && bytes.IndexByte(host, ':') >= 0 {
		if a, err := netip.ParseAddr(string(host)); err == nil && a.Is6() {
			return netip.AddrPortFrom(a, uint16(port)).AppendTo(dst)
		}
	}
	dst = append(append(dst, clip(host)...), ':')
	return strconv.AppendInt(dst, int64(port), 10)
}

// description returns the session description in the body of a message, alone or as a part, nil if there is none.
func description(m *sip.Message) []byte {
	body := m.Body()
	if len(body) == 0 {
		return nil
	}
	contentType := m.ContentType()
	if sip.MediaTypeIs(contentType, "application/sdp") {
		return body
	}
	const multipart = "multipart/"
	if len(contentType) < len(multipart) || !bytes.EqualFold(contentType[:len(multipart)], []byte(multipart)) {
		return nil
	}
	for parts := sip.Parts(contentType, body); ; {
		part, ok := parts.Next()
		if !ok {
			return nil
		}
		if sip.MediaTypeIs(part.ContentType, "application/sdp") {
			return part.Body
		}
	}
}

func bodyHash(v *view) uint64 { return xxhash.Sum64(v.m.Body()) }
