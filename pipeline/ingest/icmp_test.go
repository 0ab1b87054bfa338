package ingest

import (
	"net/netip"
	"testing"

	"sipspan/internal/packet"
	"sipspan/internal/wire"
)

func TestICMPKind(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for _, tt := range []struct {
		from       netip.Addr
		kind, code uint8
		want       wire.NetworkKind
	}{
		{v4, 3, 0, wire.NetUnreachable}, {v4, 3, 1, wire.HostUnreachable}, {v4, 3, 3, wire.PortUnreachable},
		{v4, 3, 4, wire.TooBig}, {v4, 3, 6, wire.NetUnreachable}, {v4, 3, 7, wire.HostUnreachable},
		{v4, 3, 9, wire.Prohibited}, {v4, 3, 10, wire.Prohibited}, {v4, 3, 13, wire.Prohibited}, {v4, 3, 15, wire.OtherICMP},
		{v4, 3, 200, wire.OtherICMP}, {v4, 11, 0, wire.TimeExceeded}, {v4, 4, 0, wire.OtherICMP},
		{v6, 1, 0, wire.NetUnreachable}, {v6, 1, 1, wire.Prohibited}, {v6, 1, 3, wire.HostUnreachable}, {v6, 1, 4, wire.PortUnreachable},
		{v6, 1, 5, wire.Prohibited}, {v6, 1, 99, wire.OtherICMP}, {v6, 2, 0, wire.TooBig}, {v6, 3, 0, wire.TimeExceeded}, {v6, 4, 0, wire.OtherICMP},
	} {
		p := packet.Packet{Src: netip.AddrPortFrom(tt.from, 0), ICMP: packet.ICMP{Type: tt.kind, Code: tt.code}}
		if got := icmpKind(&p); got != tt.want {
			t.Errorf("%v type %d code %d is %d, want %d", tt.from, tt.kind, tt.code, got, tt.want)
		}
	}
}
