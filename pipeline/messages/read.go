package messages

import (
	"context"
	"errors"
	"io"
	"time"

	"sipspan/capture"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/pipeline/timeline"
	"sipspan/reassembly"
	rtls "sipspan/reassembly/tls"
	"sipspan/record"
)

// Source delivers captured frames, see pipeline.Source.
type Source interface {
	Next(f *capture.Frame) error
}

// Settings are those with which the records were made.
type Settings struct {
	Reassembly reassembly.Config
	TLS        rtls.Config
	Keys       *rtls.Keys // secrets to decrypt TLS with; nil: none
	KeepCopies bool       // a packet that was captured twice counts twice
	MaxTunnels int        // 0 stands for packet.DefaultTunnels
	HEP        bool       // take the messages out of packets of HEP
}

// Read reads a source to its end and delivers the messages whose Call-ID is chosen, in the order in which they were whole. The
// argument of chosen is borrowed and has up to wire.MaxText bytes; a message without Call-ID has an empty one. Read returns the first error of
// deliver, which ends it, that of the source, or that of ctx.
func Read(ctx context.Context, s Settings, source Source, chosen func(callID []byte) bool, deliver func(Message) error) error {
	r := &reader{chosen: chosen, deliver: deliver}
	o := ingest.Options{MaxTunnels: s.MaxTunnels, TLS: s.TLS, Keys: s.Keys, Origins: &r.origins, Follow: r, HEP: ingest.HEP{Read: s.HEP}}
	if !s.KeepCopies {
		o.Copies = new(ingest.Copies)
	}
	r.time = timeline.New(&r.epochs, false, r)
	r.ingest = ingest.New(s.Reassembly, o, r)
	return r.run(ctx, source)
}

// reader is one reading.
type reader struct {
	chosen  func(callID []byte) bool
	deliver func(Message) error
	err     error // of deliver
	origins ingest.Origins
	epochs  timeline.Epochs
	time    *timeline.Timeline
	ingest  *ingest.Ingest
	at      int64 // packet time of the frame in hand
	swept   int64
}

var (
	_ timeline.Handler = (*reader)(nil)
	_ ingest.Handler   = (*reader)(nil)
	_ ingest.Follower  = (*reader)(nil)
)

// sweepEvery is how often, in packet time, what reassembly holds for too long is given up, as the pipeline does.
const sweepEvery = int64(time.Second)

func (r *reader) run(ctx context.Context, source Source) error {
	var f capture.Frame
	var err error
	for n := uint(0); r.err == nil; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err = source.Next(&f); err != nil {
			break
		}
		r.time.Take(&f)
		if now := r.time.Now(); now-r.swept >= sweepEvery {
			r.swept = now
			r.ingest.Expire(now)
		}
	}
	if r.err == nil {
		r.time.Close()
		r.ingest.Close(r.time.Now())
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(r.err, err)
}

// Begins implements timeline.Handler.
func (r *reader) Begins(at int64) { r.ingest.Close(at) }

// Frame implements timeline.Handler.
func (r *reader) Frame(f *capture.Frame, at int64) {
	r.at = at
	r.ingest.Frame(f, at, r.time.Now())
}

// NoPause implements timeline.Handler.
func (r *reader) NoPause(f *capture.Frame, passed time.Duration) bool {
	return r.ingest.NoPause(f, passed)
}

// ClockStep implements timeline.Handler. The records have reported it.
func (r *reader) ClockStep(timeline.Step) {}

// Message implements ingest.Handler.
func (r *reader) Message(m *wire.Meta, raw, callID []byte) bool {
	callID = callID[:min(len(callID), wire.MaxText)]
	if r.err != nil || !r.chosen(callID) {
		return true
	}
	out := Message{
		Time: r.stamp(m.Time), Src: m.Src, Dst: m.Dst, Transport: m.Transport, Stream: m.Stream, Flags: m.Flags,
		Place: r.origins.Capture(m.Origin), CallID: string(callID), Bytes: append([]byte(nil), raw...),
	}
	switch {
	case m.Flags&record.NoTimes != 0:
		out.Clock = capture.ClockNone
	case m.Flags&record.NoDates != 0:
		out.Clock = capture.ClockUndated
	}
	out.Carrier[0], out.Carrier[1] = r.ingest.Connection()
	out.Packets = packetsOf(r.ingest.Carriers(out.CallID))
	r.err = r.deliver(out)
	return true
}

// Again implements ingest.Follower.
func (r *reader) Again(callID string, at int64, carriers []ingest.Carrier) {
	callID = callID[:min(len(callID), wire.MaxText)]
	if r.err == nil && r.chosen([]byte(callID)) {
		r.err = r.deliver(Message{Time: r.stamp(at), CallID: callID, Packets: packetsOf(carriers), Copy: true})
	}
}

// stamp returns the timestamp of a packet time.
func (r *reader) stamp(at int64) int64 {
	r.time.Publish(r.at)
	return r.epochs.Stamp(at)
}

func packetsOf(carriers []ingest.Carrier) []Packet {
	out := make([]Packet, len(carriers))
	for i, c := range carriers {
		out[i] = Packet{Input: int(c.Input), Number: c.Number, Copy: c.Copy}
	}
	return out
}

// NetworkEvent implements ingest.Handler.
func (r *reader) NetworkEvent(*wire.NetworkEvent, uint64, bool) {}

// TLS implements ingest.Handler.
func (r *reader) TLS(*wire.TLSConnection) {}
