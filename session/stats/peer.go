package stats

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sipspan/record"
)

// Peer is a group of addresses with a name: a trunk, a carrier, a site.
type Peer struct {
	Name      string   `mapstructure:"name"`
	Addresses []string `mapstructure:"addresses"` // addresses and CIDR prefixes
}

// maxPeers bounds the groups: each is a label value.
const maxPeers = 1000

// Peers finds the group of an address. Of several that hold it, the one with the longest prefix wins. The zero value has
// no group.
type Peers struct {
	byPrefix map[netip.Prefix]string
	lengths4 []int // of the prefixes there are, the longest first
	lengths6 []int
}

// NewPeers returns the groups ready for look-ups, or an error that begins with the key.
func NewPeers(list []Peer) (p Peers, err error) {
	if len(list) > maxPeers {
		return p, fmt.Errorf("peers has %d entries, expected at most %d", len(list), maxPeers)
	}
	p.byPrefix = make(map[netip.Prefix]string)
	names := map[string]bool{}
	for i, peer := range list {
		if err := checkPeerName(peer.Name); err != nil {
			return p, fmt.Errorf("peers[%d]: %w", i, err)
		}
		if names[peer.Name] {
			return p, fmt.Errorf("peers[%d]: the name %q is there twice", i, peer.Name)
		}
		names[peer.Name] = true
		if len(peer.Addresses) == 0 {
			return p, fmt.Errorf("peers[%d]: %s has no addresses", i, peer.Name)
		}
		for _, text := range peer.Addresses {
			prefix, err := parsePrefix(text)
			if err != nil {
				return p, fmt.Errorf("peers[%d]: %s: %w", i, peer.Name, err)
			}
			if other, taken := p.byPrefix[prefix]; taken {
				return p, fmt.Errorf("peers[%d]: %s: %v is an address of %s as well", i, peer.Name, prefix, other)
			}
			p.add(prefix, peer.Name)
		}
	}
	return p, nil
}

// reservedPeers are the values of the label "peer" for addresses that no group holds.
var reservedPeers = []string{"other", "none"}

func checkPeerName(name string) error {
	switch {
	case name == "" || len(name) > 64:
		return fmt.Errorf("the name %q: expected 1 to 64 characters", name)
	case slices.Contains(reservedPeers, name):
		return fmt.Errorf("the name %q stands for all other addresses", name)
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }):
		return fmt.Errorf("the name %q: expected printable ASCII without blanks, quotes and backslashes", name)
	}
	return nil
}

// parsePrefix reads an address or a CIDR prefix.
func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return prefix, fmt.Errorf("%q is no address and no prefix; expected such as 192.0.2.1 or 192.0.2.0/24", text)
	}
	if prefix.Masked() != prefix {
		return prefix, fmt.Errorf("%q has bits behind its prefix; expected %v", text, prefix.Masked())
	}
	return prefix, nil
}

func (p *Peers) add(prefix netip.Prefix, name string) {
	p.byPrefix[prefix] = name
	lengths := &p.lengths6
	if prefix.Addr().Is4() {
		lengths = &p.lengths4
	}
	if !slices.Contains(*lengths, prefix.Bits()) {
		*lengths = append(*lengths, prefix.Bits())
		slices.SortFunc(*lengths, func(a, b int) int { return cmp.Compare(b, a) })
	}
}

// Empty reports whether there is no group.
func (p *Peers) Empty() bool { return len(p.byPrefix) == 0 }

// Between returns the groups of both ends of a hop.
func (p *Peers) Between(from, to netip.Addr) record.Peers {
	if p.Empty() {
		return record.Peers{}
	}
	return record.Peers{From: p.Of(from), To: p.Of(to)}
}

// Of returns the name of the group that holds an address, "" if none does.
func (p *Peers) Of(addr netip.Addr) string {
	lengths := p.lengths6
	if addr.Is4() {
		lengths = p.lengths4
	}
	for _, bits := range lengths {
		if prefix, err := addr.Prefix(bits); err == nil {
			if name, ok := p.byPrefix[prefix]; ok {
				return name
			}
		}
	}
	return ""
}
