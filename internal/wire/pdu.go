package wire

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"sipspan/record"
)

// A message that does not come from a packet travels from its source to the pipeline as a frame of the link type
// WIRESHARK_UPPER_PDU: tags that say between whom and over what it was seen, and then the message. A tag is its number and its
// length, two bytes each in network byte order, and its value, padded with zeros to a multiple of four bytes, which the length counts.
// Wireshark and tshark export messages in the same form, such as those that they have decrypted. What other software writes with a
// length that does not count the padding is read, too.

// Tags of an exported PDU. Those from tagFlags on are our own.
const (
	tagEnd       = 0
	tagDissector = 12
	tagIPv4Src   = 20
	tagIPv4Dst   = 21
	tagIPv6Src   = 22
	tagIPv6Dst   = 23
	tagPortType  = 24
	tagSrcPort   = 25
	tagDstPort   = 26

	tagFlags     = 0xff01 // Meta.Flags, four bytes
	tagTransport = 0xff02 // Meta.Transport, one byte
	tagSrcName   = 0xff03 // name of a Party
	tagDstName   = 0xff04
)

// Port types of an exported PDU.
const (
	portSCTP = 1
	portTCP  = 2
	portUDP  = 3
)

// partyZone begins the zone of the address that stands for a Party.
const partyZone = "party-"

// Party returns an end of which only a name is known. It is told from the other ends of the same text by that name, of which
// nothing can be read back, and is never written as an address. An empty name gives the zero AddrPort.
func Party(name string) netip.AddrPort {
	if name == "" {
		return netip.AddrPort{}
	}
	return partyIn(partyZone + strconv.FormatUint(xxhash.Sum64String(name), 16))
}

func partyIn(zone string) netip.AddrPort {
	return netip.AddrPortFrom(netip.IPv6Unspecified().WithZone(zone), 0)
}

// IsParty reports whether an end is a Party. No packet has an address like it.
func IsParty(a netip.AddrPort) bool { return a.Addr().Zone() != "" }

// AppendPDU appends the tags that describe a message: ends, transport and flags. The message follows them.
func AppendPDU(dst []byte, m *Meta) []byte {
	dst = appendTag(dst, tagDissector, "sip")
	dst = appendEnd(dst, m.Src, tagIPv4Src, tagIPv6Src, tagSrcPort, tagSrcName)
	dst = appendEnd(dst, m.Dst, tagIPv4Dst, tagIPv6Dst, tagDstPort, tagDstName)
	dst = appendTag(dst, tagTransport, string([]byte{byte(m.Transport)}))
	if m.Flags != 0 {
		dst = appendNumber(dst, tagFlags, uint32(m.Flags))
	}
	return append(dst, 0, tagEnd, 0, 0)
}

func appendTag(dst []byte, tag uint16, value string) []byte {
	dst = binary.BigEndian.AppendUint16(dst, tag)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(value)+3)&^3)
	dst = append(dst, value...)
	for n := len(value); n&3 != 0; n++ {
		dst = append(dst, 0)
	}
	return dst
}

func appendNumber(dst []byte, tag uint16, n uint32) []byte {
	return appendTag(dst, tag, string(binary.BigEndian.AppendUint32(nil, n)))
}

func appendEnd(dst []byte, a netip.AddrPort, v4, v6, port, name uint16) []byte {
	switch ip := a.Addr(); {
	case !ip.IsValid():
		return dst
	case IsParty(a):
		return appendTag(dst, name, ip.Zone())
	case ip.Is4():
		b := ip.As4()
		dst = appendTag(dst, v4, string(b[:]))
	default:
		b := ip.As16()
		dst = appendTag(dst, v6, string(b[:]))
	}
	return appendNumber(dst, port, uint32(a.Port()))
}

// ReadPDU reads the tags at the beginning of an exported PDU into m, and returns what follows them. It returns false if the
// tags do not end within data, or say that something other than SIP follows. The fields of m that no tag speaks of are unchanged.
func ReadPDU(data []byte, m *Meta) (message []byte, ok bool) {
	var src, dst netip.Addr
	var srcPort, dstPort uint16
	for len(data) >= 4 {
		tag, n := binary.BigEndian.Uint16(data), int(binary.BigEndian.Uint16(data[2:]))
		data = data[4:]
		if tag == tagEnd {
			if src.IsValid() {
				m.Src = netip.AddrPortFrom(src, srcPort)
			}
			if dst.IsValid() {
				m.Dst = netip.AddrPortFrom(dst, dstPort)
			}
			return data, true
		}
		padded := (n + 3) &^ 3
		if padded > len(data) {
			return nil, false
		}
		value := data[:n]
		data = data[padded:]
		switch tag {
		case tagDissector:
			if name := strings.TrimRight(string(value), "\x00"); name != "sip" && name != "sip.tcp" {
				return nil, false
			}
		case tagIPv4Src, tagIPv6Src:
			src, _ = netip.AddrFromSlice(value)
		case tagIPv4Dst, tagIPv6Dst:
			dst, _ = netip.AddrFromSlice(value)
		case tagSrcPort:
			srcPort = uint16(number(value))
		case tagDstPort:
			dstPort = uint16(number(value))
		case tagSrcName:
			m.Src = readParty(value)
		case tagDstName:
			m.Dst = readParty(value)
		case tagPortType:
			m.Transport = transportOfPort(number(value), m.Transport)
		case tagTransport:
			if n > 0 && int(value[0]) < NumTransports {
				m.Transport = Transport(value[0])
			}
		case tagFlags:
			m.Flags |= record.Flags(number(value)) & record.AllFlags
		}
	}
	return nil, false
}

// readParty reads the zone of a Party, and the zero AddrPort from anything else.
func readParty(b []byte) netip.AddrPort {
	b = bytes.TrimRight(b, "\x00")
	rest, ok := bytes.CutPrefix(b, []byte(partyZone))
	if _, err := strconv.ParseUint(string(rest), 16, 64); !ok || err != nil {
		return netip.AddrPort{}
	}
	return partyIn(string(b))
}

func transportOfPort(kind uint32, otherwise Transport) Transport {
	switch kind {
	case portSCTP:
		return SCTP
	case portTCP:
		return TCP
	case portUDP:
		return UDP
	}
	return otherwise
}

// number reads a value of four bytes, and 0 from any other.
func number(b []byte) uint32 {
	if len(b) != 4 {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}
