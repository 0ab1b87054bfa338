package packet

import (
	"encoding/binary"
	"net/netip"
)

// cursor is the place a walk has come to. It lives on the stack of the walk.
type cursor struct {
	rest     []byte // captured bytes from here on, cut to the innermost length so far
	promised int    // bytes from here on that the innermost length promises; more than len(rest) in a cut capture

	src, dst         netip.Addr
	srcPort, dstPort uint16
	id               uint32

	encap  Encap
	realm  uint32 // see Packet.Realm
	depth  uint8  // number of tunnels
	reason Reason
}

// skip strips n bytes that are known to be there.
func (c *cursor) skip(n int) {
	c.rest = c.rest[n:]
	c.promised -= n
}

// limit cuts the rest to n bytes, which is what a header says follows; it
// replaces what an outer header promised.
func (c *cursor) limit(n int) {
	if n < len(c.rest) {
		c.rest = c.rest[:n]
	}
	c.promised = n
}

// ignore ends the walk.
func (c *cursor) ignore(r Reason) layer {
	c.reason = r
	return endIgnored
}

// short ends the walk at a header of which the capture holds less than all: it
// is either cut, or bad by its own lengths.
func (c *cursor) short(bad Reason) layer {
	if c.promised > len(c.rest) {
		return c.ignore(ReasonShortFrame)
	}
	return c.ignore(bad)
}

func be16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
