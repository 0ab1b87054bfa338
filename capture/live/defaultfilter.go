package live

import (
	"fmt"
	"strings"

	"sipspan/capture"
)

// DefaultFilter, in place of an expression, means DefaultExpression: it lets every packet pass that may carry SIP and
// leaves the voice in the kernel.
const DefaultFilter = "default"

// DefaultExpression returns the expression of DefaultFilter for frames that begin as link says. SIP is told by how a
// message looks and not by its port, so it passes on any. What passes:
//
//   - everything over IP but UDP and ICMP: TCP (SIP over TCP, TLS and WebSocket), SCTP, and the tunnels GRE (ERSPAN among
//     them), IP-in-IP, 6in4, L2TP and ESP, whole. Of IPv6, also whatever has an extension header in front;
//   - ICMP errors, which show why a request got no answer;
//   - fragments, the first and the later ones: what they carry shows when they are put together;
//   - UDP to a port of VXLAN (4789, 4790, 8472), Geneve (6081) or TZSP (37008), and from or to one of GTP-U (2152), L2TP (1701),
//     Teredo (3544), ESP (4500) or SCTP (9899), whole, but for payloads that begin with a high bit where the tunnel has none;
//   - UDP on any port that begins like VXLAN, and IPv6 in UDP with a Teredo address, whole;
//   - UDP whose first eight bytes are text, each from 0x09 to 0x7f. A request or response begins so ("INVITE s", "SIP/2.0 "),
//     after empty lines as well. RTP and RTCP begin with 0x80 to 0xbf (RFC 3550); STUN, TURN, ZRTP and DTLS (RFC 7983), DNS,
//     NTP and SNMP have a zero or another control byte among the eight;
//   - PPPoE sessions, MPLS (pseudowires among them), and what has a VN-Tag or an E-Tag, whole;
//   - on Ethernet the same after one VLAN tag and after two (802.1Q, 802.1ad, QinQ), whether the tags are in the
//     packet or the interface took the outer one off. On other link types, what is still tagged passes whole;
//   - on any other link, such as IEEE 802.11 and PPP, everything.
//
// What is whole in a tunnel includes its RTP, which the daemon then passes over itself.
//
// The text test takes two words w of four bytes. w & 0x80808080 = 0 says that no byte is above 0x7f; with that known,
// (w - 0x09090909) & 0x80808080 = 0 says that none is below 0x09, because only such a byte makes a subtraction borrow.
//
// Two things decide the shape of the expression. A load beyond the packet's end rejects the packet whatever follows, so the
// text test, the only one that looks deep, comes last on its level. And it counts the bytes of the frame itself and does
// without the `vlan` keyword: on a live interface libpcap (1.10.3) keeps the offset which that keyword moves in a scratch
// register that a comparison written before it has used already, and then looks at the wrong bytes. Counting bytes also
// suits an interface that takes the tag off, because the kernel's filter sees the frame without it.
func DefaultExpression(link capture.LinkType) string {
	switch link {
	case capture.LinkEthernet:
		return ethernetLevel(14) + " or " +
			"(" + tagged("ether[12:2] =") + " and (" + ethernetLevel(18) + " or " +
			"(" + tagged("ether[16:2] =") + " and " + ethernetLevel(22) + ")))"
	case capture.LinkNull, capture.LinkLoop, capture.LinkRaw, capture.LinkDLTRaw, capture.LinkDLTRawBSD, capture.LinkIPv4, capture.LinkIPv6,
		capture.LinkLinuxSLL, capture.LinkLinuxSLL2:
		return tagged("ether proto") + " or " + level("ether proto", "ip[", "ip6[")
	}
	return "" // IEEE 802.11, PPP and others
}

// ethernetLevel is the level whose IP header begins at byte base of an Ethernet frame, right after its type.
func ethernetLevel(base int) string {
	header := fmt.Sprintf("ether[%d + ", base)
	return level(fmt.Sprintf("ether[%d:2] =", base-2), header, header)
}

// tagged is true for the types of VLAN tags: 802.1Q, 802.1ad, and what came before that.
func tagged(isType string) string {
	return strings.ReplaceAll("(TYPE 0x8100 or TYPE 0x88a8 or TYPE 0x9100)", "TYPE", isType)
}

// level is what passes after one header of the link layer. isType compares the type of what follows; ip4 and ip6 begin a
// load from the header of that family. HL is the length of an IPv4 header, its options included.
func level(isType, ip4, ip6 string) string {
	return strings.NewReplacer("TYPE", isType, "HL", "("+ip4+"0] & 0xf) * 4", "IP4[", ip4, "IP6[", ip6).Replace(levelText)
}

