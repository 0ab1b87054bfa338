package pseudonym

import (
	"encoding/binary"
	"net/netip"
)

// addrRange is addresses of one scope.
type addrRange struct {
	name string
	make func(net, host uint32) netip.Addr
}

// rangeOf returns what the addresses that stand for those of the scope of a look like.
func rangeOf(a netip.Addr) addrRange {
	switch {
	case a.Is4() && a.IsPrivate():
		return addrRange{"private4", in4(10<<24|100<<16, 155<<8)}
	case a.Is4() && a.IsLinkLocalUnicast():
		return addrRange{"local4", in4(169<<24|254<<16, 256)}
	case a.Is4() && netip.MustParsePrefix("100.64.0.0/10").Contains(a):
		return addrRange{"shared4", in4(100<<24|64<<16, 64<<8)}
	case a.Is4():
		return addrRange{"public4", in4(198<<24|18<<16, 512)}
	case a.IsPrivate():
		return addrRange{"private6", in6(0xfd000000)}
	case a.IsLinkLocalUnicast():
		return addrRange{"local6", in6(0xfe800000)}
	}
	return addrRange{"public6", in6(0x20010db8)}
}

// in4 gives out networks from an address on, and after so many those of 240.0.0.0/4, which nobody uses.
func in4(base, most uint32) func(net, host uint32) netip.Addr {
	return func(net, host uint32) netip.Addr {
		at := base + net<<8
		if net >= most {
			at = 240<<24 + (net-most)<<8
		}
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], at+host&255)
		return netip.AddrFrom4(b)
	}
}

func in6(base uint32) func(net, host uint32) netip.Addr {
	return func(net, host uint32) netip.Addr {
		var b [16]byte
		binary.BigEndian.PutUint32(b[:], base)
		if base != 0xfe800000 {
			binary.BigEndian.PutUint32(b[4:], net)
		} else {
			binary.BigEndian.PutUint32(b[8:], net) // link-local addresses are all of one network
		}
		binary.BigEndian.PutUint32(b[12:], host)
		return netip.AddrFrom16(b)
	}
}
