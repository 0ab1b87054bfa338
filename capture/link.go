package capture

import "strconv"

// LinkType says how a frame begins: a number of the LINKTYPE_ registry of https://www.tcpdump.org/linktypes.html, which is
// what capture files carry. Live sources translate the number of their platform into it.
type LinkType uint16

// The link types that have a name here. Every other number is as valid.
const (
	LinkNull      LinkType = 0   // BSD loopback: address family in the byte order of the capturing machine
	LinkEthernet  LinkType = 1   // Ethernet without FCS
	LinkDLTRaw    LinkType = 12  // raw IP, as some systems write it
	LinkDLTRawBSD LinkType = 14  // raw IP, as OpenBSD writes it
	LinkPPP       LinkType = 9   // PPP
	LinkRaw       LinkType = 101 // raw IP, the version is in the first nibble
	LinkLoop      LinkType = 108 // OpenBSD loopback: address family in network byte order
	LinkLinuxSLL  LinkType = 113 // Linux cooked capture, version 1
	LinkIPv4      LinkType = 228 // raw IPv4
	LinkIPv6      LinkType = 229 // raw IPv6
	LinkLinuxSLL2 LinkType = 276 // Linux cooked capture, version 2
	LinkIEEE80211 LinkType = 105 // IEEE 802.11
	LinkRadiotap  LinkType = 127 // radiotap header, then IEEE 802.11
	LinkUpperPDU  LinkType = 252 // no packet: tags that describe a message, and the message (see internal/wire)

	// LinkHEP is no packet but what a capture agent sent: HEP, or what should be. The registry has no number for that, and no file
	// has this one.
	LinkHEP LinkType = 0xfff0
)

// String returns the registry's name without its LINKTYPE_ prefix, or the number.
func (l LinkType) String() string {
	switch l {
	case LinkNull:
		return "NULL"
	case LinkEthernet:
		return "ETHERNET"
	case LinkPPP:
		return "PPP"
	case LinkDLTRaw, LinkDLTRawBSD, LinkRaw:
		return "RAW"
	case LinkIEEE80211:
		return "IEEE802_11"
	case LinkLoop:
		return "LOOP"
	case LinkLinuxSLL:
		return "LINUX_SLL"
	case LinkUpperPDU:
		return "WIRESHARK_UPPER_PDU"
	case LinkHEP:
		return "HEP"
	case LinkRadiotap:
		return "IEEE802_11_RADIOTAP"
	case LinkIPv4:
		return "IPV4"
	case LinkIPv6:
		return "IPV6"
	case LinkLinuxSLL2:
		return "LINUX_SLL2"
	}
	return "LINKTYPE " + strconv.Itoa(int(l))
}
