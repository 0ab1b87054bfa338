package reassembly

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"

	"sipspan/internal/packet"
)

// cutUp cuts text into segments of random sizes.
func cutUp(r *rand.Rand, text []byte, seq uint32) (segments []*packet.Packet) {
	for len(text) > 0 {
		n := 1 + r.Intn(min(len(text), 40))
		segments = append(segments, up(seq, 0, 0, string(text[:n])))
		seq, text = seq+uint32(n), text[n:]
	}
	return segments
}

func randomText(r *rand.Rand, n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('a' + r.Intn(26))
	}
	return text
}

// someLeft takes a random part of what is offered.
func someLeft(r *rand.Rand) func(*Flow, []byte) int {
	return func(f *Flow, b []byte) int {
		if f.Final {
			return len(b)
		}
		return r.Intn(len(b) + 1)
	}
}

// Segments in any order, more than once, overlapping in any way, make the text
// again; wherever the sequence numbers begin, whatever the handler leaves.
func TestAnyOrderMakesTheText(t *testing.T) {
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		text := randomText(r, 1+r.Intn(2000))
		isn := r.Uint32()
		if seed%2 == 0 {
			isn = -uint32(r.Intn(len(text) + 2)) // wraps inside the text
		}
		segments := cutUp(r, text, isn+1)
		for range r.Intn(20) { // overlaps
			from := r.Intn(len(text))
			to := from + 1 + r.Intn(min(100, len(text)-from))
			segments = append(segments, up(isn+1+uint32(from), 0, 0, string(text[from:to])))
		}
		segments = append(segments, segments[:r.Intn(len(segments))]...) // repeated
		r.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })

		c := newCollector(t)
		c.take = someLeft(r)
		s := NewStreams(DefaultConfig().TCP, c)
		s.Add(0, up(isn, 0, syn, ""))
		for _, p := range segments {
			borrowed := *p
			borrowed.Payload = bytes.Clone(p.Payload)
			s.Add(0, &borrowed)
			clear(borrowed.Payload)
		}
		s.Add(0, up(isn+1+uint32(len(text)), 0, fin, ""))
		if got := c.bytes[client.String()]; !bytes.Equal(got, text) {
			t.Fatalf("seed %d: got %q, want %q", seed, got, text)
		}
		if fmt.Sprint(c.events) != "[40000 fin]" {
			t.Fatalf("seed %d: %v", seed, c.events)
		}
		if st := s.Stats(); st.Gaps != 0 || st.HeldBytes != 0 {
			t.Fatalf("seed %d: %+v", seed, st)
		}
		s.Close(0)
		checkEmpty(t, s)
	}
}

// One segment lost is one gap of its length at its place.
func TestOneLostIsOneGap(t *testing.T) {
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		text := randomText(r, 200+r.Intn(1000))
		segments := cutUp(r, text, 1)
		lost := r.Intn(len(segments))
		gone := segments[lost]
		segments = append(segments[:lost], segments[lost+1:]...)
		r.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })

		c := newCollector(t)
		c.take = func(f *Flow, b []byte) int {
			if f.Final {
				return len(b)
			}
			return r.Intn(len(b) + 1)
		}
		s := NewStreams(DefaultConfig().TCP, c)
		s.Add(0, up(0, 0, syn, ""))
		for _, p := range segments {
			s.Add(0, p)
		}
		s.Add(0, up(1+uint32(len(text)), 0, fin, ""))
		switch seed % 3 {
		case 0: // the other side has it
			s.Add(0, down(77, uint32(len(text))+2, 0, ""))
		case 1: // it does not come in time
			s.Expire(5*second + 1)
		case 2: // the capture ends
		}
		s.Close(6 * second)

		from := int(gone.TCP.Seq - 1)
		want := append([]byte{}, text[:from]...)
		want = append(want, '|')
		want = append(want, text[from+len(gone.Payload):]...)
		events := fmt.Sprintf("[40000 gap %d 40000 fin]", len(gone.Payload))
		if got := c.bytes[client.String()]; !bytes.Equal(got, want) {
			t.Fatalf("seed %d: got %q, want %q", seed, got, want)
		}
		if got := fmt.Sprint(c.events); got != events {
			t.Fatalf("seed %d: %v, want %v", seed, got, events)
		}
		checkEmpty(t, s)
	}
}

// A text cut in two at every byte, in both orders, is the text.
func TestSplitAtEveryByte(t *testing.T) {
	text := "OPTIONS sip:a@example.com SIP/2.0\r\nCall-ID: 1\r\n\r\n"
	for isn := range uint32(3) {
		isn -= 2
		for i := 1; i < len(text); i++ {
			for order := range 2 {
				c := newCollector(t)
				s := NewStreams(DefaultConfig().TCP, c)
				s.Add(0, up(isn, 0, syn, ""))
				parts := []*packet.Packet{up(isn+1, 0, 0, text[:i]), up(isn+1+uint32(i), 0, 0, text[i:])}
				s.Add(0, parts[order])
				s.Add(0, parts[1-order])
				if got := string(c.bytes[client.String()]); got != text {
					t.Fatalf("cut at %d, order %d: %q", i, order, got)
				}
			}
		}
	}
}
