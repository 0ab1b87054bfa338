package session

import (
	"bytes"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/link"
)

// maxHolds bounds the holds that a call keeps.
const maxHolds = 32

// sideOf returns the side that a request inside the dialog comes from.
func (c *call) sideOf(v *view) link.Side {
	if c.fromCallee(v) {
		return link.CalleeSide
	}
	if caller, callee := c.ends(); !c.fromCaller(v) && v.meta.Src.Addr() == callee.Addr() && v.meta.Src.Addr() != caller.Addr() {
		return link.CalleeSide // its tag was not seen before
	}
	return link.CallerSide
}

// stance is what a side last said of the media it wants to be sent.
type stance uint8

const (
	stanceUnsaid     stance = iota
	stanceListening         // sendrecv or recvonly
	stanceSendOnly          // RFC 3264 section 8.4
	stanceInactive          // likewise
	stanceNowhere           // c=0.0.0.0, RFC 2543
	stanceUnrendered        // +sip.rendering="no" without a session description, RFC 4235 section 5.2
)

var stanceNames = [...]string{"nothing", "media both ways", "a=sendonly", "a=inactive", "c=0.0.0.0", `+sip.rendering="no"`}

func (s stance) String() string { return stanceNames[s] }

// silences reports whether a side that takes this stance wants the other one to be silent.
func (s stance) silences() bool { return s >= stanceSendOnly }

// hold is a stretch in which one side had the other on hold.
type hold struct {
	start, end int64
	by         link.Side
}

// holding is what the two sides of a dialog said of the media they want to be sent, and when one had the other on hold.
//
// A side puts the other on hold when, in a confirmed dialog, it offers to be sent nothing after it had been listening.
// To say again what was said before is a refresh; to answer "inactive" to one who wants silence is courtesy.
type holding struct {
	stances [link.NumSides]stance
	since   [link.NumSides]uint8 // number of the hold that lasts plus one
	known   bool                 // what was said before the first re-INVITE or UPDATE was looked up
	list    []hold
}

// stanceOf returns what a session description says for all of its streams together: a call is on hold when none of
// them is listened to.
func stanceOf(s *sdp.Session) stance {
	found := stanceUnsaid
	for i := range s.Media {
		m := &s.Media[i]
		if !m.Used() || string(m.Type) == "message" {
			continue
		}
		switch {
		case !m.OnHold():
			return stanceListening
		case found != stanceUnsaid:
		case m.Direction == sdp.Inactive && !m.Nowhere():
			found = stanceInactive
		case m.Nowhere():
			found = stanceNowhere
		default:
			found = stanceSendOnly
		}
	}
	return found
}

// stanceIn returns the stance of a session description.
func (t *Tracker) stanceIn(description []byte) stance {
	if len(description) == 0 {
		return stanceUnsaid
	}
	sdp.Parse(description, &t.sdp)
	return stanceOf(&t.sdp)
}

// offerStance takes the stance that a re-INVITE or UPDATE offers. It holds when the request is accepted.
func (t *Tracker) offerStance(c *call, r *request, v *view) {
	h := &c.holding
	if !h.known {
		h.known = true
		offer, answer := c.descriptions()
		by := link.CallerSide
		if c.offeredByCallee {
			by = link.CalleeSide
		}
		h.stances[by] = t.stanceIn(offer)
		if len(offer) > 0 {
			c.link.wants[by] = t.mediaHash()
		}
		h.stances[by.Other()] = t.stanceIn(answer)
		if len(answer) > 0 {
			c.link.wants[by.Other()] = t.mediaHash()
		}
	}
	r.side = c.sideOf(v)
	if body := description(v.m); body != nil {
		r.stance = t.stanceIn(body)
		t.hearMove(c, r.side, v)
		return
	}
	contact, ok := v.m.Contact()
	if !ok {
		return
	}
	switch {
	case unrendered(contact):
		r.stance = stanceUnrendered
	case h.stances[r.side] == stanceUnrendered:
		r.stance = stanceListening
	}
}

// unrendered reports whether a user agent says that its user gets to see and hear nothing (RFC 4235 section 5.2). What
// has no user, such as a music server, never renders.
func unrendered(contact sip.Address) bool {
	if !bytes.EqualFold(contact.Param("+sip.rendering"), []byte("no")) {
		return false
	}
	_, automaton := sip.Param(contact.Params, "automaton")
	return !automaton
}

// acceptStance takes the 2xx to a re-INVITE or UPDATE, and the answer in it.
func (t *Tracker) acceptStance(c *call, r *request, v *view) {
	t.settleStance(c, r)
	body := description(v.m)
	if body == nil {
		return
	}
	answer, by := t.stanceIn(body), r.side.Other()
	t.hearMove(c, by, v)
	if answer.silences() && r.stance.silences() {
		c.holding.stances[by] = answer
		return
	}
	c.take(by, answer, v.at, "answer")
}

// settleStance takes the stance of a request that was accepted.
func (t *Tracker) settleStance(c *call, r *request) {
	if r.stance != stanceUnsaid {
		c.take(r.side, r.stance, r.start, r.methodName())
	}
}

// confirmStance takes the ACK to a re-INVITE, which tells that it was accepted when its 2xx was missed, and may hold the
// answer to an offer in that.
func (t *Tracker) confirmStance(c *call, r *request, v *view) {
	if r.status >= 300 {
		return
	}
	t.settleStance(c, r)
	if !r.offered {
		if body := description(v.m); body != nil {
			now := t.stanceIn(body)
			t.hearMove(c, r.side, v)
			c.take(r.side, now, r.start, "ACK")
		}
	}
}

// take notes the stance of a side, and what that makes of the call.
func (c *call) take(by link.Side, now stance, at int64, how string) {
	h := &c.holding
	before := h.stances[by]
	if now == stanceUnsaid {
		return
	}
	h.stances[by] = now
	lasting := h.since[by] > 0
	switch {
	case !now.silences() && lasting:
		h.list[h.since[by]-1].end = at
		h.since[by] = 0
		c.note(record.CallHold, at, how, " of the ", by.String(), " resumes: it wants to be sent media again")
	case now.silences() && !lasting && c.confirmed() && len(h.list) < maxHolds &&
		(!before.silences() || now == stanceSendOnly && before != stanceSendOnly):
		h.list = append(h.list, hold{start: at, by: by})
		h.since[by] = uint8(len(h.list))
		c.note(record.CallHold, at, how, " of the ", by.String(), " puts the other side on hold: ", now.String())
	}
}

func (h *holding) reset() { *h = holding{list: h.list[:0]} }
