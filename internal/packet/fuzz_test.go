package packet

import (
	"bytes"
	"testing"
)

// FuzzWalk checks on any frame that the walk ends, reads nothing behind the
// frame, and that its payload is a piece of the frame.
func FuzzWalk(f *testing.F) {
	inner := ip4(17, udp(5060, 5060, sip))
	for _, seed := range []struct {
		link  uint16
		frame []byte
	}{
		{LinkEthernet, ether(0x0800, inner)},
		{LinkEthernet, ether(0x88a8, tag(0x8100, tag(0x86dd, ip6(0, extension(43, 0, extension(60, 1, udp(1, 2, sip)))))))},
		{LinkEthernet, ether(0x8847, label(false, label(true, inner)))},
		{LinkEthernet, ether(0x8864, pppoe(join(u16(0x0021), inner)))},
		{LinkSLL, sll(0x0800, ip4(6, tcp(zeros(12), sip)))},
		{LinkSLL2, sll2(0x86dd, ip6(44, fragment6(17, 1, 9, sip)))},
		{LinkNull, join([]byte{2, 0, 0, 0}, inner)},
		{LinkPPP, join(u16(0xff03), u16(0x0021), inner)},
		{LinkRaw, ip4(47, join(u16(0xb000), u16(0x6558), zeros(12), ether(0x0800, inner)))},
		{LinkRaw, ip4(47, join(u16(0x3081), u16(0x880b), u16(2+len(inner)), u16(1), zeros(8), u16(0x0021), inner))},
		{LinkRaw, ip4(17, udp(2152, 2152, gtp(4, 255, join(zeros(3), []byte{0x85, 1, 0, 0, 0}), inner)))},
		{LinkRaw, ip4(51, join([]byte{17, 4}, zeros(22), udp(5060, 5060, sip)))},
		{LinkRaw, ip4(1, join([]byte{3, 3}, zeros(6), inner))},
		{LinkRaw, ip4with(17, 0x2001, nil, sip)},
		{LinkRaw, outerUDP(4789, vxlan(8, 0, 77, frame4))},
		{LinkRaw, outerUDP(4790, vxlan(0x0c, 3, 77, frame6))},
		{LinkRaw, outerUDP(6081, geneve(0x6558, zeros(8), frame4))},
		{LinkRaw, outerUDP(37008, tzsp(0, 18, []byte{10, 1, 7, 1}, wifi(0x88, 1, []byte{0x80, 0}, subframe(true, snap(0x0800, inner4)))))},
		{LinkRaw, outerUDP(1701, join(u16(0x4b02), u16(18+len(innerPPP)), u16(3), u16(4), u32(1), u16(4), zeros(4), innerPPP))},
		{LinkRaw, outer4(115, join(u32(9), noise(8), frame4))},
		{LinkRaw, outerUDP(3544, join([]byte{0, 1, 2, 3}, noise(14), zeros(8), user6))},
		{LinkRaw, outerUDP(4500, espOf(4, 0, 12, inner4))},
		{LinkRaw, ip6(50, espOf(17, 8, 16, checked(udp(5060, 5060, sip), 17, 6, from6, to6)))},
		{LinkRaw, outer4(47, gre(0x88be, false, erspan2(100, frame4)))},
		{LinkRaw, outer4(47, gre(0x22eb, true, erspan3(5, 1, join(zeros(8), frame4))))},
		{LinkEthernet, ether(0x8847, label(true, join(u32(0), frame4)))},
		{LinkEthernet, ether(0x8926, join(u32(1), u16(0x893f), zeros(6), u16(0x0800), inner4))},
		{LinkWiFi, wifi(0x88, 3, join(zeros(6), []byte{0x80, 0}), join(subframe(false, snap(0x0800, inner4)), subframe(true, snap(0x0800, inner4))))},
		{LinkRadiotap, radiotap(0x20, wifi(0x08, 1, nil, snap(0x0800, inner4)))},
		{LinkPPI, ppi(LinkPPPD, join([]byte{1, 3}, u16(0x0021), inner4))},
	} {
		f.Add(seed.link, seed.frame)
	}
	f.Fuzz(func(t *testing.T, link uint16, frame []byte) {
		// Bytes of the array behind the frame must not be reached.
		array := append(bytes.Clone(frame), "INVITE sip:behind@the.frame SIP/2.0\r\n"...)
		data := array[:len(frame)]
		before := bytes.Clone(array)

		var p Packet
		verdict := p.Walk(link, data)
		check(t, &p, verdict, data)
		checkPlain(t, link, data)
		again := Packet{Payload: sip, Quoted: sip, Missing: 3, Encap: TunnelGTP.encap(), Depth: 3, Reason: ReasonSCTP}
		again.TCP, again.Fragment, again.ICMP = p.TCP, p.Fragment, p.ICMP
		if again.Walk(link, data) != verdict || again.Src != p.Src || again.Encap != p.Encap ||
			again.Reason != p.Reason || again.Missing != p.Missing || !bytes.Equal(again.Payload, p.Payload) {
			t.Errorf("a used Packet walks otherwise: %+v, %+v", p, again)
		}
		if verdict == VerdictFragment {
			check(t, &p, p.Resume(p.Fragment.Src, p.Fragment.Dst, p.Fragment.Proto, p.Payload), data)
		}
		for verdict, more := p.Next(); more; verdict, more = p.Next() {
			check(t, &p, verdict, data)
		}
		if p.Quoted != nil {
			p.Walk(LinkRaw, p.Quoted)
		}
		if !bytes.Equal(array, before) {
			t.Error("the frame was written to")
		}
	})
}

