package ingest

import (
	"net/netip"
	"testing"
	"time"

	"sipspan/internal/packet"
)

// TestCopyWindow says which second captures of a packet are copies.
func TestCopyWindow(t *testing.T) {
	const at = int64(1_700_000_000_000_000_000)
	c := new(Copies)
	if c.seen(7, at, copyWindow) {
		t.Error("the first one is a copy")
	}
	for _, tt := range []struct {
		after  time.Duration
		window time.Duration
		want   bool
	}{
		{0, copyWindow, true},
		{20 * time.Microsecond, copyWindow, true},
		{-3 * time.Millisecond, copyWindow, true}, // the clocks of two ports differ
		{199 * time.Millisecond, copyWindow, true},
		{9 * time.Millisecond, bareCopyWindow, true},
		{24 * time.Millisecond, bareCopyWindow, false}, // notes it: what follows is compared with this one
		{500 * time.Millisecond, copyWindow, false},
		{time.Hour, copyWindow, false},
		{time.Hour - 500*time.Millisecond, copyWindow, false},
	} {
		if got := c.seen(7, at+int64(tt.after), tt.window); got != tt.want {
			t.Errorf("after %v, window %v: %v, want %v", tt.after, tt.window, got, tt.want)
		}
	}
}

// TestCopiesOverflow fills the sets of the table: what it has forgotten is no copy, what is newest is one.
func TestCopiesOverflow(t *testing.T) {
	c := new(Copies)
	const sameSet = copySets
	for i := range uint64(3 * copyWays) {
		if c.seen(i*sameSet, int64(i)*1e6, copyWindow) {
			t.Errorf("%d: a copy of another packet", i)
		}
	}
	if !c.seen((3*copyWays-1)*sameSet, 3*copyWays*1e6, copyWindow) {
		t.Error("the newest packet is forgotten")
	}
	if c.seen(0, 3*copyWays*1e6, copyWindow) {
		t.Error("the oldest packet is still known")
	}
}

// TestCopyHash changes one thing after the other of a datagram and of a segment: each makes another packet of it, and the
// hop limit, which the hash does not hold, does not.
func TestCopyHash(t *testing.T) {
	a, b := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5060")
	original := packet.Packet{Src: a, Dst: b, ID: 4711, Payload: []byte("OPTIONS sip:b SIP/2.0"), TCP: packet.TCP{Seq: 1, Ack: 2}}
	changes := map[string]func(p *packet.Packet){
		"source":         func(p *packet.Packet) { p.Src = netip.MustParseAddrPort("192.0.2.3:5060") },
		"source port":    func(p *packet.Packet) { p.Src = netip.AddrPortFrom(a.Addr(), 5061) },
		"destination":    func(p *packet.Packet) { p.Dst = netip.MustParseAddrPort("192.0.2.3:5060") },
		"other way":      func(p *packet.Packet) { p.Src, p.Dst = p.Dst, p.Src },
		"IPv6":           func(p *packet.Packet) { p.Src = netip.MustParseAddrPort("[::ffff:192.0.2.1]:5060") },
		"identification": func(p *packet.Packet) { p.ID++ },
		"payload":        func(p *packet.Packet) { p.Payload = []byte("OPTIONS sip:c SIP/2.0!") },
		"sequence":       func(p *packet.Packet) { p.TCP.Seq++ },
		"none":           func(p *packet.Packet) {},
	}
	for name, change := range changes {
		datagram, segment := &Ingest{copies: new(Copies)}, &Ingest{copies: new(Copies)}
		for _, r := range []*Ingest{datagram, segment} {
			r.pkt = original
			r.copied(ofDatagram, r.pkt.Payload)
			r.copiedSegment()
			r.copies = new(Copies)
		}
		datagram.copied(ofDatagram, original.Payload)
		segment.copiedSegment()
		change(&datagram.pkt)
		change(&segment.pkt)
		if got, want := datagram.copied(ofDatagram, datagram.pkt.Payload), name == "none" || name == "sequence"; got != want {
			t.Errorf("datagram with another %s: copy %v, want %v", name, got, want)
		}
		if got, want := segment.copiedSegment(), name == "none"; got != want {
			t.Errorf("segment with another %s: copy %v, want %v", name, got, want)
		}
	}
}

func TestCopiesAllocateNothing(t *testing.T) {
	r := &Ingest{copies: new(Copies), shared: true}
	r.pkt = packet.Packet{Src: netip.MustParseAddrPort("[2001:db8::1]:5060"), Dst: netip.MustParseAddrPort("[2001:db8::2]:5060"), Payload: make([]byte, 700)}
	if n := testing.AllocsPerRun(100, func() {
		r.at += 1e9
		r.pkt.TCP.Seq++
		r.copied(ofDatagram, r.pkt.Payload)
		r.copied(ofDatagram, r.pkt.Payload)
		r.copiedSegment()
		r.copiedMessage(r.pkt.Src, r.pkt.Dst, r.at, r.pkt.Payload)
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkCopies(b *testing.B) {
	r := &Ingest{copies: new(Copies)}
	r.pkt = packet.Packet{Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5060"), Payload: make([]byte, 600)}
	for b.Loop() {
		r.at += 1e5
		r.pkt.ID++
		r.copied(ofDatagram, r.pkt.Payload)
	}
}
