package sctp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/capture/pcapwrite"
	"sipspan/internal/packet"
)

var (
	client = netip.MustParseAddrPort("192.0.2.1:5060")
	server = netip.MustParseAddrPort("192.0.2.2:5060")
)

// recorder notes what it is given. It is interested in what does not begin with "no".
type recorder struct{ lines []string }

func (r *recorder) Begins(data []byte) bool { return !bytes.HasPrefix(data, []byte("no")) }

func (r *recorder) Message(f *Flow, _ int64, data []byte, cut, lost bool) bool {
	if !r.Begins(data) {
		return false
	}
	r.lines = append(r.lines, fmt.Sprintf("%v %s cut=%t lost=%t", f.Src.Addr(), data, cut, lost))
	return true
}

func (r *recorder) End(f *Flow, _ int64, how End, code uint16) {
	r.lines = append(r.lines, fmt.Sprintf("%v end %d code %d", f.Src.Addr(), how, code))
}

// add hands packets over, a millisecond apart.
func add(a *Associations, now *int64, list ...pcapwrite.SCTPPacket) (fates []Fate) {
	for _, p := range list {
		*now += int64(time.Millisecond)
		fates = append(fates, a.Add(*now, &packet.Packet{Src: p.From, Dst: p.To, Payload: p.Chunks, SCTP: packet.SCTP{Tag: p.Header.Tag}}))
	}
	return fates
}

// each returns a packet for each chunk of a message.
func each(a *pcapwrite.Association, from netip.AddrPort, text string, m pcapwrite.Message) (list []pcapwrite.SCTPPacket) {
	for _, c := range a.Send(from, []byte(text), m) {
		list = append(list, a.Bundle(from, c))
	}
	return list
}

func want(t *testing.T, r *recorder, lines ...string) {
	t.Helper()
	if !slices.Equal(r.lines, lines) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(r.lines, "\n"), strings.Join(lines, "\n"))
	}
	r.lines = nil
}

// Fragments of several messages in several streams come in any order, and twice: each message is handed on once and whole.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 0))
		r := new(recorder)
		a := New(DefaultConfig(), r)
		s := pcapwrite.NewAssociation(client, server, 7)
		s.Interleaved = seed%2 == 0
		var all []pcapwrite.SCTPPacket
		var texts []string
		for i := range 8 {
			text := fmt.Sprintf("message %d %s", i, strings.Repeat("x", random.IntN(50)))
			texts = append(texts, "192.0.2.1 "+text+" cut=false lost=false")
			m := pcapwrite.Message{Stream: uint16(i % 3), Unordered: i%2 == 0}
			for range random.IntN(5) {
				m.Sizes = append(m.Sizes, 1+random.IntN(9))
			}
			all = append(all, each(s, client, text, m)...)
		}
		all = append(all, all...)
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var now int64
		add(a, &now, all...)
		slices.Sort(r.lines)
		want(t, r, texts...)
		if st := a.Stats(); st.HeldBytes != 0 || st.Messages != 8 || int(st.Duplicates) != len(all)/2 {
			t.Fatalf("seed %d: %+v", seed, st)
		}
		a.Close(now)
	}
}

func TestFates(t *testing.T) {
	r := new(recorder)
	a := New(DefaultConfig(), r)
	s := pcapwrite.NewAssociation(client, server, 7)
	var now int64
	fates := add(a, &now, s.Open()...)
	parts := each(s, client, "in two", pcapwrite.Message{Sizes: []int{3}})
	fates = append(fates, add(a, &now, parts[0], parts[0], parts[1], parts[1])...)
	fates = append(fates, add(a, &now, each(s, client, "no", pcapwrite.Message{})...)...)
	fates = append(fates, add(a, &now, each(s, client, "none of it", pcapwrite.Message{Sizes: []int{4}})...)...)
	fates = append(fates, add(a, &now, s.Bundle(server, []byte{0, 3, 0, 2}))...)
	if want := []Fate{Control, Control, Control, Control, Held, Duplicate, Taken, Duplicate, Ignored, Ignored, Held, Malformed}; !slices.Equal(fates, want) {
		t.Errorf("%v, want %v", fates, want)
	}
	want(t, r, "192.0.2.1 in two cut=false lost=false")
	now += int64(time.Minute)
	a.Expire(now)
	if st := a.Stats(); st.HeldBytes != 0 || st.GivenUp != 1 {
		t.Errorf("%+v", st)
	}
}

