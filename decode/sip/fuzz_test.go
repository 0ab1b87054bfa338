package sip

import (
	"bytes"
	"fmt"
	"testing"
)

// seeds are whole messages with what real traffic has of oddities; the corpus under testdata adds what fuzzing found.
func seeds(f *testing.F) {
	for _, c := range benchMessages {
		f.Add([]byte(c.text))
	}
	for _, c := range streams {
		f.Add([]byte(c.stream))
	}
	f.Add([]byte("ACK sip: UserB@there.com SIP/2.0\r\nVia: SIP/2.0/UDP here.com:5060\r\nFrom: \"A \\\" < ; , B\" <sip:a@b>;tag=1;x=\"y\r\n" +
		"t:\r\n sip:x;tag\r\n =2\r\nCall-Id : 1\r\nCSEQ: 99999999999 ACK\r\nContent Length:0\r\n\r\n"))
	f.Add([]byte("\r\nREGISTER sip:a SIP/2.0\nm:*\nExpires: 0\nno colon\n:\n\n"))
	f.Add([]byte("SIP/2.0  486 Busy Here\r\n\r\n"))
	f.Add([]byte("\x00\x00\x00\x00"))
}

// inside fails when part is not found in whole.
func inside(t *testing.T, what string, part, whole []byte) {
	t.Helper()
	if len(part) == 0 {
		return
	}
	if i := bytes.Index(whole, part); i < 0 {
		t.Fatalf("%s %q is not in the message", what, part)
	}
}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		kept := bytes.Clone(raw)
		m, again := new(Message), new(Message)
		err := m.Parse(raw)
		if kind, callID := Peek(raw); kind != Detect(raw) || kind == SIP && !bytes.Equal(callID, PeekCallID(raw)) {
			t.Fatalf("Peek says %v and %q, Detect %v and PeekCallID %q", kind, callID, Detect(raw), PeekCallID(raw))
		}
		if Detect(raw) != NotSIP && !MayBegin(raw) {
			t.Fatalf("%q is %v and does not begin so", raw, Detect(raw))
		}
		if kind := Detect(raw); (kind == SIP) != (err == nil) || (kind == Malformed) != (err == ErrStartLine) {
			t.Fatalf("Detect says %v, Parse %v", kind, err)
		}
		_ = again.Parse(raw)
		_ = again.Parse(raw)
		if a, b := describe(m), describe(again); a != b {
			t.Fatalf("parsed twice:\n%s\n%s", a, b)
		}
		if err == nil && !bytes.Equal(PeekCallID(raw), m.CallID()) {
			t.Fatalf("peeked Call-ID %q, parsed %q", PeekCallID(raw), m.CallID())
		}
		for i := range m.Len() {
			f := m.field(i)
			for _, s := range []Span{f.name, f.value} {
				if uint64(s.Off)+uint64(s.Len) > uint64(len(raw)) {
					t.Fatalf("field %d: %v is outside of %d bytes", i, s, len(raw))
				}
			}
			if v := m.Value(i); !bytes.Equal(v, trim(v)) {
				t.Fatalf("field %d is not trimmed: %q", i, v)
			}
			if m.Next(i) >= 0 && m.Next(i) <= i {
				t.Fatalf("field %d is followed by %d", i, m.Next(i))
			}
		}
		for id := range HeaderID(NumHeaders) {
			if (m.Header(id) == nil) != (m.Count(id) == 0) {
				t.Fatalf("%v: %q and %d of them", id, m.Header(id), m.Count(id))
			}
		}
		if !bytes.Equal(m.FromTag(), m.From().Tag()) || !bytes.Equal(m.ToTag(), m.To().Tag()) {
			t.Fatalf("tags %q and %q, of the addresses %q and %q", m.FromTag(), m.ToTag(), m.From().Tag(), m.To().Tag())
		}
		inside(t, "body", m.Body(), raw)
		inside(t, "method", m.MethodName(), raw)
		inside(t, "URI", m.RequestURI(), raw)
		inside(t, "reason", m.ReasonPhrase(), raw)
		if m.Faults&^m.Check() != 0 {
			t.Fatal("Check drops faults")
		}
		m.Faults.Each(func(f Fault) {
			if f.String() == "unknown" {
				t.Fatalf("fault %d has no name", f)
			}
		})
		if !bytes.Equal(kept, raw) {
			t.Fatal("the message was written to")
		}
	})
}

