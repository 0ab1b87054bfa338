package ingest

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sipspan/capture"
	"sipspan/internal/dev/sipgen"
	"sipspan/internal/wire"
	"sipspan/reassembly"
)

// recorder writes down what it is given, a line each.
type recorder struct {
	lines []string
	full  bool // no room for messages
}

func (r *recorder) Message(m *wire.Meta, raw, callID []byte) bool {
	if r.full {
		return false
	}
	first, _, _ := strings.Cut(string(raw), "\r\n")
	known := len(callID) > 0
	r.lines = append(r.lines, fmt.Sprintf("%v %s flags=%v call-id=%v", m.Transport, first, m.Flags, known))
	return true
}

func (r *recorder) NetworkEvent(e *wire.NetworkEvent, _ uint64, known bool) {
	r.lines = append(r.lines, fmt.Sprintf("event %d %v -> %v from %v call-id=%v", e.Kind, e.Src, e.Dst, e.From, known))
}

func (r *recorder) TLS(c *wire.TLSConnection) {
	r.lines = append(r.lines, fmt.Sprintf("tls %s -> %s %v", c.Record.Src, c.Record.Dst, c.Record.Outcome))
}

// take shows a flow to an Ingest and closes it.
func take(t *testing.T, flow string, o Options, h Handler) *Ingest {
	t.Helper()
	f, err := sipgen.ParseFlow("hosts: a=192.0.2.1 b=192.0.2.2\n\n" + flow)
	if err != nil {
		t.Fatal(err)
	}
	in := New(reassembly.DefaultConfig(), o, h)
	if o.Copies != nil {
		o.Copies = new(Copies)
	}
	last, bare := int64(0), New(reassembly.DefaultConfig(), o, new(counter))
	for i, p := range f.Packets() {
		last = p.Time
		frame := capture.Frame{Time: p.Time, Data: p.Data, Length: len(p.Data), Link: 1, Number: uint64(i + 1)}
		in.Frame(&frame, p.Time, p.Time)
		frame.Data, frame.Link = p.Data[14:], 101 // the same behind a link that the fast path does not know
		bare.Frame(&frame, p.Time, p.Time)
	}
	in.Close(last)
	bare.Close(last)
	if a, b := in.Snapshot().Account, bare.Snapshot().Account; a.Ignored != b.Ignored {
		t.Errorf("account %+v, without Ethernet header %+v", a, b)
	}
	return in
}

const options = `OPTIONS sip:b SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
From: <sip:a>;tag=1
To: <sip:b>
Call-ID: 1@a
CSeq: 1 OPTIONS
Content-Length: 0

`

func TestDatagrams(t *testing.T) {
	for name, tt := range map[string]struct {
		flow string
		want Ignored // or taken
	}{
		"SIP":                   {"@0 a -> b udp\n" + options, taken},
		"broken start line":     {"@0 a -> b udp\nOPTIONS  sip:b SIP/2.0\n\n", IgnoredMalformedSIP},
		"RTP":                   {"@0 a -> b udp hex\n80080001000000a0deadbeefffffffff\n", IgnoredRTP},
		"RTCP":                  {"@0 a -> b udp hex\n81c90007deadbeef\n", IgnoredRTP},
		"STUN":                  {"@0 a -> b udp hex\n000100002112a442000102030405060708090a0b\n", IgnoredSTUN},
		"STUN, without cookie":  {"@0 a -> b udp hex\n000100002112a443000102030405060708090a0b\n", IgnoredNotSIP},
		"double CRLF":           {"@0 a -> b udp hex\n0d0a0d0a\n", IgnoredKeepAlive},
		"zeros":                 {"@0 a -> b udp hex\n00000000\n", IgnoredKeepAlive},
		"zeros, then something": {"@0 a -> b udp hex\n00000041\n", IgnoredNotSIP},
		"text":                  {"@0 a -> b udp verbatim\nHELLO WORLD\n", IgnoredNotSIP},
		"binary":                {"@0 a -> b udp hex\nff00ff00\n", IgnoredNotSIP},
	} {
		r := new(recorder)
		a := take(t, tt.flow, Options{}, r).Snapshot().Account
		if a.Packets != 1 || a.Missing() != 0 {
			t.Errorf("%s: account %+v", name, a)
		}
		if tt.want != taken && a.Ignored[tt.want] != 1 || tt.want == taken && a.Delivered != 1 {
			t.Errorf("%s: account %+v, want 1 %v", name, a, tt.want)
		}
		if got, want := len(r.lines) == 1, tt.want == taken || tt.want == IgnoredMalformedSIP; got != want {
			t.Errorf("%s: delivered %q", name, r.lines)
		}
	}
}

