package media

import (
	"fmt"
	"strings"
	"testing"

	"sipspan/decode/sip"
)

const body = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"

func TestCommon(t *testing.T) {
	oneOrigin, oneTarget := Common([]byte(body))
	for _, test := range []struct {
		name, description        string
		sameOrigin, sameTarget   bool
		originKnown, targetKnown bool
	}{
		{"the same with other line breaks", strings.ReplaceAll(body, "\r\n", "\n"), true, true, true, true},
		{"other codecs", strings.Replace(body, "RTP/AVP 8", "RTP/SAVP 0 101", 1), true, true, true, true},
		{"another port", strings.Replace(body, "4000", "4002", 1), true, false, true, true},
		{"another address", strings.Replace(body, "c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.2", 1), true, false, true, true},
		{"address after the media line", "o=- 1 1 IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\nc=IN IP4 192.0.2.1\r\n", true, true, true, true},
		{"another session", strings.Replace(body, "o=- 1 ", "o=- 2 ", 1), false, true, true, true},
		{"no media", "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n", true, false, true, false},
		{"refused", strings.Replace(body, "4000", "0", 1), true, false, true, false},
		{"nothing", "", false, false, false, false},
	} {
		origin, target := Common([]byte(test.description))
		if origin == oneOrigin != test.sameOrigin || target == oneTarget != test.sameTarget ||
			origin != 0 != test.originKnown || target != 0 != test.targetKnown {
			t.Errorf("%s: %x %x, and %x %x", test.name, origin, target, oneOrigin, oneTarget)
		}
	}
}

// The two readings of one description agree about where its media are wanted.
func TestTarget(t *testing.T) {
	var r Reader
	if n := r.Target(); n != 0 {
		t.Errorf("nothing was read, and the target is %x", n)
	}
	for _, description := range []string{body, strings.Replace(body, "192.0.2.1", "2001:db8::1", 2), strings.Replace(body, "c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0", 1)} {
		r.Stance([]byte(description))
		if _, target := Common([]byte(description)); r.Target() != target {
			t.Errorf("%q: %x and %x", description, r.Target(), target)
		}
	}
}

func TestStance(t *testing.T) {
	video := "m=video 4002 RTP/AVP 97\r\n"
	for _, test := range []struct {
		name, description string
		want              Stance
		silences          bool
	}{
		{"nothing", "", Unsaid, false},
		{"both ways", body, Listening, false},
		{"recvonly", body + "a=recvonly\r\n", Listening, false},
		{"sendonly", body + "a=sendonly\r\n", SendOnly, true},
		{"inactive", body + "a=inactive\r\n", Inactive, true},
		{"no address", strings.Replace(body, "c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0", 1), Nowhere, true},
		{"one stream of two is listened to", body + "a=sendonly\r\n" + video, Listening, false},
		{"all streams are silenced", body + "a=sendonly\r\n" + video + "a=inactive\r\n", SendOnly, true},
		{"a refused stream does not count", body + "a=inactive\r\nm=video 0 RTP/AVP 97\r\n", Inactive, true},
	} {
		var r Reader
		if got := r.Stance([]byte(test.description)); got != test.want || got.Silences() != test.silences {
			t.Errorf("%s: %v, silences: %v", test.name, got, got.Silences())
		}
	}
}

func TestNotRendered(t *testing.T) {
	for contact, want := range map[string]bool{
		"<sip:b@h>":                                 false,
		`<sip:b@h>;+sip.rendering="no"`:             true,
		`<sip:b@h>;+sip.rendering="yes"`:            false,
		`<sip:b@h>;+sip.rendering="no";automaton`:   false,
		`<sip:b@h>;automaton;+sip.rendering="no"`:   false,
		`<sip:b@h>;x=automaton;+sip.rendering="no"`: true,
	} {
		m := message(t, "Contact: "+contact, "")
		a, _ := m.Contact()
		if got := NotRendered(a); got != want {
			t.Errorf("%s: %v", contact, got)
		}
	}
}

func message(t testing.TB, field, body string) *sip.Message {
	t.Helper()
	m := new(sip.Message)
	raw := fmt.Sprintf("INVITE sip:b SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n%s\r\nContent-Length: %d\r\n\r\n%s", field, len(body), body)
	if err := m.Parse([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDescription(t *testing.T) {
	multipart := "--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--\r\n"
	for _, test := range []struct{ contentType, body, want string }{
		{"application/sdp", body, body},
		{"Application/SDP; charset=utf-8", body, body},
		{"application/sdp", "", ""},
		{"text/plain", "hello", ""},
		{"multipart/mixed; boundary=x", multipart, "v=0"},
		{"multipart/mixed; boundary=y", multipart, ""},
	} {
		got := Description(message(t, "Content-Type: "+test.contentType, test.body))
		if string(got) != test.want {
			t.Errorf("%s: %q, want %q", test.contentType, got, test.want)
		}
	}
}

func TestLines(t *testing.T) {
	media := func(lines ...string) []byte {
		return []byte("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\n" + strings.Join(lines, "\r\n") + "\r\n")
	}
	audio, video, noVideo := "m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000", "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=sendonly", "m=video 0 RTP/AVP 97"
	for _, test := range []struct {
		name          string
		offer, answer []byte
		want          string
	}{
		{"nothing", nil, nil, ""},
		{"an offer", media(audio, video), nil, "audio PCMA 192.0.2.1:4000 sendrecv, video H264 192.0.2.1:4002 sendonly"},
		{"the answer is current", media(audio), media("m=audio 5000 RTP/AVP 0"), "audio PCMU 192.0.2.1:5000 sendrecv"},
		{"a stream that was refused", media(audio, video), media(audio, noVideo), "audio PCMA 192.0.2.1:4000 sendrecv, video refused"},
		{"a stream that nobody offered", media(audio, noVideo), media(audio, noVideo), "audio PCMA 192.0.2.1:4000 sendrecv"},
		{"nor in an offer without an answer", media(audio, noVideo), nil, "audio PCMA 192.0.2.1:4000 sendrecv"},
		{"IPv6", []byte(strings.Replace(string(media(audio)), "c=IN IP4 192.0.2.1", "c=IN IP6 2001:db8::1", 1)), nil, "audio PCMA [2001:db8::1]:4000 sendrecv"},
	} {
		var r Reader
		var got []string
		for _, l := range r.Lines(test.offer, test.answer) {
			if !l.Used {
				got = append(got, string(l.Type)+" refused")
				continue
			}
			got = append(got, fmt.Sprintf("%s %s %s %v", l.Type, l.Codec, l.AppendAddress(nil), l.Direction))
		}
		if s := strings.Join(got, ", "); s != test.want {
			t.Errorf("%s: %q, want %q", test.name, s, test.want)
		}
	}
}

// Reading a description allocates nothing once the reader is warm.
func TestReadingAllocatesNothing(t *testing.T) {
	var r Reader
	description := []byte(body + "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n")
	m := message(t, "Content-Type: application/sdp", body)
	if n := testing.AllocsPerRun(100, func() {
		r.Lines(description, description)
		r.Stance(Description(m))
		r.Target()
		Common(description)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
