package websocket

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sipspan/capture/pcapwrite"
)

var small = Config{MaxMessageBytes: 1000, MaxHeldTotal: 10_000}

// read hands the pieces of a stream to a Reader, as Streams does, and returns what it found.
func read(t testing.TB, r *Reader, pieces ...[]byte) (found []string) {
	t.Helper()
	var kept []byte
	for i, piece := range pieces {
		kept = append(kept, piece...)
		final := i == len(pieces)-1
		for len(kept) > 0 {
			n, e := r.Next(kept, final)
			switch {
			case n < 0 || n > len(kept), n == 0 && e.Kind != Need && e.Kind != Broken, e.Kind == Need && (n != 0 || e.Need <= len(kept) || final):
				t.Fatalf("takes %d of %d bytes: %+v", n, len(kept), e)
			case len(e.Payload) > r.memory.config.MaxMessageBytes:
				t.Fatalf("a message of %d bytes", len(e.Payload))
			}
			switch e.Kind {
			case Message:
				found = append(found, fmt.Sprintf("%q cut=%t", e.Payload, e.Cut))
			case Close:
				found = append(found, fmt.Sprintf("close %d", e.Code))
			case Unreadable, Broken:
				found = append(found, fmt.Sprintf("kind %d", e.Kind))
			}
			if e.Kind == Broken {
				return found
			}
			if e.Kind == Need {
				break
			}
			kept = kept[n:]
			if used := r.memory.stats.HeldBytes; used > r.memory.config.MaxHeldTotal {
				t.Fatalf("%d bytes are held", used)
			}
		}
	}
	return found
}

type frames = pcapwrite.WebSocketFrame

// row returns the bytes of frames, masked or not.
func row(mask uint32, list ...frames) (b []byte) {
	for _, f := range list {
		f.Mask = mask
		b = f.Append(b)
	}
	return b
}

func text(s string) frames { return frames{Opcode: pcapwrite.Text, Payload: []byte(s)} }

// compressed returns messages as one sender compresses them.
func compressed(messages ...string) (list []frames) {
	var d pcapwrite.Deflater
	for _, m := range messages {
		list = append(list, frames{Opcode: pcapwrite.Text, Compressed: true, Payload: d.Deflate([]byte(m))})
	}
	return list
}

const invite = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\nCall-ID: 1\r\n\r\n"

var fragmented = []frames{
	{Opcode: pcapwrite.Text, More: true, Payload: []byte("one, ")},
	{Opcode: pcapwrite.Ping, Payload: []byte("?")},
	{Opcode: pcapwrite.Continuation, More: true, Payload: []byte("two, ")},
	{Opcode: pcapwrite.Pong},
	{Opcode: pcapwrite.Continuation, Payload: []byte("three")},
}

// deflatedParts is one compressed message in two fragments.
func deflatedParts(message string) []frames {
	whole := compressed(message)[0].Payload
	return []frames{
		{Opcode: pcapwrite.Binary, Compressed: true, More: true, Payload: whole[:7]},
		{Opcode: pcapwrite.Continuation, Payload: whole[7:]},
	}
}

var streams = []struct {
	name   string
	frames []frames
	want   []string
}{
	{"messages", []frames{text("a"), {Opcode: pcapwrite.Binary, Payload: []byte("b")}, text("")}, []string{`"a" cut=false`, `"b" cut=false`, `"" cut=false`}},
	{"two bytes of length", []frames{text(strings.Repeat("x", 126)), text("y")}, []string{fmt.Sprintf("%q cut=false", strings.Repeat("x", 126)), `"y" cut=false`}},
	{"fragments", append(slices.Clone(fragmented), text("a")), []string{`"one, two, three" cut=false`, `"a" cut=false`}},
	{"close", []frames{text("a"), {Opcode: pcapwrite.CloseFrame, Payload: []byte{3, 233, 'x'}}}, []string{`"a" cut=false`, "close 1001"}},
	{"close without code", []frames{{Opcode: pcapwrite.CloseFrame}}, []string{"close 1005"}},
	{"too long", []frames{text(strings.Repeat("x", 70_000)), text("a")}, []string{fmt.Sprintf("%q cut=true", strings.Repeat("x", 1000)), `"a" cut=false`}},
	{"too long in fragments", []frames{
		{Opcode: pcapwrite.Text, More: true, Payload: bytes.Repeat([]byte("x"), 600)},
		{Opcode: pcapwrite.Continuation, More: true, Payload: bytes.Repeat([]byte("x"), 600)},
		{Opcode: pcapwrite.Continuation, Payload: bytes.Repeat([]byte("x"), 600)}, text("a"),
	}, []string{fmt.Sprintf("%q cut=true", strings.Repeat("x", 1000)), `"a" cut=false`}},
	{"compressed", compressed(invite, invite, "x"), []string{fmt.Sprintf("%q cut=false", invite), fmt.Sprintf("%q cut=false", invite), `"x" cut=false`}},
	{"compressed in fragments", deflatedParts(invite), []string{fmt.Sprintf("%q cut=false", invite)}},
	{"a bomb", append(compressed(strings.Repeat("x", 1_000_000)), text("a")), []string{fmt.Sprintf("%q cut=true", strings.Repeat("x", 1000)), `"a" cut=false`}},
	{"corrupt", []frames{{Opcode: pcapwrite.Text, Compressed: true, Payload: []byte("\xff\xff")}, text("a")}, []string{fmt.Sprint("kind ", Unreadable), `"a" cut=false`}},
	{"continuation of nothing", []frames{text("a"), {Opcode: pcapwrite.Continuation}}, []string{`"a" cut=false`, fmt.Sprint("kind ", Broken)}},
	{"a message in a message", []frames{{Opcode: pcapwrite.Text, More: true}, text("a")}, []string{fmt.Sprint("kind ", Broken)}},
	{"unknown opcode", []frames{{Opcode: 3, Payload: []byte("a")}}, []string{fmt.Sprint("kind ", Broken)}},
	{"long ping", []frames{{Opcode: pcapwrite.Ping, Payload: make([]byte, 126)}}, []string{fmt.Sprint("kind ", Broken)}},
}

