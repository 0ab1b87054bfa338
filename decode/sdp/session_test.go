package sdp

import (
	"fmt"
	"strings"
	"testing"
)

func parse(text string) *Session {
	s := new(Session)
	Parse([]byte(text), s)
	return s
}

// describe puts what a media line says into one line.
func describe(m *Media) string {
	return fmt.Sprintf("%s %s:%d %s [%s] %s/%d pt %d %v hold %v", m.Type, m.Addr, m.Port, m.Protocol, m.Formats, m.Codec, m.Clock,
		m.PayloadType, m.Direction, m.OnHold())
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text         string
		origin, connection string
		direction          Direction
		media              []string
	}{
		{"usual", "v=0\no=- 12 34 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.2\nt=0 0\nm=audio 49172 RTP/AVP 8 0 101\na=rtpmap:101 telephone-event/8000\na=sendrecv\n",
			"- 12 34 192.0.2.1", "192.0.2.2", DirectionUnset,
			[]string{"audio 192.0.2.2:49172 RTP/AVP [8 0 101] PCMA/8000 pt 8 sendrecv hold false"}},
		{"rtpmap wins", "c=IN IP4 h\nm=audio 1 RTP/AVP 0\na=rtpmap:0 G726-32/16000/2\n", "", "h", DirectionUnset,
			[]string{"audio h:1 RTP/AVP [0] G726-32/16000 pt 0  hold false"}},
		{"dynamic", "m=audio 1 RTP/SAVPF 111 0\na=rtpmap:11 L16/44100\na=rtpmap:111 opus/48000/2\n", "", "", DirectionUnset,
			[]string{"audio :1 RTP/SAVPF [111 0] opus/48000 pt 111  hold false"}},
		{"dynamic without rtpmap", "m=audio 1 RTP/AVP 97\n", "", "", DirectionUnset, []string{"audio :1 RTP/AVP [97] /0 pt 97  hold false"}},
		{"media address", "c=IN IP4 h1\nm=audio 1 RTP/AVP 0\nc=IN IP6 2001:db8::1\nm=video 2/2 RTP/AVP 31\n", "", "h1", DirectionUnset,
			[]string{"audio 2001:db8::1:1 RTP/AVP [0] PCMU/8000 pt 0  hold false", "video h1:2 RTP/AVP [31] H261/90000 pt 31  hold false"}},
		{"multicast", "c=IN IP4 233.252.0.1/127/3\nm=audio 1 RTP/AVP 0\n", "", "233.252.0.1", DirectionUnset,
			[]string{"audio 233.252.0.1:1 RTP/AVP [0] PCMU/8000 pt 0  hold false"}},
		{"hold of the session", "c=IN IP4 h\na=inactive\nm=audio 1 RTP/AVP 0\nm=video 2 RTP/AVP 34\na=recvonly\n", "", "h", Inactive,
			[]string{"audio h:1 RTP/AVP [0] PCMU/8000 pt 0 inactive hold true", "video h:2 RTP/AVP [34] H263/90000 pt 34 recvonly hold false"}},
		{"hold of RFC 2543", "c=IN IP4 0.0.0.0\nm=audio 1 RTP/AVP 0\n", "", "0.0.0.0", DirectionUnset,
			[]string{"audio 0.0.0.0:1 RTP/AVP [0] PCMU/8000 pt 0  hold true"}},
		{"sendonly", "c=IN IP4 h\nm=audio 1 RTP/AVP 0\na=sendonly\n", "", "h", DirectionUnset,
			[]string{"audio h:1 RTP/AVP [0] PCMU/8000 pt 0 sendonly hold true"}},
		{"instant message", "v=0\no=- 0 0 IN IP4 192.0.2.1\ns=session\nc=IN IP4 192.0.2.1\nt=0 0\nm=message 5060 sip sip:kim@example.com\na=accept-types:text/rtf\n",
			"- 0 0 192.0.2.1", "192.0.2.1", DirectionUnset,
			[]string{"message 192.0.2.1:5060 sip [sip:kim@example.com] sip:kim@example.com/0 pt -1  hold false"}},
		{"refused", "m=audio 0 RTP/AVP 0\nm=image 0 udptl t38\n", "", "", DirectionUnset,
			[]string{"audio :0 RTP/AVP [0] PCMU/8000 pt 0  hold false", "image :0 udptl [t38] t38/0 pt -1  hold false"}},
		{"wrong order", "v=0\nm=audio 49170 RTP/AVP 0\no=UserA 1 2 IN IP4 h\ns=Session SDP\nc=IN IP4 100.101.102.103\nt=0 0\n",
			"UserA 1 2 h", "", DirectionUnset, []string{"audio 100.101.102.103:49170 RTP/AVP [0] PCMU/8000 pt 0  hold false"}},
		{"damaged", "nonsense\n\n=\nm\nm=\nc=\no=\na=rtpmap:\nm=audio x RTP/AVP 0\nm=audio 99999 RTP/AVP 300\n\xff\x00", "", "", DirectionUnset,
			[]string{" :0  [] /0 pt -1  hold false", "audio :0 RTP/AVP [0] PCMU/8000 pt 0  hold false", "audio :0 RTP/AVP [300] 300/0 pt -1  hold false"}},
		{"empty", "", "", "", DirectionUnset, nil},
	} {
		for _, lineBreak := range []string{"\n", "\r\n"} {
			s := parse(strings.ReplaceAll(c.text, "\n", lineBreak))
			var media []string
			for i := range s.Media {
				media = append(media, describe(&s.Media[i]))
			}
			origin := strings.TrimSpace(fmt.Sprintf("%s %s %s %s", s.Origin.User, s.Origin.ID, s.Origin.Version, s.Origin.Addr))
			if origin != c.origin || string(s.Connection) != c.connection || s.Direction != c.direction {
				t.Errorf("%s: origin %q, connection %q, direction %q", c.name, origin, s.Connection, s.Direction)
			}
			if strings.Join(media, "\n") != strings.Join(c.media, "\n") {
				t.Errorf("%s: media\n%s\nwant\n%s", c.name, strings.Join(media, "\n"), strings.Join(c.media, "\n"))
			}
		}
	}
}

