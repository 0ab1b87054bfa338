package session

import (
	"bytes"
	"net/netip"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
)

// media is one media line of the last description that was read.
type media struct {
	kind, codec, addr piece
	direction         sdp.Direction
}

// describe reads the session description of a message, if it has one, and reports whether it has. An answer stands over
// offers, until the next answer.
func (c *call) describe(t *Tracker, v *view, answer bool) bool {
	body := description(v.m)
	if body == nil {
		return false
	}
	if c.answerRead && !answer {
		return true
	}
	sdp.Parse(body, &t.sdp)
	if len(t.sdp.Media) == 0 {
		return true
	}
	c.answerRead = answer
	for len(c.media) < len(t.sdp.Media) {
		c.media = append(c.media, media{})
	}
	c.media = c.media[:len(t.sdp.Media)]
	for i := range c.media {
		m, s := &c.media[i], &t.sdp.Media[i]
		c.text.put(&m.kind, s.Type)
		c.text.put(&m.codec, s.Codec)
		var buf [96]byte
		c.text.put(&m.addr, appendHostPort(buf[:0], s.Addr, s.Port))
		m.direction = s.Direction
		if m.direction == sdp.DirectionUnset {
			m.direction = sdp.SendRecv
		}
	}
	return true
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