func check(t *testing.T, p *Packet, verdict Verdict, frame []byte) {
	t.Helper()
	if p.Missing < 0 {
		t.Errorf("%d missing", p.Missing)
	}
	if !within(p.Payload, frame) || !within(p.Quoted, frame) {
		t.Errorf("payload or quotation outside of the frame")
	}
	if (verdict == VerdictIgnored) != (p.Reason != ReasonNone) {
		t.Errorf("%v with reason %v", verdict, p.Reason)
	}
	if verdict != VerdictIgnored && (!p.Src.Addr().IsValid() || !p.Dst.Addr().IsValid()) {
		t.Errorf("%v without addresses", verdict)
	}
	if p.Depth > MaxTunnels || (p.Depth > 0) != (p.Encap>>encapTags != 0) || p.Depth > 0 && p.Outer.Path[p.Depth-1] == TunnelNone {
		t.Errorf("%d tunnels, %v, %v", p.Depth, p.Encap, p.Outer.Path)
	}
	if p.Reason.String() == "unknown" {
		t.Errorf("reason %d has no name", p.Reason)
	}
}

// within says whether part is a subslice of whole: it is when both end at the
// same place of one array, cut by what their capacities differ.
func within(part, whole []byte) bool {
	if len(part) == 0 {
		return true
	}
	from := cap(whole) - cap(part)
	return from >= 0 && from+len(part) <= len(whole) && &whole[from] == &part[0]
}

// FuzzTunnel puts bytes where a tunnel begins, behind headers that are right, so that they reach its parser: after each IP protocol
// and on each UDP port. Whatever is found inside lies in the frame, and what is no tunnel keeps its payload whole.
func FuzzTunnel(f *testing.F) {
	for _, seed := range []struct {
		proto   uint8
		port    uint16
		payload []byte
	}{
		{17, 4789, vxlan(8, 0, 77, frame4)},
		{17, 4790, vxlan(0x0c, 3, 77, frame6)},
		{17, 9, vxlan(8, 0, 77, frame6)},
		{17, 6081, geneve(0x6558, zeros(8), frame4)},
		{17, 37008, tzsp(0, 18, []byte{10, 1, 7, 1}, wifi(0x88, 1, []byte{0x80, 0}, subframe(true, snap(0x0800, inner4))))},
		{17, 1701, join(u16(0x4b02), u16(18+len(innerPPP)), u16(3), u16(4), u32(1), u16(4), zeros(4), innerPPP)},
		{17, 1701, join(u32(3<<16), u32(9), zeros(4), frame4)},
		{17, 3544, join([]byte{0, 1, 2, 3}, noise(14), zeros(8), user6)},
		{17, 4500, espOf(4, 0, 12, inner4)},
		{17, 2152, gtp(4, 255, join(zeros(3), []byte{0x85, 1, 0, 0, 0}), inner4)},
		{50, 0, espOf(17, 8, 16, checked(udp(5060, 5060, sip), 17, 6, from4, to4))},
		{115, 0, join(u32(9), noise(8), frame4)},
		{137, 0, label(true, join(u32(0), frame4))},
		{47, 0, gre(0x88be, false, erspan2(100, frame4))},
		{47, 0, gre(0x22eb, true, erspan3(5, 1, join(zeros(8), frame4)))},
	} {
		f.Add(seed.proto, seed.port, seed.payload)
	}
	f.Fuzz(func(t *testing.T, proto uint8, port uint16, payload []byte) {
		if len(payload) > 60_000 {
			return
		}
		body := payload
		if proto == protoUDP {
			body = udp(40000, int(port), payload)
		}
		frame := ip4(int(proto), body)
		var p Packet
		verdict := p.Walk(LinkRaw, frame)
		check(t, &p, verdict, frame)
		if proto == protoUDP && verdict == VerdictUDP && p.Depth == 0 && !bytes.Equal(p.Payload, payload) {
			t.Errorf("port %d: payload % x of % x", port, p.Payload, payload)
		}
		for verdict, more := p.Next(); more; verdict, more = p.Next() {
			check(t, &p, verdict, frame)
		}
	})
}
