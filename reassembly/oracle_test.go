package reassembly

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	gopacketreassembly "github.com/google/gopacket/reassembly"

	"sipspan/internal/packet"
)

// other is the stream as the reassembler of gopacket rebuilds it: bytes, and |
// with a number where it skips.
type other struct{ text bytes.Buffer }

func (o *other) New(_, _ gopacket.Flow, _ *layers.TCP, _ gopacketreassembly.AssemblerContext) gopacketreassembly.Stream {
	return o
}

func (o *other) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ gopacketreassembly.TCPFlowDirection, _ gopacketreassembly.Sequence, start *bool, _ gopacketreassembly.AssemblerContext) bool {
	return true
}

func (o *other) ReassembledSG(sg gopacketreassembly.ScatterGather, _ gopacketreassembly.AssemblerContext) {
	if _, _, _, skip := sg.Info(); skip > 0 {
		fmt.Fprintf(&o.text, "|%d|", skip)
	}
	n, _ := sg.Lengths()
	o.text.Write(sg.Fetch(n))
}

func (o *other) ReassemblyComplete(gopacketreassembly.AssemblerContext) bool { return true }

// captureTime is the capture information gopacket wants.
type captureTime time.Time

func (c captureTime) GetCaptureInfo() gopacket.CaptureInfo {
	return gopacket.CaptureInfo{Timestamp: time.Time(c)}
}

// same writes down what Streams shows in the form of other.
type same struct{ text bytes.Buffer }

func (s *same) Data(_ *Flow, _ int64, data []byte) int { s.text.Write(data); return len(data) }
func (s *same) Gap(_ *Flow, _ int64, lost int)         { fmt.Fprintf(&s.text, "|%d|", lost) }
func (*same) Window(*Flow, int64, int64, bool)         {}
func (s *same) End(*Flow, int64, End)                  {}

// Segments in a random order, some repeated or overlapping, some lost: both
// reassemblers come to the same bytes and the same gaps. Sequence numbers do not
// wrap here: gopacket counts one byte too many where they do.
func TestStreamsAgreeWithGopacket(t *testing.T) {
	flow := gopacket.NewFlow(layers.EndpointIPv4, client.Addr().AsSlice(), server.Addr().AsSlice())
	for seed := range int64(100) {
		r := rand.New(rand.NewSource(seed))
		text := randomText(r, 1+r.Intn(3000))
		isn := 1 + uint32(r.Intn(1<<31))
		segments := cutUp(r, text, isn+1)
		for range r.Intn(5) {
			from := r.Intn(len(text))
			to := from + 1 + r.Intn(min(100, len(text)-from))
			segments = append(segments, up(isn+1+uint32(from), 0, 0, string(text[from:to])))
		}
		r.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })
		segments = segments[:len(segments)-r.Intn(min(3, len(segments)))]
		segments = append([]*packet.Packet{up(isn, 0, syn, "")}, segments...)

		var ours same
		theirs := new(other)
		s := NewStreams(DefaultConfig().TCP, &ours)
		assembler := gopacketreassembly.NewAssembler(gopacketreassembly.NewStreamPool(theirs))
		for _, p := range segments {
			s.Add(0, p)
			tcp := &layers.TCP{
				SrcPort: layers.TCPPort(p.Src.Port()), DstPort: layers.TCPPort(p.Dst.Port()),
				Seq: p.TCP.Seq, SYN: p.TCP.Flags&syn != 0,
				BaseLayer: layers.BaseLayer{Payload: bytes.Clone(p.Payload)},
			}
			tcp.SetInternalPortsForTesting()
			assembler.AssembleWithContext(flow, tcp, captureTime(time.Unix(0, 0)))
		}
		s.Close(0)
		assembler.FlushAll()
		if ours.text.String() != theirs.text.String() {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(theirs.text.String(), ours.text.String()))
		}
	}
}
