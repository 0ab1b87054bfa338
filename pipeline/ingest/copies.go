package ingest

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	// copyWindow is how far apart two captures of one IP packet with an identification may lie. It is well below T1 (RFC 3261
	// section 17.1.1.1): what SIP sends again comes later, and with an identification of its own.
	copyWindow = 200 * time.Millisecond
	// bareCopyWindow is the same for a packet without identification: in IPv6, and in IPv4 where it may not be fragmented.
	// Nothing but the time tells its copy from a second packet with the same payload, and servers that answer a request that
	// was repeated have been seen to send the same response again after 24 ms.
	bareCopyWindow = 10 * time.Millisecond
)

// Copies recognises IP packets that were captured more than once: both directions of a port mirrored, an interface and the
// bond it belongs to, two mirror ports, before and behind a router. Hop limit, MAC addresses, tags and tunnels may differ.
// With another source or destination it is the next hop, and no copy.
//
// It is a table of fixed size that all sources share without a lock. The zero value is empty. A slot holds what the hash of a packet leaves beside
// the number of its set, and when it was captured. The oldest slot of a set makes room, so that a table that is too small
// misses copies and never takes anything else for one.
type Copies struct {
	sets [copySets][copyWays]atomic.Uint64
}

const (
	copySetBits = 12
	copySets    = 1 << copySetBits
	copyWays    = 4

	// The time in a slot counts units of 2^17 ns, an eighth of a millisecond, and wraps after ten hours.
	copyTickBits = 17
	copyTimeBits = 28
	copyTimeMask = 1<<copyTimeBits - 1
)

// seen reports whether a packet with this hash was captured within window of at, and notes it otherwise.
func (c *Copies) seen(hash uint64, at int64, window time.Duration) bool {
	set := &c.sets[hash&(copySets-1)]
	mark := hash>>copySetBits<<copyTimeBits | 1<<63 // an empty slot matches nothing
	tick := uint64(at) >> copyTickBits & copyTimeMask
	for {
		victim, oldest, was := 0, int64(-1), uint64(0)
		for i := range set {
			slot := set[i].Load()
			age := copyAge(tick, slot)
			if slot&^copyTimeMask == mark {
				if age <= int64(window)>>copyTickBits {
					return true
				}
				victim, was = i, slot
				break
			}
			if slot == 0 {
				age = copyTimeMask
			}
			if age > oldest {
				victim, oldest, was = i, age, slot
			}
		}
		if set[victim].CompareAndSwap(was, mark|tick) {
			return false
		}
		// Another source was faster, perhaps with the same packet.
	}
}

// copyAge returns how far apart the times of now and slot lie, in ticks: two mirror ports need not agree on which of two
// captures of a packet came first.
func copyAge(now, slot uint64) int64 {
	const unused = 64 - copyTimeBits
	age := int64((now-slot)<<unused) >> unused
	return max(age, -age)
}

// The kinds of what is hashed, so that none of them is taken for another.
const (
	ofDatagram = iota + 1
	ofSegment
	ofMessage
	ofICMPError
	ofChunks
	ofHEP
)

// copied reports whether the UDP datagram in hand, or what an ICMP error in hand quotes, was captured before.
func (in *Ingest) copied(kind uint64, payload []byte) bool {
	return in.copies != nil && in.isCopy(in.copies, kind, payload)
}

// isCopy reports whether a table holds the datagram in hand, and notes it there.
func (in *Ingest) isCopy(c *Copies, kind uint64, payload []byte) bool {
	hash := mix(in.digest(payload)^kind, uint64(in.pkt.ID)<<32|uint64(len(payload)))
	return c.seen(hashFlow(hash, in.pkt.Src, in.pkt.Dst), in.at, in.window())
}

// LeaveOutCopies sets whether datagrams that were captured before are left out, although Options.Copies wants them to be counted. Those of
// another source are not known, nor those of before it was set.
func (in *Ingest) LeaveOutCopies(yes bool) {
	in.spares = yes && in.copies == nil
	if in.spares && in.spare == nil {
		in.spare = new(Copies)
	}
}

// digestSeed is that of the hashes of payloads, which nothing but the table of copies holds.
var digestSeed = maphash.MakeSeed()

// digest returns a hash of a payload. Where an identification tells packets apart already, the front of the message, with
// its branch, and the end of it are enough.
func (in *Ingest) digest(payload []byte) uint64 {
	if in.pkt.ID == 0 || len(payload) <= digestFront+digestEnd {
		return maphash.Bytes(digestSeed, payload)
	}
	front, end := payload[:digestFront], payload[len(payload)-digestEnd:]
	return mix(maphash.Bytes(digestSeed, front), maphash.Bytes(digestSeed, end))
}

const (
	digestFront = 256
	digestEnd   = 64
)

// copiedSegment reports whether the TCP segment in hand was captured before. A segment that its sender sent again has an
// identification of its own. The place in the stream stands for the payload, of which the bytes that came first stay.
func (in *Ingest) copiedSegment() bool {
	if in.copies == nil {
		return false
	}
	p := &in.pkt
	hash := mix(uint64(p.TCP.Seq)<<32|uint64(p.ID)^ofSegment, uint64(p.TCP.Ack)<<32|uint64(len(p.Payload)))
	return in.copies.seen(hashFlow(hash, p.Src, p.Dst), in.at, in.window())
}

// copiedMessage reports whether another source has seen a message of a TCP connection. Each source joins the segments it sees
// itself, since none of them need have seen all.
func (in *Ingest) copiedMessage(src, dst netip.AddrPort, at int64, raw []byte) bool {
	if in.copies == nil || !in.shared {
		return false
	}
	hash := mix(maphash.Bytes(digestSeed, raw)^ofMessage, uint64(len(raw)))
	return in.copies.seen(hashFlow(hash, src, dst), at, copyWindow)
}

// window returns the window of the packet in hand.
func (in *Ingest) window() time.Duration {
	if in.pkt.ID == 0 {
		return bareCopyWindow
	}
	return copyWindow
}

// hashFlow mixes two ends into a hash.
func hashFlow(hash uint64, src, dst netip.AddrPort) uint64 {
	hash = mix(hash, hashAddr(src.Addr())^uint64(src.Port()))
	return mix(hash, hashAddr(dst.Addr())^uint64(dst.Port()))
}

func hashAddr(a netip.Addr) uint64 {
	if a.Is4() {
		b := a.As4()
		return uint64(binary.BigEndian.Uint32(b[:])) << 16
	}
	b := a.As16()
	return mix(binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:]))
}

// mix folds the product of two numbers.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0xa0761d6478bd642f, b^0xe7037ed1a0b428db)
	return hi ^ lo
}

// countCopiedFragments counts as copies the fragments that had been there before, and returns whether there were any.
func (in *Ingest) countCopiedFragments() bool {
	n := uint64(in.defrag.Copies())
	in.account.Held -= n
	in.account.Ignored[IgnoredDuplicate] += n
	return n > 0
}
