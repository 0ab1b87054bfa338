package ingest

import (
	"bytes"
	"compress/zlib"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/decode/hep"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	"sipspan/record"
)

const hepAt = int64(1700000000_000000000)

// hepOptions is a message as an agent hands it on.
func hepPacket(change func(p *hep.Packet)) []byte {
	p := hep.Packet{
		Protocol: hep.SIP, IPProtocol: hep.IPProtocolUDP, Node: 2001, Time: hepAt, Key: []byte("secret"),
		Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5060"),
		Payload: []byte(strings.ReplaceAll(options, "\n", "\r\n")),
	}
	if change != nil {
		change(&p)
	}
	b, _ := hep.Append(nil, &p)
	return b
}

func zipped(text []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// TestHEPFrames gives what agents send: each packet has one fate, with a reason of its own, and the account closes.
func TestHEPFrames(t *testing.T) {
	for _, test := range []struct {
		name   string
		data   []byte
		why    Ignored // taken: delivered
		change func(m *wire.Meta)
	}{
		{"SIP", hepPacket(nil), taken, nil},
		{"another clock", hepPacket(func(p *hep.Packet) { p.Time -= 2e9 }), taken, func(m *wire.Meta) { m.Flags = record.ClockStep }},
		{"TCP", hepPacket(func(p *hep.Packet) { p.IPProtocol = hep.IPProtocolTCP }), taken, func(m *wire.Meta) { m.Transport = wire.TCP }},
		{"TLS by Via", hepPacket(func(p *hep.Packet) {
			p.IPProtocol = hep.IPProtocolTCP
			p.Payload = bytes.Replace(p.Payload, []byte("SIP/2.0/UDP"), []byte("SIP/2.0/TLS"), 1)
		}), taken, func(m *wire.Meta) { m.Transport = wire.TLS }},
		{"compressed", hepPacket(func(p *hep.Packet) { p.Payload, p.Compressed = zipped(p.Payload), true }), taken, nil},
		{"of sipspan", hepPacket(func(p *hep.Packet) {
			p.HasDetails, p.Details = true, hep.Details{Transport: uint8(wire.WSS), Flags: uint32(record.Truncated)}
		}), taken, func(m *wire.Meta) { m.Transport, m.Flags = wire.WSS, record.Truncated }},
		{"another transport than there are", hepPacket(func(p *hep.Packet) { p.HasDetails, p.Details.Transport = true, 200 }), taken, nil},
		{"no ends", hepPacket(func(p *hep.Packet) { p.Src, p.Dst = netip.AddrPort{}, netip.AddrPort{} }), taken, func(m *wire.Meta) {
			m.Src, m.Dst, m.Flags = netip.AddrPort{}, netip.AddrPort{}, record.NoAddresses
		}},
		{"a bomb", hepPacket(func(p *hep.Packet) { p.Payload, p.Compressed = zipped(make([]byte, 1<<20)), true }), IgnoredHEPInvalid, nil},
		{"cut", hepPacket(nil)[:50], IgnoredHEPInvalid, nil},
		{"no HEP", []byte(options), IgnoredHEPInvalid, nil},
		{"another key", hepPacket(func(p *hep.Packet) { p.Key = []byte("Secret") }), IgnoredHEPKey, nil},
		{"no key", hepPacket(func(p *hep.Packet) { p.Key = nil }), IgnoredHEPKey, nil},
		{"nothing", hepPacket(func(p *hep.Packet) { p.Payload = nil }), IgnoredHEPEmpty, nil},
		{"RTCP", hepPacket(func(p *hep.Packet) { p.Protocol = hep.RTCP }), IgnoredHEPRTCP, nil},
		{"quality", hepPacket(func(p *hep.Packet) { p.Protocol = 35 }), IgnoredHEPQuality, nil},
		{"log", hepPacket(func(p *hep.Packet) { p.Protocol = hep.Log }), IgnoredHEPLog, nil},
		{"DNS", hepPacket(func(p *hep.Packet) { p.Protocol = 53 }), IgnoredHEPOther, nil},
		{"no SIP", hepPacket(func(p *hep.Packet) { p.Payload = []byte("hello") }), IgnoredNotSIP, nil},
		{"CRLF", hepPacket(func(p *hep.Packet) { p.Payload = []byte("\r\n\r\n") }), IgnoredKeepAlive, nil},
	} {
		h := new(metas)
		origins := new(Origins)
		in := New(reassembly.DefaultConfig(), Options{Copies: new(Copies), Origins: origins, HEP: HEP{Key: "secret"}}, h)
		in.Frame(&capture.Frame{Link: capture.LinkHEP, Data: test.data, Length: len(test.data), Time: hepAt, Number: 9}, hepAt, hepAt)
		in.Close(hepAt)
		a := in.Snapshot().Account
		if a.Missing() != 0 || a.Packets != 1 {
			t.Errorf("%s: account %+v", test.name, a)
		}
		if test.why != taken {
			if a.Ignored[test.why] != 1 || len(*h) != 0 {
				t.Errorf("%s: ignored %v, %d messages", test.name, a.Ignored, len(*h))
			}
			continue
		}
		if a.Delivered != 1 || len(*h) != 1 {
			t.Errorf("%s: %+v, %d messages", test.name, a, len(*h))
			continue
		}
		want := wire.Meta{
			Time: hepAt, Src: netip.MustParseAddrPort("192.0.2.1:5060"), Dst: netip.MustParseAddrPort("192.0.2.2:5060"), Whole: true, Packet: 9, Origin: (*h)[0].Origin,
		}
		if test.change != nil {
			test.change(&want)
		}
		if (*h)[0] != want {
			t.Errorf("%s: %+v, want %+v", test.name, (*h)[0], want)
		}
		if c := origins.Capture((*h)[0].Origin); c == nil || c.Node != "2001" {
			t.Errorf("%s: captured at %+v", test.name, c)
		}
	}
}

// capturedHEPFrames returns a datagram, and a connection whose second packet is cut into two segments.
func capturedHEPFrames(change func(p *hep.Packet)) (frames [][]byte) {
	from, to := netip.MustParseAddrPort("198.51.100.1:40000"), netip.MustParseAddrPort("198.51.100.2:9060")
	frames = append(frames, pcapwrite.Build(hepPacket(change), pcapwrite.IP(from.Addr(), to.Addr(), 1), pcapwrite.UDP{Src: from.Port(), Dst: to.Port()}))
	c := pcapwrite.NewConn(from, to, 1000, 2000)
	stream := append(hepPacket(func(p *hep.Packet) { p.Time += 1e6; p.Node = 7 }), hepPacket(func(p *hep.Packet) { p.Time += 20e6 })...)
	for i, s := range append(c.Open(), c.Send(from, stream, len(stream)-40)...) {
		frames = append(frames, pcapwrite.Build(s.Payload, pcapwrite.IP(s.From.Addr(), to.Addr(), uint16(i+2)), s.Header))
	}
	return frames
}

func readHEP(t *testing.T, o HEP, frames [][]byte, at int64) (metas, Account) {
	t.Helper()
	h := new(metas)
	in := New(reassembly.DefaultConfig(), Options{HEP: o}, h)
	for i, f := range frames {
		in.Frame(&capture.Frame{Link: capture.LinkRaw, Data: f, Length: len(f), Number: uint64(i + 1)}, at, at)
	}
	in.Close(at)
	a := in.Snapshot().Account
	if a.Missing() != 0 {
		t.Errorf("account %+v", a)
	}
	return *h, a
}

// TestCapturedHEP reads HEP on its way to a collector, over UDP and TCP, with the time of the agent where that can be right.
func TestCapturedHEP(t *testing.T) {
	const later = 30e6
	got, a := readHEP(t, HEP{Read: true}, capturedHEPFrames(nil), hepAt+later)
	if len(got) != 3 || got[0].Time != hepAt || got[1].Time != hepAt+1e6 || got[2].Time != hepAt+20e6 || got[2].Src.String() != "192.0.2.1:5060" {
		t.Errorf("%+v, %+v", got, a)
	}
	got, _ = readHEP(t, HEP{Read: true}, capturedHEPFrames(func(p *hep.Packet) { p.Time -= 2e9 }), hepAt+later)
	if len(got) != 3 || got[0].Time != hepAt+later || got[0].Flags != record.ClockStep {
		t.Errorf("with another clock: %+v", got)
	}
	got, a = readHEP(t, HEP{}, capturedHEPFrames(nil), hepAt)
	if len(got) != 0 || a.Ignored[IgnoredHEP] != 3 || a.Delivered != 0 {
		t.Errorf("not read: %d messages, %+v", len(got), a)
	}
	old := "\x01\x10\x02\x11\x13\xc4\x13\xc5\xc0\x00\x02\x01\xc0\x00\x02\x02" + options
	from, to := netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("198.51.100.2")
	for payload, why := range map[string]Ignored{old: IgnoredHEP, old[:16] + "\x80\x00 no text": IgnoredNotSIP, "HEP3\x00": IgnoredNotSIP} {
		f := pcapwrite.Build([]byte(payload), pcapwrite.IP(from, to, 1), pcapwrite.UDP{Src: 1, Dst: 9060})
		if _, a := readHEP(t, HEP{}, [][]byte{f}, hepAt); a.Ignored[why] != 1 {
			t.Errorf("%q: %+v", payload, a.Ignored)
		}
	}
}

// TestCopiesInHEP gives one message as two agents see it, and then as its sender sent it again.
func TestCopiesInHEP(t *testing.T) {
	h := new(metas)
	in := New(reassembly.DefaultConfig(), Options{Copies: new(Copies)}, h)
	for i, late := range []int64{0, 2e6, 500e6} {
		b := hepPacket(func(p *hep.Packet) { p.Node = uint32(i) })
		in.Frame(&capture.Frame{Link: capture.LinkHEP, Data: b}, hepAt+late, hepAt+late)
	}
	if a := in.Snapshot().Account; len(*h) != 2 || a.Ignored[IgnoredDuplicate] != 1 {
		t.Errorf("%d messages, %+v", len(*h), a)
	}
}

// TestFirstSegments cuts the first bytes of streams that begin like HEP at every place: what they are does not depend on it.
func TestFirstSegments(t *testing.T) {
	from, to := netip.MustParseAddrPort("198.51.100.1:40000"), netip.MustParseAddrPort("198.51.100.2:9060")
	const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
	sip := strings.ReplaceAll(options, "\n", "\r\n")
	for _, test := range []struct {
		name   string
		stream string
		read   bool
		want   int     // messages
		why    Ignored // of the others, taken for none
	}{
		{"HEP that is read", string(hepPacket(nil)) + string(hepPacket(func(p *hep.Packet) { p.Time += 20e6 })), true, 2, taken},
		{"HEP that is not read", string(hepPacket(nil)), false, 0, IgnoredHEP},
		{"WebSocket", upgrade + "\x81\x7e" + string([]byte{byte(len(sip) >> 8), byte(len(sip))}) + sip, true, 1, taken},
		{"SIP", strings.Replace(sip, "OPTIONS", "HELLO", 2), true, 1, taken},
		{"only an H", "H", true, 0, taken},
	} {
		for cut := 1; cut <= min(6, len(test.stream)); cut++ {
			c := pcapwrite.NewConn(from, to, 1000, 2000)
			var frames [][]byte
			segments := append(c.Open(), c.Send(from, []byte(test.stream), cut)...)
			for i, s := range append(segments, c.Finish(from), c.Finish(to)) {
				frames = append(frames, pcapwrite.Build(s.Payload, pcapwrite.IP(s.From.Addr(), s.To.Addr(), uint16(i+1)), s.Header))
			}
			got, a := readHEP(t, HEP{Read: test.read}, frames, hepAt+30e6)
			if len(got) != test.want || test.why != taken && a.Ignored[test.why] == 0 {
				t.Errorf("%s, %d bytes first: %d messages, %+v", test.name, cut, len(got), a)
			}
		}
	}
}

// TestHEPStreamFindsThePlaceAgain cuts a stream at every byte, with bytes that are no HEP between its packets.
func TestHEPStreamFindsThePlaceAgain(t *testing.T) {
	var stream []byte
	for i := range 3 {
		stream = append(stream, hepPacket(func(p *hep.Packet) { p.Time += int64(i) * 20e6 })...)
		stream = append(stream, "HEHEP"...)
	}
	for cut := 4; cut < len(stream); cut++ {
		h := new(metas)
		in := New(reassembly.DefaultConfig(), Options{HEP: HEP{Read: true}}, h)
		in.at = hepAt + 50e6
		s := &hepStream{in: in}
		n := s.data(nil, 0, stream[:cut])
		if n += s.data(nil, 0, stream[n:]); len(*h) != 3 || n < len(stream)-3 {
			t.Fatalf("cut at %d: %d messages, %d of %d bytes", cut, len(*h), n, len(stream))
		}
	}
}

func TestHEPAllocatesNothing(t *testing.T) {
	f := capture.Frame{Link: capture.LinkHEP, Data: hepPacket(func(p *hep.Packet) {
		p.IPProtocol, p.Correlation = hep.IPProtocolTCP, []byte("\x00other@x\x00")
	})}
	in := New(reassembly.DefaultConfig(), Options{Origins: new(Origins)}, deaf{})
	at := hepAt
	if n := testing.AllocsPerRun(100, func() { at++; in.Frame(&f, at, at) }); n != 0 {
		t.Errorf("a packet allocates %v times", n)
	}
}

// correlated is a Handler that asks for the correlation ID of each message.
type correlated struct {
	deaf
	in  *Ingest
	ids []string
}

func (c *correlated) Message(*wire.Meta, []byte, []byte) bool {
	c.ids = append(c.ids, string(c.in.Correlation()))
	return true
}

// TestCorrelation gives a message with a correlation ID, one whose ID is nothing but padding, one without, and one that no agent handed on.
func TestCorrelation(t *testing.T) {
	h := new(correlated)
	h.in = New(reassembly.DefaultConfig(), Options{}, h)
	for i, id := range []string{"other@x", "\x00 other@x\r\n\x00", "\x00\x00", ""} {
		b := hepPacket(func(p *hep.Packet) { p.Correlation = []byte(id) })
		h.in.Frame(&capture.Frame{Link: capture.LinkHEP, Data: b}, hepAt+int64(i), hepAt)
	}
	plain := pcapwrite.Build([]byte(options), pcapwrite.IP(netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), 1), pcapwrite.UDP{Src: 5060, Dst: 5060})
	h.in.Frame(&capture.Frame{Link: capture.LinkRaw, Data: plain, Length: len(plain)}, hepAt+9, hepAt+9)
	if want := []string{"other@x", "other@x", "", "", ""}; !slices.Equal(h.ids, want) {
		t.Errorf("%q, want %q", h.ids, want)
	}
}

// deaf is a Handler that keeps nothing.
type deaf struct{}

func (deaf) Message(*wire.Meta, []byte, []byte) bool       { return true }
func (deaf) NetworkEvent(*wire.NetworkEvent, uint64, bool) {}
func (deaf) TLS(*wire.TLSConnection)                       {}
