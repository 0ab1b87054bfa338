package packet

import "strings"

// Encap is the set of tags and tunnels found around a datagram.
type Encap uint16

const (
	EncapVLAN  Encap = 1 << iota // IEEE 802.1Q tag
	EncapQinQ                    // IEEE 802.1ad, or a second tag
	EncapMPLS                    // MPLS label stack (RFC 3032)
	EncapPPP                     // PPP (RFC 1661)
	EncapPPPoE                   // PPP over Ethernet (RFC 2516)
	EncapGRE                     // GRE (RFC 2784, RFC 2890, RFC 2637)
	EncapIPIP                    // IPv4 or IPv6 in IP of the same or the higher version (RFC 2003, RFC 2473)
	Encap6in4                    // IPv6 in IPv4 (RFC 4213)
	EncapGTP                     // GTP-U (3GPP TS 29.281)
)

var encapNames = [...]string{"vlan", "qinq", "mpls", "ppp", "pppoe", "gre", "ipip", "6in4", "gtp"}

// String returns the names in the set, joined by commas, in no order of nesting.
func (e Encap) String() string {
	var names []string
	for i, name := range encapNames {
		if e&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}