// What is given up in time, by the sender or at the end of the capture hands on its beginning.
func TestGivenUp(t *testing.T) {
	r := new(recorder)
	a := New(DefaultConfig(), r)
	s := pcapwrite.NewAssociation(client, server, 7)
	var now int64
	lose := func() { add(a, &now, each(s, client, "abcdefghi", pcapwrite.Message{Sizes: []int{3, 3}})[:2]...) }
	lose()
	now += int64(6 * time.Second)
	add(a, &now, each(s, client, "after", pcapwrite.Message{})...)
	want(t, r, "192.0.2.1 abcdef cut=true lost=false", "192.0.2.1 after cut=false lost=true")
	lose()
	forward := binary.BigEndian.AppendUint32(nil, 7006) // the last of the seven chunks sent so far
	add(a, &now, s.Bundle(client, pcapwrite.Chunk(pcapwrite.ForwardTSN, 0, forward)))
	want(t, r, "192.0.2.1 abcdef cut=true lost=false")
	lose()
	a.Close(now)
	want(t, r, "192.0.2.1 abcdef cut=true lost=true")
	if st := a.Stats(); st.HeldBytes != 0 || st.Active != 0 || st.Cut != 3 {
		t.Errorf("%+v", st)
	}
}

func TestEnds(t *testing.T) {
	r := new(recorder)
	a := New(DefaultConfig(), r)
	var now int64
	s := pcapwrite.NewAssociation(client, server, 7)
	add(a, &now, s.Init(), s.Refuse())
	want(t, r, "192.0.2.2 end 2 code 0")
	add(a, &now, s.Init(), s.Init()) // captured twice
	now += int64(time.Second)
	add(a, &now, s.Init())
	want(t, r, "192.0.2.1 end 3 code 0")
	add(a, &now, s.Open()...)
	r.lines = nil
	add(a, &now, each(s, client, "x", pcapwrite.Message{})...)
	stray := s.Bundle(client, pcapwrite.Chunk(pcapwrite.Abort, 0, nil))
	stray.Header.Tag++
	add(a, &now, stray)
	abort := s.Bundle(client, pcapwrite.Chunk(pcapwrite.Abort, 0, []byte{0, 12, 0, 4}))
	add(a, &now, abort, abort)
	want(t, r, "192.0.2.1 x cut=false lost=false", "192.0.2.1 end 1 code 12")

	again := pcapwrite.NewAssociation(client, server, 8) // other tags and numbers on the same ports
	add(a, &now, again.Open()...)
	add(a, &now, each(again, server, "y", pcapwrite.Message{})...)
	down := again.Bundle(server, pcapwrite.Chunk(pcapwrite.Shutdown, 0, make([]byte, 4)))
	add(a, &now, down, down)
	want(t, r, "192.0.2.2 y cut=false lost=false", "192.0.2.2 end 0 code 0")
}

// Fragments in many streams of many associations keep within the limits.
func TestLimits(t *testing.T) {
	c := DefaultConfig()
	c.MaxHeldTotal, c.MaxMessageBytes, c.MaxAssociations = 100_000, 5_000, 50
	r := new(recorder)
	a := New(c, r)
	var now int64
	for i := range 120 {
		s := pcapwrite.NewAssociation(netip.AddrPortFrom(client.Addr(), uint16(i+1)), server, uint32(i))
		for stream := range 30 {
			list := each(s, s.Client, strings.Repeat("x", 100), pcapwrite.Message{Stream: uint16(stream), Sizes: []int{99}})
			add(a, &now, list[0])
			if st := a.Stats(); st.HeldBytes > c.MaxHeldTotal || st.Active > c.MaxAssociations {
				t.Fatalf("%+v", st)
			}
		}
	}
	s := pcapwrite.NewAssociation(client, server, 1)
	sizes := slices.Repeat([]int{1000}, 20)
	add(a, &now, each(s, client, strings.Repeat("x", 30_000), pcapwrite.Message{Sizes: sizes})...)
	if st := a.Stats(); st.Evicted == 0 || st.Overruns == 0 || st.HeldBytes > c.MaxHeldTotal {
		t.Errorf("%+v", st)
	}
	a.Close(now)
	if st := a.Stats(); st.HeldBytes != 0 || st.Active != 0 {
		t.Errorf("%+v", st)
	}
}

