package ingest

import (
	"bytes"
	"encoding/binary"
	"testing"

	"sipspan/capture"
	"sipspan/decode/sip"
	"sipspan/internal/dev/sipgen"
	"sipspan/internal/wire"
	"sipspan/reassembly"
)

// judge is a Handler that checks what it is given.
type judge struct {
	t *testing.T
	n int
}

func (j *judge) Message(m *wire.Meta, raw, callID []byte) bool {
	if len(raw) == 0 || !m.Src.IsValid() || !m.Dst.IsValid() || m.Transport == wire.TLS || m.Transport == wire.WSS {
		j.t.Errorf("message %q with %+v", raw, m)
	}
	if !bytes.Equal(callID, sip.PeekCallID(raw)) {
		j.t.Errorf("%q has another Call-ID than %q", raw, callID)
	}
	j.n++
	return j.n%5 != 0 // at times there is no room
}

func (j *judge) TLS(c *wire.TLSConnection) {
	if c.Record.Src == "" || c.Record.End < c.Record.Start || c.Record.ID == "" {
		j.t.Errorf("%+v", c)
	}
}

func (j *judge) NetworkEvent(e *wire.NetworkEvent, _ uint64, _ bool) {
	if !e.Src.IsValid() || !e.Dst.IsValid() {
		j.t.Errorf("event %+v", e)
	}
}

// FuzzFrames takes any frames and checks after each that every packet has its fate. The input holds, for each frame, the
// link type in a byte, the length in two and the bytes.
func FuzzFrames(f *testing.F) {
	for _, flow := range []string{
		"@0 a -> b udp\n" + options,
		"@0 a -> b udp fragment=64 order=2,1,3\n" + options,
		"@0 a -> b udp\n" + options + "\n@0.1 b -> a icmp\n",
		"@0 a -> b tcp segments=40,40 order=2,1,3\n" + options + "\n@0.1 b -> a tcp fin\n",
		"@0 a -> b tcp hex\n16030100050100000100\n\n@0.1 b -> a tcp rst\n",
		"@0 a -> b ws segments=40,40 order=2,1,3 frames=30,40 ping close=1000\n" + options + "\n@0.1 b -> a ws deflate\n" + options,
		"@0 a -> b sctp chunks=40,40 order=2,1,3\n" + options + "\n@0.1 b -> a sctp interleaved bundle shutdown\n" + options,
		"@0 a -> b sctp in-udp chunks=40 abort=1\n" + options + "\n@0.1 a -> b sctp refused\n",
		"@0 a -> b ws midstream segments=40\n" + options + "\n@0.1 b -> a ws\n" + options,
		"@0 a -> b udp hex\n80080001000000a0deadbeefffffffff\n",
	} {
		parsed, err := sipgen.ParseFlow("hosts: a=192.0.2.1 b=192.0.2.2\n\n" + flow)
		if err != nil {
			f.Fatal(err)
		}
		var input []byte
		for _, p := range parsed.Packets() {
			input = binary.BigEndian.AppendUint16(append(input, 1), uint16(len(p.Data)))
			input = append(input, p.Data...)
		}
		f.Add(input)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		in := New(reassembly.DefaultConfig(), Options{Copies: new(Copies), Shared: true}, &judge{t: t})
		now := int64(1e18)
		for len(input) >= 3 {
			link, n := capture.LinkType(input[0]), int(binary.BigEndian.Uint16(input[1:]))
			n = min(n, len(input)-3)
			now += 1e8
			in.Frame(&capture.Frame{Time: now, Data: input[3 : 3+n], Length: n, Link: link}, now, now)
			if a := in.Snapshot().Account; a.Missing() != 0 {
				t.Fatalf("%d packets without a fate: %+v", a.Missing(), a)
			}
			input = input[3+n:]
		}
		in.Expire(now + 1e9)
		in.Close(now + 1e9)
		if a := in.Snapshot().Account; a.Missing() != 0 || a.Held != 0 {
			t.Fatalf("%d packets without a fate, %d held: %+v", a.Missing(), a.Held, a)
		}
	})
}