func TestStreams(t *testing.T) {
	response := strings.NewReplacer("OPTIONS sip:b SIP/2.0", "SIP/2.0 200 OK", "/UDP", "/TCP").Replace(options)
	request := strings.Replace(options, "/UDP", "/TCP", 1)
	for name, tt := range map[string]struct {
		flow string
		want []string
	}{
		"SIP in pieces, both ways": {
			"@0 a -> b tcp segments=3,100,7\n" + request + "\n@0.1 b -> a tcp segments=50 order=2,1\n" + response,
			[]string{"TCP OPTIONS sip:b SIP/2.0 flags=0 call-id=true", "TCP SIP/2.0 200 OK flags=0 call-id=true"},
		},
		"both ways at the same time, none of them in one piece": {
			"@0 a -> b tcp segments=60,60 gap=1\n" + request + "\n@0.5 b -> a tcp segments=30,90 gap=1\n" + response,
			[]string{"TCP OPTIONS sip:b SIP/2.0 flags=0 call-id=true", "TCP SIP/2.0 200 OK flags=0 call-id=true"},
		},
		"another protocol": {
			"@0 a -> b tcp verbatim\nGET / HTTP/1.1\nHost: b\n\n@0.1 b -> a tcp\n" + response, nil,
		},
		"a log that quotes SIP": {
			"@0 a -> b tcp midstream verbatim\nof the line before\n12:00:00 received from 192.0.2.9:5060 ->\n" + options, nil,
		},
		"reset": {
			"@0 a -> b tcp\n" + request + "\n@0.1 b -> a tcp rst\n",
			[]string{"TCP OPTIONS sip:b SIP/2.0 flags=0 call-id=true", "event 8 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=false", "event 8 192.0.2.2:5060 -> 192.0.2.1:5060 from 192.0.2.2 call-id=false"},
		},
		"refused": {"@0 a -> b tcp refused\n", []string{"event 7 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=false"}},
		"TLS with an alert": {
			"@0 a -> b tcp hex\n16030100050100000100\n\n@0.1 b -> a tcp hex\n15030300020230\n",
			[]string{"event 10 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=false",
				"tls 192.0.2.1:5060 -> 192.0.2.2:5060 failed"},
		},
		"TLS that is answered in clear": {
			"@0 a -> b tcp hex\n16030100050100000100\n\n@0.1 b -> a tcp\n" + response,
			[]string{"event 13 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=false", "TCP SIP/2.0 200 OK flags=0 call-id=true",
				"tls 192.0.2.1:5060 -> 192.0.2.2:5060 failed"},
		},
		"SCTP, shut down": {
			"@0 a -> b sctp chunks=30,50\n" + request + "\n@0.1 b -> a sctp bundle\n" + response + "\n@0.2 b -> a sctp shutdown\n",
			[]string{"SCTP OPTIONS sip:b SIP/2.0 flags=0 call-id=true", "SCTP SIP/2.0 200 OK flags=0 call-id=true", "event 20 192.0.2.2:5060 -> 192.0.2.1:5060 from 192.0.2.2 call-id=false"},
		},
		"SCTP, aborted": {
			"@0 a -> b sctp\n" + request + "\n@0.2 b -> a sctp abort=12\n",
			[]string{"SCTP OPTIONS sip:b SIP/2.0 flags=0 call-id=true", "event 19 192.0.2.2:5060 -> 192.0.2.1:5060 from 192.0.2.2 call-id=false"},
		},
		"SCTP, refused": {
			"@0 a -> b sctp refused\n", []string{"event 17 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=false"},
		},
		"SCTP, not answered": {
			"@0 a -> b sctp syn retransmit=1\n", []string{"event 18 192.0.2.1:5060 -> 192.0.2.2:5060 from invalid IP call-id=false"},
		},
		"SCTP, a fragment lost": {
			"@0 a -> b sctp chunks=140 order=1\n" + request + "\n@9 a -> b sctp\n" + request,
			[]string{"SCTP OPTIONS sip:b SIP/2.0 flags=8 call-id=true"},
		},
		"something else over SCTP": {"@0 a -> b sctp verbatim\nhello\n", nil},
		"WebSocket, closed": {
			"@0 a -> b ws frames=30 ping\n" + request + "\n@0.1 b -> a ws segments=1,50 close=1001\n" + response + "\n@0.2 a -> b ws close=1001\n",
			[]string{"WS OPTIONS sip:b SIP/2.0 flags=0 call-id=true", "WS SIP/2.0 200 OK flags=0 call-id=true", "event 16 192.0.2.2:5060 -> 192.0.2.1:5060 from 192.0.2.2 call-id=false"},
		},
		"WebSocket, refused": {
			"@0 a -> b ws http=403\n",
			[]string{"event 15 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=false"},
		},
		"WebSocket, a segment lost": {
			"@0 a -> b ws segments=60 order=1\n" + request + "\n@1 b -> a ws\n" + response + "\n@20 a -> b ws\n" + request + "\n@30 a -> b ws close=1000\n",
			[]string{"WS SIP/2.0 200 OK flags=0 call-id=true", "WS OPTIONS sip:b SIP/2.0 flags=8 call-id=true", "event 16 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.1 call-id=false"},
		},
		"WebSocket from the middle of a frame": {
			"@0 a -> b ws midstream segments=20 order=2\n" + request + "\n@1 a -> b ws\n" + request,
			[]string{"WS OPTIONS sip:b SIP/2.0 flags=0 call-id=true"},
		},
		"something else over WebSocket": {
			"@0 a -> b ws midstream verbatim\n{\"id\": 1}\n" + request, nil,
		},
		"a tunnel with a header like that of a frame": {
			"@0 a -> b tcp midstream hex\n817e0005" + hex.EncodeToString([]byte(strings.ReplaceAll(request, "\n", "\r\n"))) + "\n",
			[]string{"TCP OPTIONS sip:b SIP/2.0 flags=0 call-id=true"},
		},
		"TLS that is closed": {
			"@0 a -> b tcp hex\n16030100050100000100\n\n@0.1 b -> a tcp fin\n",
			[]string{"event 12 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=false",
				"tls 192.0.2.1:5060 -> 192.0.2.2:5060 failed"},
		},
	} {
		r := new(recorder)
		a := take(t, tt.flow, Options{}, r).Snapshot().Account
		if !slices.Equal(r.lines, tt.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(r.lines, "\n"), strings.Join(tt.want, "\n"))
		}
		if a.Missing() != 0 {
			t.Errorf("%s: account %+v", name, a)
		}
	}
}

