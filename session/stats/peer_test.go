package stats

import (
	"net/netip"
	"testing"
)

func TestLongestPrefixIsThePeer(t *testing.T) {
	p, err := NewPeers([]Peer{
		{Name: "carrier", Addresses: []string{"192.0.2.0/24", "2001:db8::/32"}},
		{Name: "sbc", Addresses: []string{"192.0.2.10", "192.0.2.128/25", "2001:db8:1::/48"}},
		{Name: "all", Addresses: []string{"0.0.0.0/0"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{
		"192.0.2.1": "carrier", "192.0.2.10": "sbc", "192.0.2.200": "sbc", "192.0.3.1": "all",
		"2001:db8::1": "carrier", "2001:db8:1::1": "sbc", "2001:db9::1": "",
	} {
		if got := p.Of(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s belongs to %q, want %q", addr, got, want)
		}
	}
	if got := (&Peers{}).Of(netip.MustParseAddr("192.0.2.1")); got != "" {
		t.Errorf("without peers there is %q", got)
	}
	addr := netip.MustParseAddr("192.0.2.1")
	if n := testing.AllocsPerRun(100, func() { p.Of(addr) }); n != 0 {
		t.Errorf("finding a peer allocates %v times", n)
	}
}