const levelText = "(TYPE 0x8864 or TYPE 0x8847 or TYPE 0x8848 or TYPE 0x8926 or TYPE 0x893f" +
	" or (TYPE 0x0800 and (IP4[6:2] & 0x3fff != 0" +
	" or (IP4[9] != 17 and IP4[9] != 1)" +
	" or (IP4[9] = 1 and (IP4[HL] = 3 or IP4[HL] = 11 or IP4[HL] = 12))" +
	" or (IP4[9] = 17 and ((IP4[HL + 8:4] & 0x80000000 != 0 and (" + tunnelPorts4High + "))" +
	" or (IP4[HL + 8:4] & 0x80000000 = 0 and (" + tunnelPorts4 + " or " + payload4 + "))))))" +
	" or (TYPE 0x86dd and ((IP6[6] != 17 and IP6[6] != 58)" +
	" or (IP6[6] = 58 and IP6[40] < 5)" +
	" or (IP6[6] = 17 and ((IP6[48:4] & 0x80000000 != 0 and (" + tunnelPorts6High + "))" +
	" or (IP6[48:4] & 0x80000000 = 0 and (" + tunnelPorts6 + " or " + payload6 + ")))))))"

// The ports of tunnels in UDP. Comparisons of the same field stand together, so that it is loaded once. Where the payload begins
// with a high bit, as RTP does, only ESP, SCTP and VXLAN with a group policy come into question, so that RTP costs little.
const (
	tunnelPorts4High = "IP4[HL + 2:2] = 4500 or IP4[HL + 2:2] = 4789 or IP4[HL:2] = 4500 or IP4[HL + 2:2] = 9899 or IP4[HL:2] = 9899"
	tunnelPorts6High = "IP6[42:2] = 4500 or IP6[42:2] = 4789 or IP6[40:2] = 4500 or IP6[42:2] = 9899 or IP6[40:2] = 9899"

	tunnelPorts4 = "IP4[HL + 2:2] = 4789 or IP4[HL + 2:2] = 4790 or IP4[HL + 2:2] = 8472 or IP4[HL + 2:2] = 6081" +
		" or IP4[HL + 2:2] = 37008 or IP4[HL + 2:2] = 2152 or IP4[HL + 2:2] = 1701 or IP4[HL + 2:2] = 3544 or IP4[HL + 2:2] = 4500" +
		" or IP4[HL:2] = 2152 or IP4[HL:2] = 1701 or IP4[HL:2] = 3544 or IP4[HL:2] = 4500" +
		" or IP4[HL + 2:2] = 9899 or IP4[HL:2] = 9899"
	tunnelPorts6 = "IP6[42:2] = 4789 or IP6[42:2] = 4790 or IP6[42:2] = 8472 or IP6[42:2] = 6081" +
		" or IP6[42:2] = 37008 or IP6[42:2] = 2152 or IP6[42:2] = 1701 or IP6[42:2] = 3544 or IP6[42:2] = 4500" +
		" or IP6[40:2] = 2152 or IP6[40:2] = 1701 or IP6[40:2] = 3544 or IP6[40:2] = 4500" +
		" or IP6[42:2] = 9899 or IP6[40:2] = 9899"
)

// What a UDP payload on any port begins with: VXLAN, text, or IPv6 from or to a Teredo address.
const (
	payload4 = "IP4[HL + 8:4] = 0x08000000" +
		" or (IP4[HL + 8:4] & 0x80808080 = 0 and (IP4[HL + 8:4] - 0x09090909) & 0x80808080 = 0" +
		" and IP4[HL + 12:4] & 0x80808080 = 0 and (IP4[HL + 12:4] - 0x09090909) & 0x80808080 = 0)" +
		" or (IP4[HL + 8:4] & 0xf0000000 = 0x60000000 and (IP4[HL + 16:4] = 0x20010000 or IP4[HL + 32:4] = 0x20010000))"
	payload6 = "IP6[48:4] = 0x08000000" +
		" or (IP6[48:4] & 0x80808080 = 0 and (IP6[48:4] - 0x09090909) & 0x80808080 = 0" +
		" and IP6[52:4] & 0x80808080 = 0 and (IP6[52:4] - 0x09090909) & 0x80808080 = 0)" +
		" or (IP6[48:4] & 0xf0000000 = 0x60000000 and (IP6[56:4] = 0x20010000 or IP6[72:4] = 0x20010000))"
)
