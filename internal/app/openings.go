package app

import (
	"time"

	"sipspan/pipeline"
	"sipspan/record"
	"sipspan/session/correlate"
	"sipspan/view/ladder"
)

// openings finds the calls that go on: the session stage signals their INVITEs and the answers to them, and the recent messages show who
// calls whom. The records of these calls have what is known so far, and the disposition in_progress. All methods run in the merger.
type openings struct {
	recent func(callIDs []string) []pipeline.Message
	put    func(record.Record)
	waits  []string        // Call-IDs of calls that have changed, in that order
	open   map[string]bool // the same
	asked  int64           // packet time at which recent was last asked
}

const (
	// askEvery is how long calls are gathered before recent is searched for them, in packet time.
	askEvery = int64(200 * time.Millisecond)
	// maxOpenings is how many calls are gathered meanwhile. Further ones appear with their next signal, or when they are over.
	maxOpenings = 1024
)

var _ correlate.Watcher = (*openings)(nil)

// start has the form of pipeline.Settings.Watch.
func (o *openings) start(func(*record.Alert)) correlate.Watcher {
	o.open = map[string]bool{}
	return o
}

// Signal implements correlate.Watcher.
func (o *openings) Signal(s *record.Signal) {
	changed := s.Kind == record.SignalPlaced || s.Kind == record.SignalFinal && s.Method == "INVITE" && !s.Inside
	if changed && s.CallID != "" && !o.open[s.CallID] && len(o.waits) < maxOpenings {
		o.waits = append(o.waits, s.CallID)
		o.open[s.CallID] = true
	}
}

// Record implements correlate.Watcher: a call with a record is over.
func (o *openings) Record(_ int64, r record.Record) {
	if r.Kind() == record.KindCall {
		delete(o.open, r.Head().CallID)
	}
}

// Advance implements correlate.Watcher.
func (o *openings) Advance(now int64) {
	if len(o.waits) == 0 || now-o.asked < askEvery && now >= o.asked {
		return
	}
	o.asked = now
	of := make([][]ladder.Message, len(o.waits))
	for _, m := range o.recent(o.waits) {
		of[m.Of] = append(of[m.Of], recentMessage(&m, o.waits[m.Of]))
	}
	for i, callID := range o.waits {
		if o.open[callID] {
			if call := ladder.Opening(of[i]); call != nil {
				o.put(call)
			}
		}
	}
	o.waits = o.waits[:0]
	clear(o.open)
}

// recentMessage returns a recent message of a Call-ID as ladders take it.
func recentMessage(m *pipeline.Message, callID string) ladder.Message {
	return ladder.Message{
		Time: m.Meta.Time, Src: m.Meta.Src, Dst: m.Meta.Dst, Transport: m.Meta.Transport.String(), CallID: callID, Raw: m.Raw,
		Cut: m.Meta.Flags&record.Truncated != 0,
	}
}
