package session

import (
	"sipspan/decode/sip"
	"sipspan/session/store"
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
	queue   []*heldMessage // in the order of their deadlines; those that were placed before theirs have no group
	begin   int            // of the queue: entries before have left
	bytes   int            // of the messages that are held
	alarm   store.Timer[any]
	free    []*heldMessage
	message sip.Message
}

// hold keeps a copy of a message that came ahead.
func (t *Tracker) hold(g *group, v *view) {
	o := &t.order
	var h *heldMessage
	if n := len(o.free); n > 0 {
		h = o.free[n-1]
		o.free = o.free[:n-1]
	} else {
		h = new(heldMessage)
	}
	h.group, h.until, h.meta = g, t.Now+int64(t.Config.Reorder), *v.meta
	h.sender, h.cseq, h.request = v.sender, v.cseq, v.m.Request
	h.raw = append(h.raw[:0], v.m.Raw()...)
	o.bytes += len(h.raw)
	last, together := &g.held, 1
	for *last != nil {
		last = &(*last).next
		together++
	}
	*last = h
	if o.begin > 0 && len(o.queue) == cap(o.queue) {
		o.queue = o.queue[:copy(o.queue, o.queue[o.begin:])]
		o.begin = 0
	}
	o.queue = append(o.queue, h)
	if !o.alarm.IsSet() {
		t.timers.Set(&o.alarm, o, h.until)
	}
	if together > maxHeldTogether {
		t.placeLate(g.held)
	}
	for len(o.queue)-o.begin > maxHeld || o.bytes > maxHeldBytes {
		t.placeFirst()
	}
}

// placeHeld places the held messages of a group that what has just come makes sense of.
func (t *Tracker) placeHeld(g *group) {
	for placed := true; placed; {
		placed = false
		for p := &g.held; *p != nil; {
			h := *p
			if !t.placeCopy(h, false) {
				p = &h.next
				continue
			}
			*p = h.next
			t.order.release(h)
			placed = true
		}
	}
}

// placeOutrun places the held responses to earlier requests of the sender of a request: what it sent before that is not
// captured now will not be.
func (t *Tracker) placeOutrun(g *group, v *view) {
	for h := g.held; h != nil; {
		next := h.next
		if !h.request && h.sender == v.sender && h.cseq < v.cseq {
			t.placeLate(h)
			next = g.held // which this may have changed
		}
		h = next
	}
}

// placeLate places a held message as it is: what it should have followed did not come.
func (t *Tracker) placeLate(h *heldMessage) {
	g := h.group
	for p := &g.held; *p != nil; p = &(*p).next {
		if *p == h {
			*p = h.next
			break
		}
	}
	h.group, h.next = g, nil
	t.placeCopy(h, true)
	t.order.release(h)
	t.placeHeld(g)
}

// release lets go of the bytes of a message that was placed. The queue keeps its entry until the deadline.
func (o *order) release(h *heldMessage) {
	o.bytes -= len(h.raw)
	h.group, h.next = nil, nil
	if h.raw = h.raw[:0]; cap(h.raw) > maxSpareBytes {
		h.raw = nil
	}
}

// placeCopy reads a held message again and places it.
func (t *Tracker) placeCopy(h *heldMessage, late bool) bool {
	m := &t.order.message
	var err error
	if h.meta.Transport.IsDatagram() || h.meta.Whole {
		err = m.Parse(h.raw)
	} else {
		err = m.ParseStream(h.raw)
	}
	if err != nil {
		return true // it was read before, so this is not reached; it must not be held for ever
	}
	var v view
	v.read(&h.meta, m)
	v.late = late
	return t.place(h.group, &v)
}

// placeFirst takes the first message off the queue, and places it if that has not happened.
func (t *Tracker) placeFirst() {
	o := &t.order
	h := o.queue[o.begin]
	o.queue[o.begin] = nil
	if o.begin++; o.begin == len(o.queue) {
		o.queue, o.begin = o.queue[:0], 0
	}
	if g := h.group; g != nil {
		t.placeLate(h)
		t.settle(g)
	}
	if len(o.free) < maxSpare {
		o.free = append(o.free, h)
	}
}

// wakeOrder places what was held long enough.
func (t *Tracker) wakeOrder(at int64) {
	o := &t.order
	for o.begin < len(o.queue) && (o.queue[o.begin].group == nil || o.queue[o.begin].until <= at) {
		t.placeFirst()
	}
	if o.begin < len(o.queue) {
		t.timers.Set(&o.alarm, o, o.queue[o.begin].until)
	}
}

// placeAll places everything that is held, at the end of the capture.
func (t *Tracker) placeAll() {
	for o := &t.order; o.begin < len(o.queue); {
		t.placeFirst()
	}
	t.timers.Stop(&t.order.alarm)
}

// precedes reports whether a request that is seen for the first time came ahead of what it follows: it is part of a
// dialog of which nothing was seen, or it tries again what its sender has no answer to yet, as far as the capture shows.
func (t *Tracker) precedes(g *group, v *view) bool {
	if len(v.toTag) > 0 {
		if c := callIn(g); c != nil {
			return v.m.Method == sip.BYE && !c.confirmed() && !c.decided()
		}
		return len(g.subscriptions) == 0 && len(g.requests) == 0 && !g.buried
	}
	switch v.m.Method {
	case sip.INVITE, sip.REGISTER, sip.SUBSCRIBE, sip.PUBLISH, sip.MESSAGE:
	default:
		return false
	}
	for _, r := range g.requests {
		if r.method == v.method && r.sender == v.sender && r.cseq < v.cseq && !r.inside && r.nearest().final == 0 {
			return true
		}
	}
	return false
}
