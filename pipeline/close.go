package pipeline

import (
	"cmp"
	"slices"

	"sipspan/record"
	"sipspan/session"
	"sipspan/session/correlate"
)

// close writes everything that is open and makes the last delivery.
func (w *worker) close() {
	if !w.watched { // else a signal of any call has to come before the record of every one
		w.closeCalls()
	}
	for _, t := range w.trackers {
		if t != nil {
			t.Close(w.clock)
		}
	}
	w.out.reached = correlate.Mark{At: endOfReader}
	w.deliver()
}

// closeCalls writes the open calls in the order of their IDs. All of these records have the same time, and IDs put records of the
// same time in order: whoever takes them can hand on each when all workers have come so far, instead of holding those of all calls.
func (w *worker) closeCalls() {
	n := 0
	for _, t := range w.trackers {
		if t != nil {
			n += t.Calls()
		}
	}
	open := make([]session.OpenCall, 0, n)
	for _, t := range w.trackers {
		if t != nil {
			open = t.OpenCalls(w.clock, open)
		}
	}
	if slices.ContainsFunc(open, func(o session.OpenCall) bool { return o.At != w.clock }) {
		return // Close writes them
	}
	slices.SortFunc(open, func(a, b session.OpenCall) int { return cmp.Compare(a.Order, b.Order) })
	ahead := 0 // how many were looked up
	for i := range open {
		if i == ahead {
			ahead += w.lookUp(open[i:])
		}
		if len(w.out.emitted) >= deliverAt/4 {
			w.out.reached = correlate.Mark{At: w.clock, ID: record.IDText(open[i].Order)}
			w.deliver()
		}
		open[i].Finish()
	}
}

// lookUp looks up the first of the calls that are about to be finished, and returns how many.
func (w *worker) lookUp(open []session.OpenCall) (n int) {
	for more := true; more && n < len(open); n++ {
		more = w.ahead.AddOpen(&open[n])
	}
	w.ahead.Fetch()
	return n
}