// FuzzFrame cuts a stream in two at every place the fuzzer asks for.
func FuzzFrame(f *testing.F) {
	for _, c := range streams {
		f.Add([]byte(c.stream), uint16(len(c.stream)/2), uint16(3))
	}
	f.Add([]byte("A sip:b SIP/2.0\r\n\r\nx"), uint16(1), uint16(2))
	f.Fuzz(func(t *testing.T, stream []byte, cut, second uint16) {
		whole := reassemble(t, stream)
		a := int(cut) % (len(stream) + 1)
		b := a + int(second)%(len(stream)-a+1)
		pieces := reassemble(t, stream[:a], stream[a:b], stream[b:])
		if fmt.Sprintf("%q", whole) != fmt.Sprintf("%q", pieces) {
			t.Fatalf("cut at %d and %d:\n got %q\nwant %q", a, b, pieces, whole)
		}
		var m Message
		for _, text := range whole {
			if m.ParseStream([]byte(text)) == nil && m.Faults.Has(FaultTrailingBytes) {
				t.Fatalf("Frame and Parse disagree on the end of %q", text)
			}
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"<sip:a@b>;tag=1", `"A \" B" <sip:a>;x="1,2", sip:b;tag=2`, "sip:a,b", `"x`, "<a", ",,", "*",
		"SIP/2.0/UDP h:5060;branch=z9hG4bK1;rport, SIP / 2.0 / TCP [::1]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, _ := ParseAddress(b)
		a.Tag()
		for rest := b; len(rest) > 0; {
			before := len(rest)
			a, rest = NextAddress(rest)
			if len(rest) >= before {
				t.Fatalf("NextAddress does not move on from %q", rest)
			}
			for _, part := range [][]byte{a.Display, a.URI, a.Params} {
				inside(t, "address", part, b)
			}
			if tag, ok := Param(a.Params, "tag"); !bytes.Equal(tag, a.Tag()) || ok && (tag == nil) != (a.Tag() == nil) {
				t.Fatalf("tag %q, as a parameter %q", a.Tag(), tag)
			}
		}
		for rest := b; len(rest) > 0; {
			before := len(rest)
			var v Via
			v, rest = NextVia(rest)
			if len(rest) >= before {
				t.Fatalf("NextVia does not move on from %q", rest)
			}
			inside(t, "branch", v.Branch, b)
			inside(t, "host", v.Host, b)
		}
		for rest := b; len(rest) > 0; {
			before := len(rest)
			_, rest = NextValue(rest)
			if len(rest) >= before {
				t.Fatalf("NextValue does not move on from %q", rest)
			}
		}
		for rest := b; len(rest) > 0; {
			before := len(rest)
			var name []byte
			name, _, rest = NextParam(rest)
			if len(rest) >= before || len(name) == 0 && len(rest) > 0 {
				t.Fatalf("NextParam does not move on from %q", rest)
			}
		}
	})
}

func FuzzURI(f *testing.F) {
	for _, s := range []string{"sip:a:b@c:5060;lr?x=y", "sips:[::1]:1", "tel:+1;ext=2", "<sip:a>", "sip:;@?", "x:", "sip: a@ b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		u, ok := ParseURI(b)
		for _, part := range [][]byte{u.Scheme, u.User, u.Host, u.Params, u.Headers} {
			inside(t, "URI", part, b)
		}
		if u.Port < 0 || u.Port > 65535 || ok && len(u.Scheme) == 0 || ok && u.IsSIP() && len(u.Host) == 0 {
			t.Fatalf("%q: %v %v", b, u, ok)
		}
		u.Param("lr")
	})
}

func FuzzMultipart(f *testing.F) {
	f.Add([]byte("multipart/mixed;boundary=b1"), []byte("--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b1\r\n\r\nx\r\n--b1--\r\n"))
	f.Add([]byte("multipart/mixed"), []byte("--b1\n--b1\n\n--b1--"))
	f.Add([]byte("multipart/mixed;boundary=\"-\""), []byte("-----\n---\n"))
	f.Add([]byte("text/plain"), []byte("x"))
	f.Fuzz(func(t *testing.T, contentType, body []byte) {
		parts := Parts(contentType, body)
		total := 0
		for p, ok := parts.Next(); ok; p, ok = parts.Next() {
			inside(t, "part", p.Body, body)
			inside(t, "part header", p.Header, body)
			if total += len(p.Body) + len(p.Header) + 1; total > len(body)+1 {
				t.Fatal("the parts are more than the body")
			}
		}
		if _, ok := parts.Next(); ok {
			t.Fatal("a part behind the last")
		}
	})
}
