package session

import (
	"net/netip"
	"strings"
	"testing"
)

func TestLongestPrefixIsThePeer(t *testing.T) {
	p, err := readPeers([]Peer{
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
		if got := p.of(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s belongs to %q, want %q", addr, got, want)
		}
	}
	if got := (&peers{}).of(netip.MustParseAddr("192.0.2.1")); got != "" {
		t.Errorf("without peers there is %q", got)
	}
	addr := netip.MustParseAddr("192.0.2.1")
	if n := testing.AllocsPerRun(100, func() { p.of(addr) }); n != 0 {
		t.Errorf("finding a peer allocates %v times", n)
	}
}

func TestPeersThatCannotBe(t *testing.T) {
	for want, list := range map[string][]Peer{
		"peers[0]: the name \"\"":                           {{Addresses: []string{"192.0.2.1"}}},
		"peers[0]: the name \"other\"":                      {{Name: "other", Addresses: []string{"192.0.2.1"}}},
		"peers[0]: the name \"a b\"":                        {{Name: "a b", Addresses: []string{"192.0.2.1"}}},
		"peers[1]: the name \"a\" is there twice":           {{Name: "a", Addresses: []string{"192.0.2.1"}}, {Name: "a", Addresses: []string{"192.0.2.2"}}},
		"peers[0]: a has no addresses":                      {{Name: "a"}},
		"peers[0]: a: \"edge\" is no address and no prefix": {{Name: "a", Addresses: []string{"edge"}}},
		"peers[0]: a: \"192.0.2.1/24\" has bits behind":     {{Name: "a", Addresses: []string{"192.0.2.1/24"}}},
		"is an address of a as well":                        {{Name: "a", Addresses: []string{"192.0.2.1"}}, {Name: "b", Addresses: []string{"192.0.2.1/32"}}},
	} {
		c := DefaultConfig()
		c.Peers = list
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", list, err, want)
		}
	}
}