func TestICMPErrorShowsTheCallID(t *testing.T) {
	r := new(recorder)
	a := take(t, "@0 a -> b udp\n"+options+"\n@0.1 b -> a icmp\n", Options{}, r).Snapshot().Account
	want := []string{
		"UDP OPTIONS sip:b SIP/2.0 flags=0 call-id=true",
		"event 0 192.0.2.1:5060 -> 192.0.2.2:5060 from 192.0.2.2 call-id=true",
	}
	if !slices.Equal(r.lines, want) || a.Delivered != 1 || a.Missing() != 0 {
		t.Errorf("%q, account %+v", r.lines, a)
	}
}

// Two identical packets are one, unless copies are to be kept; the fragments of a datagram share its fate.
func TestFates(t *testing.T) {
	const twice = "@0 a -> b udp fragment=64 order=1,2,3,3,2,1\n" + options
	for _, tt := range []struct {
		o    Options
		full bool
		want func(a *Account) bool
	}{
		{Options{Copies: new(Copies)}, false, func(a *Account) bool { return a.Delivered == 3 && a.Ignored[IgnoredDuplicate] == 3 }},
		{Options{}, false, func(a *Account) bool { return a.Delivered == 6 }},
		{Options{}, true, func(a *Account) bool { return a.Dropped[DroppedQueue] == 6 }},
	} {
		a := take(t, twice, tt.o, &recorder{full: tt.full}).Snapshot().Account
		if !tt.want(&a) || a.Packets != 6 || a.Missing() != 0 || a.Held != 0 {
			t.Errorf("%+v, no room %v: account %+v", tt.o, tt.full, a)
		}
	}
	lost := take(t, "@0 a -> b udp fragment=64 order=1,3\n"+options, Options{}, new(recorder)).Snapshot().Account
	if lost.Dropped[DroppedFragment] != 2 || lost.Missing() != 0 || lost.Held != 0 {
		t.Errorf("account %+v", lost)
	}
}

// counter is a Handler that does nothing.
type counter int

func (c *counter) Message(_ *wire.Meta, _, _ []byte) bool        { *c++; return true }
func (c *counter) NetworkEvent(*wire.NetworkEvent, uint64, bool) { *c++ }
func (*counter) TLS(*wire.TLSConnection)                         {}

func TestFramesAllocateNothing(t *testing.T) {
	for name, flow := range map[string]string{
		"RTP":  "@0 a -> b udp hex\n80080001000000a0deadbeefffffffff\n",
		"SIP":  "@0 a -> b udp\n" + options,
		"ICMP": "@0 a -> b udp\n" + options + "\n@0.1 b -> a icmp\n",
	} {
		f, err := sipgen.ParseFlow("hosts: a=192.0.2.1 b=192.0.2.2\n\n" + flow)
		if err != nil {
			t.Fatal(err)
		}
		var frames []capture.Frame
		for _, p := range f.Packets() {
			frames = append(frames, capture.Frame{Data: p.Data, Length: len(p.Data), Link: 1})
		}
		in := New(reassembly.DefaultConfig(), Options{Copies: new(Copies)}, new(counter))
		now := int64(1e18)
		if n := testing.AllocsPerRun(100, func() {
			for i := range frames {
				now += 1e9
				in.Frame(&frames[i], now, now)
			}
		}); n != 0 {
			t.Errorf("%s: %g allocations", name, n)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	for name, flow := range map[string]string{
		"RTP": "@0 a -> b udp hex\n80080001000000a0deadbeef" + strings.Repeat("55", 160) + "\n",
		"SIP": "@0 a -> b udp\n" + options,
	} {
		f, err := sipgen.ParseFlow("hosts: a=192.0.2.1 b=192.0.2.2\n\n" + flow)
		if err != nil {
			b.Fatal(err)
		}
		data := f.Packets()[0].Data
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			in := New(reassembly.DefaultConfig(), Options{Copies: new(Copies)}, new(counter))
			frame, now := capture.Frame{Data: data, Length: len(data), Link: 1}, int64(1e18)
			for b.Loop() {
				now += 1e9
				in.Frame(&frame, now, now)
			}
		})
	}
}
