package correlate

import (
	"testing"

	"sipspan/record"
)

// watcher counts what it is told.
type watcher struct{ signals, records int }

func (w *watcher) Signal(*record.Signal)       { w.signals++ }
func (w *watcher) Record(int64, record.Record) { w.records++ }
func (w *watcher) Advance(int64)               {}

// halfBlind is a clock that knows no stamps before 100.
type halfBlind struct{}

func (halfBlind) Differs() bool { return true }
func (halfBlind) Stamp(at int64) int64 {
	if at < 100 {
		return 0
	}
	return at
}
func (halfBlind) Apart(a, b int64) bool { return a < 100 || b < 100 }

// TestTimelessIsNotWatched: no rate can be made of what happened nobody knows when.
func TestTimelessIsNotWatched(t *testing.T) {
	w := new(watcher)
	c := New(settings(), func(record.Record) {})
	c.Clock, c.Watcher = halfBlind{}, w
	c.Signal(&record.Signal{Time: 50})
	c.Signal(&record.Signal{Time: 150})
	timeless := &record.Failure{Header: record.Header{Start: 50, End: 60}}
	timeless.Confidence.Flags = record.NoTimes
	c.Emit(60, timeless)
	c.Emit(150, &record.Failure{Header: record.Header{Start: 150, End: 150}})
	c.Advance(200)
	c.Close()
	if w.signals != 1 || w.records != 1 {
		t.Errorf("%d signals and %d records", w.signals, w.records)
	}
	if timeless.Start != 0 || timeless.End != 0 || timeless.Confidence.Flags != record.NoTimes {
		t.Errorf("the record has times, or another flag: %+v", timeless.Header)
	}
}
