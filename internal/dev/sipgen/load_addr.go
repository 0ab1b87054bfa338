package sipgen

import (
	"math/rand/v2"
	"net/netip"
)

// The phones of a load. Over TCP they are fewer, so that a connection carries more than one session.
const (
	phones    = 1 << 16
	phonesTCP = 1 << 11
)

// client is the address of one of the phones, of the address family of the session under construction.
func (g *generator) client() netip.AddrPort {
	below := uint32(phones)
	if g.load.TCP != nil {
		below = phonesTCP
	}
	n := g.rng.Uint32N(below)
	if g.v6 {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 0, 1, 14: byte(n >> 8), 15: byte(n)}), phonePort(n))
	}
	return clientAddr(n)
}

// server is the address of a server, of the address family of the session under construction.
func (g *generator) server(network, n byte) netip.AddrPort {
	if g.v6 {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 7: network, 15: 10 + n}), 5060)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, network, 10 + n}), 5060)
}

// isServer reports whether the address is one of a server.
func isServer(a netip.Addr) bool {
	if a.Is4() {
		return a.As4()[1] == 0
	}
	return a.As16()[5] == 0
}

func clientAddr(n uint32) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)}), phonePort(n))
}

func randomClient(rng *rand.Rand) netip.AddrPort { return clientAddr(rng.Uint32N(phones)) }

func phonePort(n uint32) uint16 { return uint16(5060 + n%4*2) }

// host is an address as a URI has it.
func host(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	return "[" + a.String() + "]"
}

// inAddr is an address as a session description has it.
func inAddr(a netip.Addr) string {
	if a.Is4() {
		return "IN IP4 " + a.String()
	}
	return "IN IP6 " + a.String()
}
