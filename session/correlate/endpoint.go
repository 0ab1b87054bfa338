package correlate

import (
	"net/netip"

	"sipspan/internal/wire"
	"sipspan/session/store"
)

// endpoint is an address without a zone, as packets have them, and a port, in less memory than netip.AddrPort and without a
// pointer. The zero value is none.
type endpoint struct {
	ip   [16]byte
	port uint16
	kind addressKind
}

type addressKind uint8

const (
	noAddress addressKind = iota
	ipv4
	ipv6
)

func endpointOf(a netip.AddrPort) endpoint {
	switch {
	case !a.IsValid() || wire.IsParty(a):
		return endpoint{}
	case a.Addr().Is4():
		return endpoint{a.Addr().As16(), a.Port(), ipv4}
	}
	return endpoint{a.Addr().As16(), a.Port(), ipv6}
}

// IsValid reports whether there is an address.
func (e endpoint) IsValid() bool { return e.kind != noAddress }

// Addr returns the address.
func (e endpoint) Addr() netip.Addr {
	switch e.kind {
	case noAddress:
		return netip.Addr{}
	case ipv4:
		return netip.AddrFrom16(e.ip).Unmap()
	}
	return netip.AddrFrom16(e.ip)
}

// Port returns the port.
func (e endpoint) Port() uint16 { return e.port }

// String returns both as netip.AddrPort writes them.
func (e endpoint) String() string { return netip.AddrPortFrom(e.Addr(), e.port).String() }

// pack packs an endpoint or unpacks one.
func (e *endpoint) pack(c *store.Codec) {
	store.Number(c, &e.kind)
	switch e.kind {
	case ipv4:
		e.ip[10], e.ip[11] = 0xff, 0xff // as netip.Addr.As16 has them
		c.Fixed(e.ip[12:])
	case ipv6:
		c.Fixed(e.ip[:])
	}
	store.Number(c, &e.port)
}
