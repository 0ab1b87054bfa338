package session

import (
	"sipspan/record"
	"sipspan/session/store"
)

// OpenCall is a call that is open when the capture ends, see Tracker.OpenCalls.
type OpenCall struct {
	// At is the packet time at which its record is finished.
	At int64
	// Order is record.IDHash of its record: records of one time are handed on in this order.
	Order   uint64
	tracker *Tracker
	ref     store.Ref
}

// Calls returns how many calls the tracker follows.
func (t *Tracker) Calls() int { return t.arrivals.Len() }

// OpenCalls appends the calls that are open when the capture ends, after the last message and before Close. Everything that
// their records may depend on is announced then, so that the calls of several trackers can be finished in the order of their
// records, and nobody needs to hold all of these at one time.
func (t *Tracker) OpenCalls(now int64, open []OpenCall) []OpenCall {
	t.Advance(now)
	t.placeAll()
	t.idles.never = true // none of them is packed again meanwhile
	t.arrivals.Each(func(ref store.Ref) {
		order := t.groups.waiting.Tag(ref)
		if order == 0 {
			if ref.Waits() {
				ref = t.thawRef(ref).ref
			}
			g := t.groups.busy[ref.Place()]
			t.calls.announceLeg(callIn(g), t.Now)
			order = g.closingOrder()
		}
		open = append(open, OpenCall{t.Now, order, t, ref})
	})
	return open
}

// Finish writes the call as Close would.
func (o *OpenCall) Finish() {
	t, ref := o.tracker, o.ref
	if ref.Waits() {
		ref = t.thawRef(ref).ref
	}
	g := t.groups.busy[ref.Place()]
	t.calls.finishCall(callIn(g), t.Now, capturedToTheEnd)
	t.settle(g)
}

// closingOrder returns OpenCall.Order, and 0 while something of the call is still to be announced.
func (g *group) closingOrder() uint64 {
	c := callIn(g)
	if c.link.id == 0 || c.link.announced < len(c.link.keys) {
		return 0
	}
	return record.IDHash(record.KindCall, g.callID, c.start, "", 0)
}