func TestWindow(t *testing.T) {
	var w window
	seen := map[uint32]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	at := uint32(1<<32 - 2000)
	for range 20_000 {
		at += uint32(random.IntN(3))
		tsn := at - uint32(random.IntN(windowSize-1))
		if got := w.take(tsn); got == seen[tsn] && int32(w.highest-tsn) < windowSize {
			t.Fatalf("%d: %t", tsn, got)
		}
		seen[tsn] = true
	}
	if !w.take(at+1<<20) || w.take(at+1<<20) || w.take(at) {
		t.Error("after a jump")
	}
}

func TestAddAllocations(t *testing.T) {
	a := New(DefaultConfig(), new(quiet))
	s := pcapwrite.NewAssociation(client, server, 7)
	list := each(s, client, strings.Repeat("x", 500), pcapwrite.Message{})
	p := packet.Packet{Src: client, Dst: server, Payload: list[0].Chunks, SCTP: packet.SCTP{Tag: list[0].Header.Tag}}
	now, tsn := int64(0), uint32(7000)
	if n := testing.AllocsPerRun(100, func() {
		now, tsn = now+1, tsn+1
		binary.BigEndian.PutUint32(p.Payload[4:], tsn)
		if a.Add(now, &p) != Taken {
			t.Error("not taken")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// quiet takes everything.
type quiet struct{}

func (quiet) Begins([]byte) bool                            { return true }
func (quiet) Message(*Flow, int64, []byte, bool, bool) bool { return true }
func (quiet) End(f *Flow, now int64, how End, code uint16)  {}

// FuzzAssociations reads its input as packets: a byte of direction and time, two of length, the chunks.
func FuzzAssociations(f *testing.F) {
	for _, interleaved := range []bool{false, true} {
		s := pcapwrite.NewAssociation(client, server, 7)
		s.Interleaved = interleaved
		list := append(s.Open(), each(s, client, "hello, world", pcapwrite.Message{Sizes: []int{3, 3}})...)
		list = append(list, s.Bundle(server, s.Acknowledge(server), pcapwrite.Chunk(pcapwrite.ForwardTSN, 0, []byte{0, 0, 27, 92}), pcapwrite.Chunk(pcapwrite.Shutdown, 0, nil)))
		var input []byte
		for _, p := range list {
			input = binary.BigEndian.AppendUint16(append(input, byte(len(input))), uint16(len(p.Chunks)))
			input = append(input, p.Chunks...)
		}
		f.Add(input)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		c := DefaultConfig()
		c.MaxHeldTotal, c.MaxMessageBytes, c.MaxAssociations = 5000, 500, 3
		a := New(c, new(recorder))
		var now int64
		for len(input) >= 3 {
			kind, n := input[0], min(int(binary.BigEndian.Uint16(input[1:])), len(input)-3)
			p := packet.Packet{Src: client, Dst: server, Payload: input[3 : 3+n], SCTP: packet.SCTP{Tag: uint32(kind >> 6)}, Missing: int(kind>>4) & 3}
			if kind&1 != 0 {
				p.Src, p.Dst = p.Dst, p.Src
			}
			now += int64(kind) * int64(10*time.Millisecond)
			a.Add(now, &p)
			if st := a.Stats(); st.HeldBytes > c.MaxHeldTotal || st.HeldBytes < 0 || st.Active > 3 {
				t.Fatalf("%+v", st)
			}
			input = input[3+n:]
		}
		a.Close(now)
		if st := a.Stats(); st.HeldBytes != 0 || st.Active != 0 || a.waiting.Len() != 0 || a.order.Len() != 0 {
			t.Fatalf("%+v", st)
		}
	})
}
