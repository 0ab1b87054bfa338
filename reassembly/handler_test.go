package reassembly

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/internal/invariants"
)

func TestMidStreamFlag(t *testing.T) {
	var flags []bool
	c := newCollector(t)
	c.take = func(f *Flow, b []byte) int { flags = append(flags, f.MidStream); return len(b) }
	s := NewStreams(DefaultConfig().TCP, c)
	for _, step := range handshake(100, 900) {
		s.Add(0, step.p)
	}
	s.Add(0, up(101, 901, 0, "a"))
	s.Add(0, segmentOf(server, client, 901, 102, 0, "b"))
	s.Add(0, segmentOf(client, client, 5, 0, 0, "c"))
	if diff := cmp.Diff([]bool{false, false, true}, flags); diff != "" {
		t.Error(diff)
	}
}

// A handler that takes whole lines sees what it left in front of what follows,
// in whatever pieces that comes.
func TestLeftBytesComeAgain(t *testing.T) {
	text := "first\nsecond line\n\nfourth\nrest"
	for size := 1; size <= len(text); size++ {
		c := newCollector(t)
		c.take = func(f *Flow, b []byte) int {
			if f.Final {
				if string(b) != "rest" {
					t.Errorf("pieces of %d: the final offer is %q", size, b)
				}
				return len(b)
			}
			return bytes.LastIndexByte(b, '\n') + 1
		}
		s := NewStreams(DefaultConfig().TCP, c)
		for i := 0; i < len(text); i += size {
			s.Add(0, up(1000+uint32(i), 0, 0, text[i:min(i+size, len(text))]))
		}
		s.Close(0)
		if got := string(c.bytes[client.String()]); got != text {
			t.Errorf("pieces of %d: %q", size, got)
		}
		checkEmpty(t, s)
	}
}

func TestNeed(t *testing.T) {
	calls := 0
	c := newCollector(t)
	c.take = func(f *Flow, b []byte) int {
		calls++
		if len(b) < 10 {
			f.Need = 10
			return 0
		}
		return len(b)
	}
	s := NewStreams(DefaultConfig().TCP, c)
	for i := range 10 {
		s.Add(0, up(uint32(i), 0, 0, "x"))
	}
	if calls != 2 {
		t.Errorf("the handler was asked %d times, want twice: at the first byte and the tenth", calls)
	}
	s.Add(0, up(10, 0, 0, "y"))
	s.Add(0, up(11, 0, fin, "z"))
	if calls != 4 || string(c.bytes[client.String()]) != strings.Repeat("x", 10) {
		t.Errorf("calls %d, bytes %q", calls, c.bytes[client.String()])
	}
}

// What was kept before a gap is offered a last time before the gap is told.
func TestFinalOfferBeforeGap(t *testing.T) {
	var finals []string
	c := newCollector(t)
	c.take = func(f *Flow, b []byte) int {
		if f.Final {
			finals = append(finals, string(b))
		}
		return 0
	}
	s := NewStreams(DefaultConfig().TCP, c)
	s.Add(0, up(100, 0, 0, "before"))
	s.Add(0, up(110, 0, 0, "behind"))
	s.Add(0, down(500, 116, 0, ""))
	s.Close(0)
	if diff := cmp.Diff([]string{"before", "behind"}, finals); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"40000 gap 4", "40000 capture_end"}, c.events); diff != "" {
		t.Error(diff)
	}
}

func TestIgnore(t *testing.T) {
	c := newCollector(t)
	c.take = func(f *Flow, b []byte) int {
		if f.Src == client {
			return Ignore
		}
		return len(b)
	}
	s := NewStreams(DefaultConfig().TCP, c)
	for _, step := range handshake(100, 900) {
		s.Add(0, step.p)
	}
	s.Add(0, up(107, 901, 0, "held"))
	if got := s.Add(0, up(101, 901, 0, "GET / ")); got != Taken {
		t.Errorf("the segment that is ignored first: %v", got)
	}
	if got := s.Add(0, up(104, 901, 0, "more")); got != Ignored {
		t.Errorf("what follows: %v", got)
	}
	if got := s.Stats().HeldBytes; got != 0 {
		t.Errorf("%d bytes held of an ignored direction", got)
	}
	if got := s.Add(0, down(901, 101, 0, "200 OK")); got != Taken {
		t.Errorf("the other direction: %v", got)
	}
	s.Add(0, up(111, 901, fin, ""))
	s.Add(0, down(907, 112, fin, ""))
	if diff := cmp.Diff([]string{"5060 fin"}, c.events); diff != "" {
		t.Error(diff)
	}
	c.take = nil
	for _, step := range handshake(1<<20, 1<<21) {
		s.Add(0, step.p)
	}
	if got := s.Add(0, up(1<<20+1, 1<<21+1, 0, "INVITE")); got != Taken {
		t.Errorf("a new connection on the same ports: %v", got)
	}
}

// Payload bytes that the capture cut off are a hole like any other.
func TestMissing(t *testing.T) {
	c := newCollector(t)
	s := NewStreams(DefaultConfig().TCP, c)
	cut := up(100, 0, 0, "abc")
	cut.Missing = 5
	s.Add(0, cut)
	s.Add(0, up(108, 0, fin, "xyz"))
	s.Add(0, down(900, 112, 0, ""))
	if got := string(c.bytes[client.String()]); got != "abc|xyz" {
		t.Errorf("%q", got)
	}
	if diff := cmp.Diff([]string{"40000 gap 5", "40000 fin"}, c.events); diff != "" {
		t.Error(diff)
	}
}

// In order, the handler sees the bytes of the packet and no copy of them.
func TestInOrderIsNotCopied(t *testing.T) {
	var shown []byte
	c := newCollector(t)
	c.take = func(_ *Flow, b []byte) int { shown = b; return len(b) }
	s := NewStreams(DefaultConfig().TCP, c)
	p := up(1, 0, 0, "payload")
	s.Add(0, p)
	if &shown[0] != &p.Payload[0] {
		t.Error("the bytes shown are not those of the packet")
	}
}

// What was shown from a buffer of the package's own is overwritten behind it.
func TestShownBuffersArePoisoned(t *testing.T) {
	if !invariants.Enabled {
		t.Skip("only in builds with -race or -tags invariants")
	}
	var shown [][]byte
	c := newCollector(t)
	c.take = func(_ *Flow, b []byte) int { shown = append(shown, b); return min(2, len(b)) }
	s := NewStreams(DefaultConfig().TCP, c)
	s.Add(0, up(4, 0, syn, ""))
	s.Add(0, up(8, 0, 0, "held"))
	s.Add(0, up(5, 0, 0, "abc"))
	s.Add(0, up(12, 0, 0, "more"))
	if len(shown) < 3 {
		t.Fatalf("%d offers", len(shown))
	}
	for i, b := range shown[1:] {
		if want := bytes.Repeat([]byte{0xCC}, len(b)); !bytes.Equal(b, want) {
			t.Errorf("offer %d reads as %q behind the call", i+1, b)
		}
	}
}
