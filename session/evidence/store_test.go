package evidence

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sipspan/decode/sip"
)

// parsed returns a message with some header fields and a body.
func parsed(t testing.TB, start, body string, fields ...string) *sip.Message {
	t.Helper()
	_, method, _ := strings.Cut(start, "#")
	start, _, _ = strings.Cut(start, "#")
	lines := append([]string{start, "Call-ID: x", "CSeq: 1 " + method, fmt.Sprint("Content-Length: ", len(body))}, fields...)
	m := new(sip.Message)
	if err := m.Parse([]byte(strings.Join(lines, "\r\n") + "\r\n\r\n" + body)); err != nil {
		t.Fatal(err)
	}
	return m
}

func refused(t testing.TB, status int, fields ...string) *sip.Message {
	return parsed(t, fmt.Sprintf("SIP/2.0 %d Refused#INVITE", status), "", fields...)
}

// What counts is what is taken: the capacity of buffers.
func TestStoreCountsCapacity(t *testing.T) {
	s := NewStore(16 << 20)
	taken := 0
	var kept [][]byte
	for n := 0; n < 2*maxKept; n += 97 {
		buf := s.keep(bytes.Repeat([]byte{'x'}, n))
		if len(buf) != min(n, maxKept) {
			t.Fatalf("of %d bytes %d are kept", n, len(buf))
		}
		kept, taken = append(kept, buf), taken+cap(buf)
	}
	if s.Used() != taken {
		t.Errorf("%d bytes are counted, %d taken", s.Used(), taken)
	}
	for _, buf := range kept {
		s.Release(buf)
	}
	if s.Used() != 0 {
		t.Errorf("%d bytes are counted after all were released", s.Used())
	}
}

// Whether there is room does not depend on the memory that others have released.
func TestStoreBudget(t *testing.T) {
	fresh, shared := NewStore(10_000), NewStore(10_000)
	other := NewStore(1 << 20)
	var released [][]byte
	for n := 100; n < maxKept; n += 100 {
		released = append(released, other.keep(make([]byte, n)))
	}
	for _, buf := range released {
		other.Release(buf)
	}
	shared.Share(&other)
	for n := 1; n < 4000; n = n*3/2 + 1 {
		a, b := fresh.keep(make([]byte, n)), shared.keep(make([]byte, n))
		if len(a) != len(b) || fresh.Used() != shared.Used() || fresh.Used() > 10_000 {
			t.Fatalf("%d bytes: %d and %d are kept, %d and %d counted", n, len(a), len(b), fresh.Used(), shared.Used())
		}
	}
	if fresh.keep(make([]byte, 8000)) != nil {
		t.Error("there is room for 8000 bytes more")
	}
}

