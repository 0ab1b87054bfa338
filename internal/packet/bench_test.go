package packet

import (
	"bytes"
	"testing"
)

func benchmarkWalk(b *testing.B, frame []byte, want Verdict) {
	var p Packet
	if v := p.Walk(LinkEthernet, frame); v != want {
		b.Fatal(v, p.Reason)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		p.Walk(LinkEthernet, frame)
	}
}

var body = bytes.Repeat([]byte("SIP/2.0 "), 75)

func BenchmarkWalkUDP4(b *testing.B) {
	benchmarkWalk(b, ether(0x0800, ip4(17, udp(5060, 5060, body))), VerdictUDP)
}

func BenchmarkWalkUDP6(b *testing.B) {
	benchmarkWalk(b, ether(0x86dd, ip6(17, udp(5060, 5060, body))), VerdictUDP)
}

func BenchmarkWalkVLAN(b *testing.B) {
	benchmarkWalk(b, ether(0x8100, tag(0x0800, ip4(17, udp(5060, 5060, body)))), VerdictUDP)
}

func BenchmarkWalkTCP(b *testing.B) {
	benchmarkWalk(b, ether(0x0800, ip4(6, tcp(zeros(12), body))), VerdictTCP)
}

func BenchmarkWalkGTP(b *testing.B) {
	benchmarkWalk(b, ether(0x0800, ip4(17, udp(2152, 2152, gtp(2, 255, zeros(4), ip4(17, udp(5060, 5060, body)))))), VerdictUDP)
}

func BenchmarkWalkARP(b *testing.B) {
	benchmarkWalk(b, ether(0x0806, zeros(46)), VerdictIgnored)
}

func BenchmarkPlainUDP4(b *testing.B) {
	frame := ether(0x0800, ip4(17, udp(5060, 5060, body)))
	b.ReportAllocs()
	for b.Loop() {
		PlainUDP(LinkEthernet, frame)
	}
}
