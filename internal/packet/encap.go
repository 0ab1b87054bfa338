package packet

import (
	"math/bits"
	"net/netip"
	"strings"
)

// Encap is the set of tags and tunnels found around a datagram.
type Encap uint32

// The tags, and the tunnels by the number that they have in Outer.
const (
	EncapVLAN Encap = 1 << iota // IEEE 802.1Q tag
	EncapQinQ                   // IEEE 802.1ad, or a second tag
	EncapPort                   // VN-Tag, or the E-Tag of IEEE 802.1BR: the port of a fabric extender
	EncapPPP                    // PPP (RFC 1661)
	EncapWiFi                   // IEEE 802.11

	encapTags = iota // those before are no tunnels
)

// Tunnel is one kind of tunnel.
type Tunnel uint8

// The kinds of tunnel.
const (
	TunnelNone       Tunnel = iota
	TunnelMPLS              // MPLS label stack (RFC 3032)
	TunnelPseudowire        // Ethernet over MPLS (RFC 4448)
	TunnelPPPoE             // PPP over Ethernet (RFC 2516)
	TunnelGRE               // GRE (RFC 2784, RFC 2890, RFC 2637)
	TunnelERSPAN            // ERSPAN type I, II or III
	TunnelIPIP              // IPv4 or IPv6 in IP of the same or the higher version (RFC 2003, RFC 2473)
	Tunnel6in4              // IPv6 in IPv4 (RFC 4213)
	TunnelTeredo            // IPv6 in UDP (RFC 4380)
	TunnelESP               // ESP that encrypts nothing (RFC 4303, RFC 2410)
	TunnelGTP               // GTP-U (3GPP TS 29.281)
	TunnelVXLAN             // VXLAN (RFC 7348) and its generic protocol extension
	TunnelGeneve            // Geneve (RFC 8926)
	TunnelTZSP              // TaZmen Sniffer Protocol
	TunnelL2TP              // L2TP version 2 (RFC 2661) or 3 (RFC 3931)
	tunnels
)

// MaxTunnels is how many tunnels in one another can be walked at most.
const MaxTunnels = 16

// DefaultTunnels is how many are walked unless Packet.Tunnels is set.
const DefaultTunnels = 8

// Tunnels is the number of kinds, TunnelNone included: an array of that length, indexed by Tunnel, counts them all.
const Tunnels = int(tunnels)

var tagNames = [encapTags]string{"vlan", "qinq", "port", "ppp", "wifi"}

var tunnelNames = [tunnels]string{
	"", "mpls", "pseudowire", "pppoe", "gre", "erspan", "ipip", "6in4", "teredo", "esp", "gtp", "vxlan", "geneve", "tzsp", "l2tp",
}

// String returns the name of the tunnel, such as "vxlan".
func (t Tunnel) String() string { return tunnelNames[t] }

// encap returns the tunnel as a member of the set.
func (t Tunnel) encap() Encap { return 1 << (encapTags + t) }

// String returns the names in the set, joined by commas, in no order of nesting.
func (e Encap) String() string {
	var names []string
	for i, name := range tagNames {
		if e&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	for t := TunnelNone + 1; t < tunnels; t++ {
		if e&t.encap() != 0 {
			names = append(names, t.String())
		}
	}
	return strings.Join(names, ",")
}

// Outer is what the innermost datagram was found in.
type Outer struct {
	Src, Dst netip.Addr         // of the outermost IP datagram; not valid if there is none around the innermost
	ID       uint32             // of the outermost tunnel that has one: VNI, session, key, label; 0 if none has
	Path     [MaxTunnels]Tunnel // from the outside in, TunnelNone after the last
}

// AppendPath appends the names of the tunnels to b, from the outside in, joined by slashes: "erspan/vxlan".
func (o *Outer) AppendPath(b []byte) []byte {
	for i, t := range o.Path {
		if t == TunnelNone {
			break
		}
		if i > 0 {
			b = append(b, '/')
		}
		b = append(b, t.String()...)
	}
	return b
}

// numbered notes the number of a VLAN or tunnel that the cursor is inside of, 0 for one that has none.
func (c *cursor) numbered(id uint32) {
	if id != 0 {
		c.realm = (bits.RotateLeft32(c.realm, 5) ^ id) * 0x9e3779b1
	}
}

// enter notes that the cursor is inside of one more tunnel, whose identification is id or 0, and goes on with next.
func (c *cursor) enter(p *Packet, t Tunnel, id uint32, next layer) layer {
	limit := p.Tunnels
	if limit == 0 {
		limit = DefaultTunnels
	}
	if c.depth >= min(limit, MaxTunnels) {
		return c.ignore(ReasonTunnelTooDeep)
	}
	o := &p.Outer
	if c.depth == 0 {
		*o = Outer{}
	}
	if !o.Src.IsValid() {
		o.Src, o.Dst = c.src, c.dst
	}
	if o.ID == 0 {
		o.ID = id
	}
	o.Path[c.depth] = t
	c.depth++
	c.numbered(id)
	c.encap |= t.encap()
	return next
}
