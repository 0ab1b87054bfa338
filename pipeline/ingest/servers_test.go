package ingest

import (
	"net/netip"
	"testing"

	"sipspan/record"
)

func TestServersAreBounded(t *testing.T) {
	var s Servers
	if got := s.Record(); got != (record.Servers{}) {
		t.Errorf("none: %+v", got)
	}
	addr := func(i int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 5061)
	}
	for i := range maxServers {
		s.of(addr(i)).packets.Add(2)
	}
	s.of(addr(700)).packets.Add(1)
	want := record.Servers{Servers: maxServers, Busiest: addr(700).String()}
	if got := s.Record(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	s.of(addr(maxServers)).packets.Add(100)
	if want.More = true; s.Record() != want {
		t.Errorf("one more: got %+v, want %+v", s.Record(), want)
	}
	if len(s.known) != maxServers {
		t.Errorf("%d servers are kept", len(s.known))
	}
}