func TestReader(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range streams {
		for _, mask := range []uint32{0, 0x01020304} {
			t.Run(fmt.Sprint(c.name, mask), func(t *testing.T) {
				stream := row(mask, c.frames...)
				same := func(how string, pieces ...[]byte) {
					t.Helper()
					m := NewMemory(small)
					r := NewReader(m, Deflate{Use: true}, false)
					if got := read(t, r, pieces...); !slices.Equal(got, c.want) {
						t.Fatalf("%s:\n got %v\nwant %v", how, got, c.want)
					}
					r.Close()
					if m.stats.HeldBytes != 0 || m.order.Len() != 0 {
						t.Fatalf("%s: %d bytes of %d readers are held", how, m.stats.HeldBytes, m.order.Len())
					}
				}
				same("whole", stream)
				for at := 1; at < min(len(stream), 1500); at++ {
					same(fmt.Sprint("cut at ", at), stream[:at], stream[at:])
				}
				for range 30 {
					var pieces [][]byte
					for rest := stream; len(rest) > 0; {
						n := 1 + random.IntN(min(len(rest), 100))
						pieces, rest = append(pieces, rest[:n]), rest[n:]
					}
					same("at random", pieces...)
				}
			})
		}
	}
}

// Lengths that no message has are not waited for.
func TestReaderLengths(t *testing.T) {
	for _, c := range []struct {
		header string
		want   Kind
	}{
		{"\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", Broken}, // 2^63
		{"\x81\x7e\x00\x05hello", Broken},                    // longer than need be
		{"\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", Need},   // 2^63-1: its front is waited for
		{"\xb1\x05hello", Broken},                            // RSV2
	} {
		_, e := NewReader(NewMemory(small), Deflate{}, false).Next([]byte(c.header), false)
		if e.Kind != c.want || e.Need > small.MaxMessageBytes+maxHeader {
			t.Errorf("%q: %+v", c.header, e)
		}
	}
}

// A reader that joins in the middle reads what refers to nothing before, and nothing else.
func TestReaderMidStream(t *testing.T) {
	list := compressed(invite, strings.Replace(invite, "bob", "carol", 1))
	m := NewMemory(small)
	r := NewReader(m, Deflate{Use: true}, true)
	if got, want := read(t, r, row(0, list[1])), []string{fmt.Sprint("kind ", Unreadable)}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if m.stats.Unreadable != 1 || m.stats.Corrupt != 0 {
		t.Errorf("%+v", m.stats)
	}
	if got := read(t, r, row(0, compressed("hello")...)); !slices.Equal(got, []string{`"hello" cut=false`}) {
		t.Errorf("%v", got)
	}
}

func TestReaderLost(t *testing.T) {
	m := NewMemory(small)
	r := NewReader(m, Deflate{}, false)
	whole := row(7, text(strings.Repeat("x", 500)), text("next"))
	if got := read(t, r, whole[:200]); len(got) != 1 || !strings.HasSuffix(got[0], "cut=true") {
		t.Fatalf("%v", got)
	}
	if !r.Lost(100) { // inside of the frame
		t.Error("the place is lost")
	}
	if got := read(t, r, whole[300:]); !slices.Equal(got, []string{`"next" cut=false`}) {
		t.Errorf("%v", got)
	}
	read(t, r, row(0, fragmented[:3]...))
	if r.Lost(0) {
		t.Error("the place is known")
	}
	if got := string(r.Rest()); got != "one, two, " {
		t.Errorf("%q", got)
	}
}

// Many half-open messages and contexts keep within the limit.
func TestMemory(t *testing.T) {
	m := NewMemory(small)
	for i := range 200 {
		r := NewReader(m, Deflate{Use: true}, false)
		list := []frames{{Opcode: pcapwrite.Text, More: true, Payload: bytes.Repeat([]byte("x"), 300)}}
		if i%2 == 0 {
			list = compressed(invite)
		}
		read(t, r, row(9, list...))
	}
	if m.stats.Evicted == 0 || m.stats.HeldBytes > small.MaxHeldTotal || m.stats.HeldBytes < small.MaxHeldTotal/2 {
		t.Errorf("%+v", m.stats)
	}
}

// Frames that hold whole messages cost no memory once warm.
func TestReaderAllocations(t *testing.T) {
	m := NewMemory(small)
	r := NewReader(m, Deflate{Use: true}, false)
	stream := row(0x01020304, text(invite), text(invite))
	if n := testing.AllocsPerRun(100, func() {
		for rest := stream; len(rest) > 0; {
			n, _ := r.Next(rest, false)
			rest = rest[n:]
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
