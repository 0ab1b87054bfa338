package ingest

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/capture/pcapwrite"
	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/record"
)

// located notes where messages come from.
type located struct {
	recorder
	numbers []uint32
}

func (l *located) Message(m *wire.Meta, raw, callID []byte) bool {
	l.numbers = append(l.numbers, m.Origin)
	return l.recorder.Message(m, raw, callID)
}

func TestOrigin(t *testing.T) {
	plain := datagram(1000)
	tunnelled := inVXLAN(plain)[0]
	twice := inVXLAN(tunnelled)[0]
	for name, tt := range map[string]struct {
		iface  string
		frames [][]byte
		want   []*record.Capture
	}{
		"plain":          {"", [][]byte{plain}, []*record.Capture{nil}},
		"one of several": {"eth1", [][]byte{plain}, []*record.Capture{{Interface: "eth1"}}},
		"VXLAN, before it and after": {"", [][]byte{plain, tunnelled, plain}, []*record.Capture{
			nil, {Tunnel: "vxlan", OuterSrc: "198.51.100.1", OuterDst: "198.51.100.2", VNI: 5001}, nil,
		}},
		"VXLAN in VXLAN on one of several": {"eth1", [][]byte{twice, tunnelled}, []*record.Capture{
			{Interface: "eth1", Tunnel: "vxlan/vxlan", OuterSrc: "198.51.100.1", OuterDst: "198.51.100.2", VNI: 5001},
			{Interface: "eth1", Tunnel: "vxlan", OuterSrc: "198.51.100.1", OuterDst: "198.51.100.2", VNI: 5001},
		}},
	} {
		l, o := new(located), new(Origins)
		feed(Options{Origins: o, Interface: tt.iface}, pcapwrite.LinkRaw, l, tt.frames...)
		var got []*record.Capture
		for _, n := range l.numbers {
			got = append(got, o.Capture(n))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// TestOriginOfStream asks for a message of a TCP connection while a packet of another one is in hand.
func TestOriginOfStream(t *testing.T) {
	var shared Origins
	o := origins{shared: &shared}
	a, b := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5060")
	p := packet.Packet{Src: a, Dst: b, Depth: 1, Outer: packet.Outer{ID: 7, Path: [packet.MaxTunnels]packet.Tunnel{packet.TunnelVXLAN}}}
	for _, tt := range []struct {
		m     wire.Meta
		known bool
	}{
		{wire.Meta{Src: a, Dst: b, Stream: 1}, true},
		{wire.Meta{Src: b, Dst: a, Stream: 1}, true},
		{wire.Meta{Src: a, Dst: netip.MustParseAddrPort("192.0.2.3:5060"), Stream: 2}, false},
	} {
		if n := o.of(&p, &tt.m); (n != 0) != tt.known {
			t.Errorf("%+v: %d", tt.m, n)
		}
	}
	m := wire.Meta{Src: a, Dst: b}
	if n := testing.AllocsPerRun(100, func() { o.of(&p, &m) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestOriginsAreBounded numbers more places than there may be: the number of the tunnel goes first, then all of it.
func TestOriginsAreBounded(t *testing.T) {
	var o Origins
	var last uint32
	for i := range uint32(maxOrigins) {
		last = o.number(origin{outer: packet.Outer{ID: i + 1, Path: [packet.MaxTunnels]packet.Tunnel{packet.TunnelGTP}}})
	}
	if c := o.Capture(last); c == nil || c.VNI != 0 || c.Tunnel != "gtp" || len(o.places) != manyOrigins+1 {
		t.Errorf("%+v, %d places", c, len(o.places))
	}
	for i := range uint32(maxOrigins) {
		last = o.number(origin{outer: packet.Outer{Src: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}})
	}
	if last != 0 || len(o.places) != maxOrigins {
		t.Errorf("%d, %d places", last, len(o.places))
	}
	if o.Capture(0) != nil || o.Capture(1<<31) != nil {
		t.Error("a number that stands for nothing is known")
	}
}