// Released memory is used again, and no more of it is held than a limit.
func TestStoreUsesMemoryAgain(t *testing.T) {
	s := NewStore(64 << 20)
	m := refused(t, 486, "Reason: Q.850;cause=17")
	if n := testing.AllocsPerRun(100, func() {
		r := s.NewRefusal()
		s.KeepResponse(r, m, false, true)
		s.ReleaseRefusal(r)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	var kept [][]byte
	for range 2000 {
		kept = append(kept, s.keep(make([]byte, maxKept)))
	}
	for _, buf := range kept {
		s.Release(buf)
	}
	held := 0
	for _, list := range s.pool.buffers {
		for _, buf := range list {
			held += cap(buf)
		}
	}
	if held != s.pool.bytes || held > maxSpare || held < maxSpare/2 {
		t.Errorf("%d bytes are held, %d counted, the limit is %d", held, s.pool.bytes, maxSpare)
	}
}

func TestKeepResponse(t *testing.T) {
	for _, tt := range []struct {
		name            string
		first, second   *sip.Message
		below, passedOn bool
		want            string
	}{
		{"the same with more to say", refused(t, 503), refused(t, 503, "Retry-After: 7"), false, true, "503 7"},
		{"the same with less to say", refused(t, 503, "Retry-After: 7"), refused(t, 503), false, true, "503 7"},
		{"another one that is passed on", refused(t, 503, "Retry-After: 7"), refused(t, 486), false, true, "486 "},
		{"another one that is not", refused(t, 486), refused(t, 503, "Retry-After: 7"), false, false, "486 "},
		{"another one of a hop farther on", refused(t, 486), refused(t, 404, "Retry-After: 7"), true, true, "486 "},
	} {
		s := NewStore(1 << 20)
		r := s.NewRefusal()
		s.KeepResponse(r, tt.first, false, true)
		s.KeepResponse(r, tt.second, tt.below, tt.passedOn)
		var m sip.Message
		if err := m.Parse(r.response); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%d %s", r.Status(), m.Header(sip.HeaderRetryAfter)); got != tt.want {
			t.Errorf("%s: kept %q, want %q", tt.name, got, tt.want)
		}
		s.ReleaseRefusal(r)
		if s.Used() != 0 {
			t.Errorf("%s: %d bytes are counted after all was released", tt.name, s.Used())
		}
	}
}

// The rounds of a challenge are handed on from try to try, the oldest of too many are forgotten, and all is released.
func TestInheritRounds(t *testing.T) {
	s := NewStore(1 << 20)
	r := s.NewRefusal()
	for range maxRounds + 3 {
		request := s.Request(parsed(t, "INVITE sip:b SIP/2.0#INVITE", "v=0"))
		s.KeepResponse(r, refused(t, 407), false, true)
		next := s.NewRefusal()
		s.Inherit(next, 0, r, &request, 0)
		if request != nil || r.response != nil {
			t.Fatal("what was handed on is held twice")
		}
		s.ReleaseRefusal(r)
		r = next
	}
	if len(r.rounds) != maxRounds {
		t.Errorf("%d rounds, want %d", len(r.rounds), maxRounds)
	}
	var c Case
	c.AddRefusal(r)
	if len(c.Rounds) != maxRounds+1 {
		t.Errorf("the case has %d rounds", len(c.Rounds))
	}
	s.ReleaseRefusal(r)
	if s.Used() != 0 {
		t.Errorf("%d bytes are counted after all was released", s.Used())
	}
}

// Refusals within RepeatTime are one series; a later one begins another.
func TestInheritRepeats(t *testing.T) {
	const second = int64(1e9)
	s := NewStore(1 << 20)
	r := s.NewRefusal()
	for i, step := range []struct{ start, final, within, requests int64 }{
		{2 * second, 1 * second, 1, 1}, {4 * second, 3 * second, 3, 2}, {20 * second, 19 * second, 1, 1},
	} {
		s.KeepResponse(r, refused(t, 503), false, true)
		next := s.NewRefusal()
		s.Inherit(next, step.start, r, new([]byte), step.final)
		c := Case{Start: step.start}
		c.AddRefusal(next)
		if c.Retry.Within.Seconds() != float64(step.within) || c.Retry.Requests != int(step.requests) {
			t.Errorf("step %d: %+v", i, c.Retry)
		}
		r = next
	}
}

// Requests of which the session has all that matters are not kept.
func TestRequest(t *testing.T) {
	s := NewStore(1 << 20)
	for _, tt := range []struct {
		m    *sip.Message
		want string
	}{
		{parsed(t, "OPTIONS sip:b SIP/2.0#OPTIONS", "", "Max-Forwards: 70"), ""},
		{parsed(t, "OPTIONS sip:b SIP/2.0#OPTIONS", "", "Max-Forwards: 7"), "OPTIONS sip:b SIP/2.0\r\nMax-Forwards: 7\r\n"},
		{parsed(t, "REGISTER sip:b SIP/2.0#REGISTER", "", "Foo: y", "Authorization: Digest a=b"), "REGISTER sip:b SIP/2.0\r\nAuthorization: Digest a=b\r\n"},
		{parsed(t, "BYE sip:b SIP/2.0#BYE", "", "Reason: SIP;cause=200"), "BYE sip:b SIP/2.0\r\nReason: SIP;cause=200\r\n"},
		{parsed(t, "INVITE sip:b SIP/2.0#INVITE", "v=0", "Foo: y"), "INVITE sip:b SIP/2.0\r\n\r\nv=0"},
	} {
		if got := s.Request(tt.m); string(got) != tt.want {
			t.Errorf("kept %q, want %q", got, tt.want)
		}
	}
	if got := s.Request(parsed(t, "INVITE sip:b SIP/2.0#INVITE", strings.Repeat("x", 3*maxKept))); len(got) != maxKept {
		t.Errorf("%d bytes of a long request are kept", len(got))
	}
}
