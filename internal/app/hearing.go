package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"sipspan/capture"
	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/pipeline/timeline"
	"sipspan/record"
	"sipspan/view/ladder"
)

// hearing reads captures once more for the messages of some Call-IDs, without following sessions.
type hearing struct {
	chosen  map[string]bool
	deliver func(ladder.Message)
	epochs  timeline.Epochs
	time    *timeline.Timeline
	ingest  *ingest.Ingest
	at      int64 // packet time of the frame in hand
	number  int   // of the frame in hand, 0 where there are several inputs
	single  bool  // there is one input
	swept   int64
}

var (
	_ timeline.Handler = (*hearing)(nil)
	_ ingest.Handler   = (*hearing)(nil)
)

// sweepEvery is how often, in packet time, what reassembly has held for too long is given up.
const sweepEvery = int64(time.Second)

// hear delivers the SIP messages of the chosen Call-IDs as their packets come. An input that cannot be read is no error here: whoever made the
// records of the same inputs has reported it.
func (l *Looking) hear(ctx context.Context, inputs []string, chosen map[string]bool, deliver func(ladder.Message)) error {
	paths, _ := pcapfile.Expand(inputs)
	if len(paths) == 0 {
		return nil
	}
	secrets := run{config: l.Config, log: l.Log}
	if err := secrets.openSecrets(); err != nil {
		return err
	}
	keys := secrets.secrets.keys
	defer keys.Wipe()
	if err := secrets.secrets.load(); err != nil {
		return err
	}
	o := pcapfile.Options{Filter: l.Filter, Compile: live.CompileFilter, Zone: l.Zone, Secrets: func(log []byte) { keys.AddLog(log) }}
	if l.Progress != nil {
		o.Progress = l.Progress.Update
		defer l.Progress.Clear()
	}
	source, err := pcapfile.Open(paths, o)
	if err != nil {
		return err
	}
	defer source.Close()
	h := &hearing{chosen: chosen, deliver: deliver, single: len(paths) == 1}
	io := ingest.Options{MaxTunnels: l.Config.Capture.MaxTunnels, TLS: l.Config.TLS, Keys: keys}
	if l.Config.Capture.Deduplicate {
		io.Copies = new(ingest.Copies)
	}
	h.time = timeline.New(&h.epochs, false, h)
	h.ingest = ingest.New(l.Config.Reassembly, io, h)
	return h.run(ctx, source)
}

func (h *hearing) run(ctx context.Context, source *pcapfile.Files) error {
	var f capture.Frame
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := source.Next(&f); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		h.time.Take(&f)
		if now := h.time.Now(); now-h.swept >= sweepEvery {
			h.swept = now
			h.ingest.Expire(now)
		}
	}
	h.time.Close()
	h.ingest.Close(h.time.Now())
	return nil
}

// Begins implements timeline.Handler.
func (h *hearing) Begins(at int64) { h.ingest.Close(at) }

// Frame implements timeline.Handler.
func (h *hearing) Frame(f *capture.Frame, at int64) {
	h.at = at
	if h.single {
		h.number = int(f.Number)
	}
	h.ingest.Frame(f, at, h.time.Now())
}

// NoPause implements timeline.Handler.
func (h *hearing) NoPause(f *capture.Frame, passed time.Duration) bool {
	return h.ingest.NoPause(f, passed)
}

// ClockStep implements timeline.Handler. The records have reported it.
func (h *hearing) ClockStep(timeline.Step) {}

// Message implements ingest.Handler.
func (h *hearing) Message(m *wire.Meta, raw, callID []byte) bool {
	callID = callID[:min(len(callID), wire.MaxText)]
	if !h.chosen[string(callID)] {
		return true
	}
	h.time.Publish(h.at)
	out := ladder.Message{
		Time: h.epochs.Stamp(m.Time), Src: m.Src, Dst: m.Dst, Transport: m.Transport.String(), CallID: string(callID), Raw: bytes.Clone(raw),
		Cut: m.Flags&record.Truncated != 0,
	}
	if h.number > 0 && m.Transport == wire.UDP { // what comes in a stream may be in several frames
		out.Frames = []int{h.number}
	}
	h.deliver(out)
	return true
}

// NetworkEvent implements ingest.Handler.
func (h *hearing) NetworkEvent(*wire.NetworkEvent, uint64, bool) {}

// TLS implements ingest.Handler.
func (h *hearing) TLS(*wire.TLSConnection) {}
