package packet

import (
	"bytes"
	"testing"
)

// checkPlain compares PlainUDP with Walk: it may leave a frame to Walk, but never say anything else.
func checkPlain(t *testing.T, link uint16, frame []byte) {
	t.Helper()
	plain := PlainUDP(link, frame)
	if plain == nil {
		return
	}
	var p Packet
	if v := p.Walk(link, frame); v != VerdictUDP || !bytes.Equal(plain, p.Payload) {
		t.Errorf("% x: PlainUDP returns % x, Walk %v with % x", frame, plain, v, p.Payload)
	}
}

func TestPlainUDP(t *testing.T) {
	datagram := udp(5060, 5060, sip)
	for name, tt := range map[string]struct {
		frame []byte
		plain bool
	}{
		"IPv4":             {ether(0x0800, ip4(17, datagram)), true},
		"IPv6":             {ether(0x86dd, ip6(17, datagram)), true},
		"tag":              {ether(0x8100, tag(0x0800, ip4(17, datagram))), true},
		"DF":               {ether(0x0800, ip4with(17, 0x4000, nil, datagram)), true},
		"Ethernet trailer": {join(ether(0x0800, ip4(17, datagram)), zeros(6)), true},
		"two tags":         {ether(0x8100, tag(0x8100, tag(0x0800, ip4(17, datagram)))), false},
		"options":          {ether(0x0800, ip4with(17, 0, zeros(4), datagram)), false},
		"first fragment":   {ether(0x0800, ip4with(17, 0x2000, nil, datagram)), false},
		"last fragment":    {ether(0x0800, ip4with(17, 0x0001, nil, datagram)), false},
		"IPv6 extension":   {ether(0x86dd, ip6(0, extension(17, 0, datagram))), false},
		"GTP port":         {ether(0x0800, ip4(17, udp(9, 2152, sip))), true},
		"GTP":              {ether(0x0800, ip4(17, udp(9, 2152, gtp(0, 255, nil, user4)))), false},
		"VXLAN":            {ether(0x0800, ip4(17, udp(9, 17777, join([]byte{8}, zeros(7), ether(0x0800, user4))))), false},
		"ESP":              {ether(0x0800, ip4(17, udp(4500, 9, sip))), false},
		"TCP":              {ether(0x0800, ip4(6, tcp(nil, sip))), false},
		"ARP":              {ether(0x0806, zeros(46)), false},
	} {
		checkPlain(t, LinkEthernet, tt.frame)
		got := PlainUDP(LinkEthernet, tt.frame)
		if tt.plain != bytes.Equal(got, sip) || !tt.plain && got != nil {
			t.Errorf("%s: %q, want it found: %v", name, got, tt.plain)
		}
		if PlainUDP(LinkSLL, tt.frame) != nil {
			t.Errorf("%s: found behind a link that is not Ethernet", name)
		}
		for n := range tt.frame { // cut, and with a byte changed
			checkPlain(t, LinkEthernet, tt.frame[:n])
			changed := bytes.Clone(tt.frame)
			for _, c := range []byte{0, 1, 7, 8, 9, 0x45, 0x80, 0xff} {
				changed[n] = c
				checkPlain(t, LinkEthernet, changed)
			}
		}
	}
}

func TestPlainUDPAllocatesNothing(t *testing.T) {
	frame := ether(0x0800, ip4(17, udp(5060, 5060, sip)))
	if n := testing.AllocsPerRun(100, func() { PlainUDP(LinkEthernet, frame) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