func TestCodecs(t *testing.T) {
	s := parse("m=audio 1 RTP/AVP 18 96 101 13 x\na=fmtp:18 annexb=no\na=rtpmap:96 AMR-WB/16000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\n" +
		"m=video 2 RTP/AVP 96\na=rtpmap:96 H264/90000\n")
	var got []string
	for i := range s.Media {
		codecs := s.Media[i].Codecs()
		for c, ok := codecs.Next(); ok; c, ok = codecs.Next() {
			got = append(got, fmt.Sprintf("%d %s/%d %s", c.PayloadType, c.Name, c.Clock, c.Parameters))
		}
	}
	want := []string{"18 G729/8000 annexb=no", "96 AMR-WB/16000 ", "101 telephone-event/8000 0-16", "13 CN/8000 ", "-1 x/0 ", "96 H264/90000 "}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("codecs\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAttribute(t *testing.T) {
	s := parse("a=of:session\nm=audio 1 RTP/AVP 0\na=ptime:20\na=rtcp-mux\nm=video 2 RTP/AVP 31\na=ptime:30\n")
	if v, ok := s.Media[0].Attribute("ptime"); string(v) != "20" || !ok {
		t.Errorf("ptime is %q, %v", v, ok)
	}
	if v, ok := s.Media[0].Attribute("rtcp-mux"); v != nil || !ok {
		t.Errorf("rtcp-mux is %q, %v", v, ok)
	}
	for _, name := range []string{"of", "ptim", "rtcp"} {
		if _, ok := s.Media[0].Attribute(name); ok {
			t.Errorf("%s is there", name)
		}
	}
}

// Media beyond the limit are left out, and their attributes do not go to those before.
func TestManyMedia(t *testing.T) {
	s := parse(strings.Repeat("m=audio 1 RTP/AVP 0\n", MaxMedia+3) + "a=inactive\nc=IN IP4 h\n")
	if len(s.Media) != MaxMedia {
		t.Fatalf("%d media", len(s.Media))
	}
	if m := &s.Media[MaxMedia-1]; m.Direction != DirectionUnset || m.Addr != nil || len(m.Attributes) != 0 {
		t.Errorf("the last kept is %s, %q", describe(m), m.Attributes)
	}
}

func TestReuse(t *testing.T) {
	s := parse("o=a 1 2 IN IP4 h\ns=x\nc=IN IP4 h\na=inactive\nm=audio 1 RTP/AVP 0\na=sendonly\n")
	Parse([]byte("m=video 2 RTP/AVP 31\n"), s)
	if got, want := describe(&s.Media[0]), "video :2 RTP/AVP [31] H261/90000 pt 31  hold false"; got != want ||
		len(s.Media) != 1 || s.Name != nil || s.Origin.User != nil || s.Direction != DirectionUnset {
		t.Errorf("%s, want %s", got, want)
	}
}

const offer = "v=0\r\no=- 2890844526 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 49172 RTP/AVP 8 0 101\r\n" +
	"a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"

func TestNoAllocations(t *testing.T) {
	body := []byte(offer)
	s := new(Session)
	if n := testing.AllocsPerRun(100, func() {
		Parse(body, s)
		codecs := s.Media[0].Codecs()
		for _, ok := codecs.Next(); ok; _, ok = codecs.Next() {
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkParse(b *testing.B) {
	body := []byte(offer)
	s := new(Session)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(body, s)
	}
}

func FuzzSDP(f *testing.F) {
	f.Add([]byte(offer))
	f.Add([]byte("m=audio 1 RTP/AVP 0\nm=\na=rtpmap:0 x/y/z\nc=IN IP4 h/1/2\no=\nm=message 5060 sip null"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, again := new(Session), parse("m=audio 1 RTP/AVP 0\nc=IN IP4 h\na=inactive\n")
		Parse(body, s)
		Parse(body, again)
		if len(s.Media) > MaxMedia || len(s.Media) != len(again.Media) {
			t.Fatalf("%d and %d media", len(s.Media), len(again.Media))
		}
		rest := len(body)
		for i := range s.Media {
			m := &s.Media[i]
			if a, b := describe(m), describe(&again.Media[i]); a != b {
				t.Fatalf("parsed twice: %s and %s", a, b)
			}
			if m.Port < 0 || m.Port > 65535 || m.PayloadType < -1 || m.PayloadType > 127 {
				t.Fatalf("impossible: %s", describe(m))
			}
			if rest -= len(m.Attributes); rest < 0 {
				t.Fatal("the media are more than the body")
			}
			codecs := m.Codecs()
			n := 0
			for _, ok := codecs.Next(); ok; _, ok = codecs.Next() {
				if n++; n > len(m.Formats) {
					t.Fatal("more codecs than bytes")
				}
			}
			m.Attribute("ptime")
		}
	})
}

func TestNowhereAndUsed(t *testing.T) {
	for _, test := range []struct {
		name, body     string
		onHold, unused bool
	}{
		{"RFC 2543", "c=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\n", true, false},
		{"RFC 2543, with a direction", "c=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n", true, false},
		{"no candidates yet, told for the session", "c=IN IP4 0.0.0.0\r\na=ice-options:trickle\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=sendrecv\r\n", false, false},
		{"no candidates yet, told for the media", "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:8hhY\r\n", false, false},
		{"candidates of relays alone", "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\na=candidate:1 1 UDP 1 192.0.2.1 4000 typ relay\r\n", false, false},
		{"the port of ICE and both directions", "c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\na=sendrecv\r\n", false, false},
		{"the port of ICE alone", "c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\n", true, false},
		{"no candidates yet, and on hold", "c=IN IP4 0.0.0.0\r\na=ice-ufrag:8hhY\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n", true, false},
		{"candidates of other media", "c=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\nm=video 9 RTP/AVP 31\r\na=ice-ufrag:8hhY\r\n", true, false},
		{"refused", "c=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\n", false, true},
		{"bundled", "c=IN IP4 192.0.2.1\r\nm=video 0 RTP/AVP 31\r\na=bundle-only\r\n", false, false},
	} {
		var s Session
		Parse([]byte(test.body), &s)
		if got := s.Media[0].OnHold(); got != test.onHold {
			t.Errorf("%s: on hold %v", test.name, got)
		}
		if got := s.Media[0].Used(); got == test.unused {
			t.Errorf("%s: used %v", test.name, got)
		}
	}
}
