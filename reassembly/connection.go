package reassembly

import (
	"encoding/binary"
	"net/netip"
)

// connectionKey is the pair of addresses and ports of a connection, the lower
// end first, laid out so that it hashes as one piece of memory.
type connectionKey struct {
	lowHi, lowLo, highHi, highLo uint64
	ports                        uint64
}

// keyOf returns the key of the connection between two ends, and which of its
// two ways leads from src to dst.
func keyOf(src, dst netip.AddrPort) (key connectionKey, way int) {
	sHi, sLo := halves(src.Addr())
	dHi, dLo := halves(dst.Addr())
	sPort, dPort := uint64(src.Port()), uint64(dst.Port())
	if sHi < dHi || sHi == dHi && (sLo < dLo || sLo == dLo && sPort <= dPort) {
		return connectionKey{sHi, sLo, dHi, dLo, sPort<<16 | dPort}, 0
	}
	return connectionKey{dHi, dLo, sHi, sLo, dPort<<16 | sPort}, 1
}

// halves returns an address as two numbers, IPv4 as mapped into IPv6.
func halves(a netip.Addr) (hi, lo uint64) {
	if a.Is4() {
		b := a.As4()
		return 0, 0xffff<<32 | uint64(binary.BigEndian.Uint32(b[:]))
	}
	b := a.As16()
	return binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
}

// connection is an entry of the table.
type connection struct {
	link[connection] // in the list of its class
	key              connectionKey
	alike            *connection // another one between the same ends, begun before it; nil for none
	last             int64       // when its last packet came; when it ended, for class lingering
	class            class
	ways             [2]direction // the first leads from the lower end to the higher
}

// class sorts the connections by what is lost when one is given up. The table
// evicts from the first that is not empty.
type class uint8

const (
	lingering class = iota // ended; kept so that what arrives after the end opens no new one
	spare                  // ignored by the handler, or nothing shown yet: it can be joined again
	opening                // a SYN without an answer
	live                   // bytes were shown
	classes
)

// classify returns the class c belongs to.
func (c *connection) classify() class {
	a, b := c.ways[0].stage, c.ways[1].stage
	switch {
	case a == open || b == open:
		return live
	case a == ignored || b == ignored:
		return spare
	case a == started && b == started:
		return spare
	case a == started || b == started:
		if a == ended || b == ended {
			return spare
		}
		return opening
	}
	return lingering
}

// direction is one way of a connection.
type direction struct {
	flow  Flow
	conn  *connection
	realm uint32 // packet.Packet.Realm of its last segment, and before it has one that of the other direction
	stage stage

	next uint32 // sequence number of the next byte to show

	isn    uint32 // sequence number of the SYN, if hasISN
	hasISN bool

	fin    uint32 // sequence number of the FIN, if hasFIN
	hasFIN bool

	acked  uint32 // the highest the other side has acknowledged, if hasAck
	hasAck bool

	stray    uint32 // where a segment far outside of the window would be continued, if hasStray
	hasStray bool

	closedAt  int64 // since when the other side has no room for more, if isClosed
	closedFor int64 // how long it has to go on until it is reported again
	isClosed  bool

	queue *queue // what is held back; nil when nothing is
}

// stage is how far a direction has come.
type stage uint8

const (
	unseen  stage = iota // next is not known
	started              // next is known from a SYN or its answer, nothing was shown
	open                 // bytes were shown
	ignored              // the handler wants no more
	ended
)

// wants reports whether bytes of d are still of use.
func (d *direction) wants() bool { return d.stage == started || d.stage == open }

// covers reports whether the other side has acknowledged all before seq.
func (d *direction) covers(seq uint32) bool {
	return d.hasAck && int32(d.acked-seq) >= 0
}
