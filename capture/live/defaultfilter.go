package live

// DefaultFilter is the filter of Config unless another is given: it lets every packet pass that may carry SIP and leaves
// the voice in the kernel. SIP is told by how a message looks and not by its port, so it passes on any.
//
// What passes:
//   - everything over IP but UDP, ICMP and ESP: TCP (SIP over TCP, TLS and WebSocket), SCTP, and the tunnels GRE, IP-in-IP
//     and 6in4, whole. Of IPv6, also whatever has an extension header in front;
//   - ICMP errors, which tell why a request got no answer;
//   - fragments, the first and the later ones: what they carry shows when they are put together;
//   - UDP from or to port 2152, GTP-U, whole;
//   - UDP whose first eight bytes are text, each from 0x09 to 0x7f. A request or response begins so ("INVITE s", "SIP/2.0 "),
//     behind empty lines as well. RTP and RTCP begin with 0x80 to 0xbf (RFC 3550), STUN, TURN, ZRTP and DTLS with a byte
//     below 0x40 and have a zero or another control byte among the eight (RFC 7983), and so have DNS, NTP and SNMP;
//   - PPPoE sessions, whole;
//   - the same again behind one VLAN tag and behind two (802.1Q, 802.1ad, QinQ), in the packet or taken off by the interface.
//
// What is whole in a tunnel includes its RTP, which the daemon then passes over itself.
//
// The text test takes two words w of four bytes. w & 0x80808080 = 0 says that no byte is above 0x7f; with that known,
// (w - 0x09090909) & 0x80808080 = 0 says that none is below 0x09, because only such a byte makes a subtraction borrow.
//
// Two things about the language decide the shape of the expression. A load behind the packet's end rejects the packet
// whatever follows, so the text test, the only one that looks deep, comes last on its level. And every `vlan` moves the
// offsets of all that is written after it, so the levels are nested and not listed.
const DefaultFilter = level + " or (vlan and (" + level + " or (vlan and (" + level + "))))"

// PlainFilter is DefaultFilter for the link types that libpcap knows no VLAN on: Linux cooked capture ("any") and raw IP
// (tunnel interfaces). What the interface has left tagged there passes whole.
const PlainFilter = "ether proto 0x8100 or ether proto 0x88a8 or " + level

const (
	// level is what passes on one level of VLAN tags.
	level = "(ether proto 0x8864 or " + ipv4 + " or " + ipv6 + ")"

	ipv4 = "(ip and (ip[6:2] & 0x3fff != 0" +
		" or (ip[9] != 17 and ip[9] != 1 and ip[9] != 50)" +
		" or icmp[0] = 3 or icmp[0] = 11 or icmp[0] = 12" +
		" or udp port 2152" +
		" or (udp[8:4] & 0x80808080 = 0 and (udp[8:4] - 0x09090909) & 0x80808080 = 0" +
		" and udp[12:4] & 0x80808080 = 0 and (udp[12:4] - 0x09090909) & 0x80808080 = 0)))"

	// udp[] and icmp6[] are not defined over IPv6: the header is 40 bytes, or what follows is an extension, which passes.
	ipv6 = "(ip6 and ((ip6[6] != 17 and ip6[6] != 58 and ip6[6] != 50)" +
		" or (ip6[6] = 58 and ip6[40] < 5)" +
		" or udp port 2152" +
		" or (ip6[6] = 17 and ip6[48:4] & 0x80808080 = 0 and (ip6[48:4] - 0x09090909) & 0x80808080 = 0" +
		" and ip6[52:4] & 0x80808080 = 0 and (ip6[52:4] - 0x09090909) & 0x80808080 = 0)))"
)
