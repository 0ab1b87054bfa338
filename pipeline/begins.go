package pipeline

import "sipspan/internal/wire"

// newCapture is the shard of an event that is none of the network: another capture begins.
const newCapture = 0xfe

// Begins implements timeline.Handler. What is open in the capture that ended at a time is written, so that nothing of the next one
// is taken for a part of it.
func (r *reader) Begins(at int64) {
	r.ingest.Close(at)
	for i := range r.out {
		r.putEvent(i, &wire.NetworkEvent{Time: at}, newCapture)
	}
}

// endCapture writes what is open.
func (w *worker) endCapture(at int64) {
	for _, t := range w.trackers {
		if t != nil {
			t.Close(at)
		}
	}
}
