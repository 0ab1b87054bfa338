package reassembly

import (
	"bytes"
	"testing"
	"time"

	"sipspan/internal/packet"
)

// takeAll is a Handler for the price of the package alone.
type takeAll struct{ ignore bool }

func (h takeAll) Data(_ *Flow, _ int64, data []byte) int {
	if h.ignore {
		return Ignore
	}
	return len(data)
}
func (takeAll) Gap(*Flow, int64, int)            {}
func (takeAll) Window(*Flow, int64, int64, bool) {}
func (takeAll) End(*Flow, int64, End)            {}

func benchmarkStreams(b *testing.B, h Handler, connections int) {
	s := NewStreams(DefaultConfig().TCP, h)
	payload := bytes.Repeat([]byte("x"), 600)
	segments := make([]packet.Packet, connections)
	for i := range segments {
		segments[i] = packet.Packet{Src: peerOf(i), Dst: server, Payload: payload, TCP: packet.TCP{Seq: 1, Flags: packet.ACK}}
		s.Add(0, &segments[i])
	}
	b.ReportAllocs()
	b.SetBytes(600)
	i := 0
	for b.Loop() {
		p := &segments[i]
		p.TCP.Seq += 600
		s.Add(int64(i), p)
		if i++; i == connections {
			i = 0
		}
	}
}

func BenchmarkStreamsInOrder(b *testing.B)      { benchmarkStreams(b, takeAll{}, 1) }
func BenchmarkStreamsInOrder10000(b *testing.B) { benchmarkStreams(b, takeAll{}, 10000) }
func BenchmarkStreamsIgnored10000(b *testing.B) { benchmarkStreams(b, takeAll{ignore: true}, 10000) }

func BenchmarkStreamsSwapped(b *testing.B) {
	s := NewStreams(DefaultConfig().TCP, takeAll{})
	p := packet.Packet{Src: client, Dst: server, Payload: make([]byte, 600), TCP: packet.TCP{Seq: 1, Flags: packet.ACK}}
	s.Add(0, &p)
	b.ReportAllocs()
	b.SetBytes(1200)
	for seq := uint32(601); b.Loop(); seq += 1200 {
		p.TCP.Seq = seq + 600
		s.Add(0, &p)
		p.TCP.Seq = seq
		s.Add(0, &p)
	}
}

func BenchmarkDefrag(b *testing.B) {
	d := NewDefrag(DefaultConfig().Fragments)
	data := make([]byte, 1480)
	b.ReportAllocs()
	b.SetBytes(1480 + 400)
	for id := uint32(0); b.Loop(); id++ {
		first := packet.Fragment{Src: v4a, Dst: v4b, Proto: 17, ID: id, More: true}
		last := packet.Fragment{Src: v4a, Dst: v4b, Proto: 17, ID: id, Offset: 1480}
		now := int64(id) * int64(time.Millisecond)
		d.Add(now, &first, data)
		if _, _, ok := d.Add(now, &last, data[:400]); !ok {
			b.Fatal("not complete")
		}
	}
}

// In order nothing is allocated; nor is it, once buffers are there, when bytes
// are held back, kept, or joined.
func TestNoAllocations(t *testing.T) {
	payload := make([]byte, 600)
	p := packet.Packet{Src: client, Dst: server, Payload: payload, TCP: packet.TCP{Seq: 1, Flags: packet.ACK}}
	inOrder := NewStreams(DefaultConfig().TCP, takeAll{})
	swapped := NewStreams(DefaultConfig().TCP, takeAll{})
	d := NewDefrag(DefaultConfig().Fragments)
	id := uint32(0)
	for name, step := range map[string]func(){
		"in order": func() {
			p.TCP.Seq += 600
			inOrder.Add(0, &p)
		},
		"swapped": func() {
			p.TCP.Seq += 1200
			swapped.Add(0, &p)
			p.TCP.Seq -= 600
			swapped.Add(0, &p)
			p.TCP.Seq += 600
		},
		"fragments": func() {
			id++
			f := packet.Fragment{Src: v4a, Dst: v4b, Proto: 17, ID: id, More: true}
			now := int64(id) * second
			d.Add(now, &f, payload)
			f.Offset, f.More = 600, false
			d.Add(now, &f, payload)
		},
	} {
		step()
		if n := testing.AllocsPerRun(100, step); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
