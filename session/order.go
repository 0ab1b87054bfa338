package session

import (
	"sipspan/decode/sip"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

const (
	// maxHeld and maxHeldBytes bound the messages that one tracker holds, and maxHeldTogether those of one Call-ID. Of
	// more, the oldest is placed as it is.
	maxHeld         = 1024
	maxHeldBytes    = 1 << 20
	maxHeldTogether = 16

	// Of the buffers that held messages leave, those are kept for the next ones that have a usual size, and not more
	// than a usual burst needs.
	maxSpare      = 256
	maxSpareBytes = 4096
)

// order puts into the order of cause and effect what the capture shows in another one: mirror ports, taps and network
// cards with several queues deliver the two directions of a link out of step. A message that came ahead of the one that
// it answers or follows is held until that one comes, or until Config.Reorder is over. A message in order costs nothing.
type order struct {
	tracker *Tracker            // that places what is held
	queue   []*transaction.Held // in the order of their deadlines; those that were placed before theirs have no group
	begin   int                 // of the queue: entries before have left
	bytes   int                 // of the messages that are held
	alarm   store.Timer[any]
	free    []*transaction.Held
	message sip.Message
	view    transaction.View // of message
}

// hold keeps a copy of a message that came ahead.
func (o *order) hold(g *transaction.Group, v *transaction.View) {
	var h *transaction.Held
	if n := len(o.free); n > 0 {
		h = o.free[n-1]
		o.free = o.free[:n-1]
	} else {
		h = new(transaction.Held)
	}
	h.Group, h.Until, h.Meta = g, o.tracker.Now+int64(o.tracker.Config.Reorder), *v.Meta
	h.Sender, h.CSeq, h.Request = v.Sender, v.CSeq, v.Message.Request
	h.Raw = append(h.Raw[:0], v.Message.Raw()...)
	h.Correlation = append(h.Correlation[:0], v.Correlation...)
	o.bytes += len(h.Raw) + len(h.Correlation)
	last, together := &g.Held, 1
	for *last != nil {
		last = &(*last).Next
		together++
	}
	*last = h
	if o.begin > 0 && len(o.queue) == cap(o.queue) {
		o.queue = o.queue[:copy(o.queue, o.queue[o.begin:])]
		o.begin = 0
	}
	o.queue = append(o.queue, h)
	if !o.alarm.IsSet() {
		o.tracker.timers.Set(&o.alarm, o, h.Until)
	}
	if together > maxHeldTogether {
		o.placeLate(g.Held)
	}
	for len(o.queue)-o.begin > maxHeld || o.bytes > maxHeldBytes {
		o.placeFirst()
	}
}

// placeHeld places the held messages of a group that what has just come makes sense of.
func (o *order) placeHeld(g *transaction.Group) {
	for placed := true; placed; {
		placed = false
		for p := &g.Held; *p != nil; {
			h := *p
			if !o.placeCopy(h, false) {
				p = &h.Next
				continue
			}
			*p = h.Next
			o.release(h)
			placed = true
		}
	}
}

// placeOutrun places the held responses to earlier requests of the sender of a request: what it sent before that is not
// captured now will not be.
func (o *order) placeOutrun(g *transaction.Group, v *transaction.View) {
	for h := g.Held; h != nil; {
		next := h.Next
		if !h.Request && h.Sender == v.Sender && h.CSeq < v.CSeq {
			o.placeLate(h)
			next = g.Held // which this may have changed
		}
		h = next
	}
}

// placeLate places a held message as it is: what it should have followed did not come.
func (o *order) placeLate(h *transaction.Held) {
	g := h.Group
	for p := &g.Held; *p != nil; p = &(*p).Next {
		if *p == h {
			*p = h.Next
			break
		}
	}
	h.Group, h.Next = g, nil
	o.placeCopy(h, true)
	o.release(h)
	o.placeHeld(g)
}

// release lets go of the bytes of a message that was placed. The queue keeps its entry until the deadline.
func (o *order) release(h *transaction.Held) {
	o.bytes -= len(h.Raw) + len(h.Correlation)
	h.Group, h.Next = nil, nil
	if h.Raw = h.Raw[:0]; cap(h.Raw) > maxSpareBytes {
		h.Raw = nil
	}
	if h.Correlation = h.Correlation[:0]; cap(h.Correlation) > maxSpareBytes {
		h.Correlation = nil
	}
}

// placeCopy reads a held message again and places it.
func (o *order) placeCopy(h *transaction.Held, late bool) bool {
	m := &o.message
	var err error
	if h.Meta.Transport.IsDatagram() || h.Meta.Whole {
		err = m.Parse(h.Raw)
	} else {
		err = m.ParseStream(h.Raw)
	}
	if err != nil {
		return true // it was read before, so this is not reached; it must not be held for ever
	}
	v := &o.view
	v.Read(&h.Meta, m)
	v.Correlation, v.Late = h.Correlation, late
	return o.tracker.place(h.Group, v)
}

// placeFirst takes the first message off the queue, and places it if that has not happened.
func (o *order) placeFirst() {
	h := o.queue[o.begin]
	o.queue[o.begin] = nil
	if o.begin++; o.begin == len(o.queue) {
		o.queue, o.begin = o.queue[:0], 0
	}
	if g := h.Group; g != nil {
		o.placeLate(h)
		o.tracker.settle(g)
	}
	if len(o.free) < maxSpare {
		o.free = append(o.free, h)
	}
}

// wake places what was held long enough.
func (o *order) wake(at int64) {
	for o.begin < len(o.queue) && (o.queue[o.begin].Group == nil || o.queue[o.begin].Until <= at) {
		o.placeFirst()
	}
	if o.begin < len(o.queue) {
		o.tracker.timers.Set(&o.alarm, o, o.queue[o.begin].Until)
	}
}

// placeAll places everything that is held, at the end of the capture.
func (o *order) placeAll() {
	for o.begin < len(o.queue) {
		o.placeFirst()
	}
	o.tracker.timers.Stop(&o.alarm)
}
