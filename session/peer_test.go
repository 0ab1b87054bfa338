package session

import (
	"strings"
	"testing"

	"sipspan/session/shard"
	"sipspan/session/stats"
)

func TestPeersThatCannotBe(t *testing.T) {
	for want, list := range map[string][]stats.Peer{
		"peers[0]: the name \"\"":                           {{Addresses: []string{"192.0.2.1"}}},
		"peers[0]: the name \"other\"":                      {{Name: "other", Addresses: []string{"192.0.2.1"}}},
		"peers[0]: the name \"a b\"":                        {{Name: "a b", Addresses: []string{"192.0.2.1"}}},
		"peers[1]: the name \"a\" is there twice":           {{Name: "a", Addresses: []string{"192.0.2.1"}}, {Name: "a", Addresses: []string{"192.0.2.2"}}},
		"peers[0]: a has no addresses":                      {{Name: "a"}},
		"peers[0]: a: \"edge\" is no address and no prefix": {{Name: "a", Addresses: []string{"edge"}}},
		"peers[0]: a: \"192.0.2.1/24\" has bits behind":     {{Name: "a", Addresses: []string{"192.0.2.1/24"}}},
		"is an address of a as well":                        {{Name: "a", Addresses: []string{"192.0.2.1"}}, {Name: "b", Addresses: []string{"192.0.2.1/32"}}},
	} {
		c := shard.DefaultConfig()
		c.Peers = list
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", list, err, want)
		}
	}
}
