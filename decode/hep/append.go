package hep

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Append appends a packet of version 3. It returns false and dst as it was if the packet would be too large. What p does not name
// is left out; Version and HasNode do not count, every packet has a node. It allocates nothing if dst has room.
func Append(dst []byte, p *Packet) ([]byte, bool) {
	begin := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, 0, 0)
	family := byte(familyIPv4)
	if p.Src.Addr().Is6() || p.Dst.Addr().Is6() {
		family = 10
	}
	dst = appendByte(dst, chunkFamily, family)
	dst = appendByte(dst, chunkIPProtocol, p.IPProtocol)
	dst = appendEnd(dst, p.Src, chunkIPv4Src, chunkIPv6Src, chunkSrcPort)
	dst = appendEnd(dst, p.Dst, chunkIPv4Dst, chunkIPv6Dst, chunkDstPort)
	if p.Time > 0 {
		second, rest := uint32(p.Time/int64(time.Second)), uint32(p.Time%int64(time.Second))
		dst = appendNumber(dst, chunkSeconds, second)
		dst = appendNumber(dst, chunkMicros, rest/1000)
		if nanos := rest % 1000; nanos != 0 {
			dst = appendHeader(dst, vendorSipspan, chunkNanos, 2)
			dst = binary.BigEndian.AppendUint16(dst, uint16(nanos))
		}
	}
	dst = appendByte(dst, chunkProtocol, byte(p.Protocol))
	dst = appendNumber(dst, chunkNode, p.Node)
	if p.VLAN != 0 {
		dst = appendShort(dst, chunkVLAN, p.VLAN)
	}
	if p.HasDetails {
		dst = appendHeader(dst, vendorSipspan, chunkDetails, 5)
		dst = append(dst, p.Details.Transport)
		dst = binary.BigEndian.AppendUint32(dst, p.Details.Flags)
	}
	payload := uint16(chunkPayload)
	if p.Compressed {
		payload = chunkCompressed
	}
	size := len(p.Key) + len(p.Correlation) + len(p.NodeName) + len(p.Payload) + 4*chunkHeader
	if len(dst)-begin+size > MaxLength {
		return dst[:begin], false
	}
	dst = appendText(dst, chunkKey, p.Key)
	dst = appendText(dst, chunkCorrelation, p.Correlation)
	dst = appendText(dst, chunkNodeName, p.NodeName)
	dst = appendHeader(dst, 0, payload, len(p.Payload))
	dst = append(dst, p.Payload...)
	binary.BigEndian.PutUint16(dst[begin+len(magic):], uint16(len(dst)-begin))
	return dst, true
}

func appendHeader(dst []byte, vendor, kind uint16, size int) []byte {
	dst = binary.BigEndian.AppendUint16(dst, vendor)
	dst = binary.BigEndian.AppendUint16(dst, kind)
	return binary.BigEndian.AppendUint16(dst, uint16(chunkHeader+size))
}

func appendByte(dst []byte, kind uint16, b byte) []byte {
	return append(appendHeader(dst, 0, kind, 1), b)
}

func appendShort(dst []byte, kind, n uint16) []byte {
	return binary.BigEndian.AppendUint16(appendHeader(dst, 0, kind, 2), n)
}

func appendNumber(dst []byte, kind uint16, n uint32) []byte {
	return binary.BigEndian.AppendUint32(appendHeader(dst, 0, kind, 4), n)
}

func appendText(dst []byte, kind uint16, text []byte) []byte {
	if len(text) == 0 {
		return dst
	}
	return append(appendHeader(dst, 0, kind, len(text)), text...)
}

func appendEnd(dst []byte, a netip.AddrPort, v4, v6, port uint16) []byte {
	switch ip := a.Addr(); {
	case !ip.IsValid():
		return dst
	case ip.Is4():
		b := ip.As4()
		dst = append(appendHeader(dst, 0, v4, len(b)), b[:]...)
	default:
		b := ip.As16()
		dst = append(appendHeader(dst, 0, v6, len(b)), b[:]...)
	}
	return appendShort(dst, port, a.Port())
}
