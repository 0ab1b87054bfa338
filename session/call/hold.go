package call

import (
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/media"
	"sipspan/session/transaction"
)

// MaxHolds bounds the holds that a call keeps.
const MaxHolds = 32

// sideOf returns the side that a request inside the dialog comes from.
func (c *Call) sideOf(v *transaction.View) link.Side {
	if c.fromCallee(v) {
		return link.CalleeSide
	}
	if caller, callee := c.ends(); !c.fromCaller(v) && v.Meta.Src.Addr() == callee.Addr() && v.Meta.Src.Addr() != caller.Addr() {
		return link.CalleeSide // its tag was not seen before
	}
	return link.CallerSide
}

// hold is a time in which one side had the other on hold.
type hold struct {
	start, end int64
	by         link.Side
}

// holding is what the two sides of a dialog have said of the media that they want to receive, and when one had the other on
// hold.
//
// A side puts the other on hold when, in a confirmed dialog, it was listening and offers to receive nothing. Repeating a
// stance is only a refresh, and answering "inactive" to an offer of silence is no hold of the side that answers.
type holding struct {
	stances [link.NumSides]media.Stance
	since   [link.NumSides]uint8 // number of the current hold plus one, 0 for none
	known   bool                 // the stances before the first re-INVITE or UPDATE were read
	list    []hold
}

// offerStance takes the stance that a re-INVITE or UPDATE offers. It holds when the request is accepted.
func (u *Usage) offerStance(c *Call, r *transaction.Request, v *transaction.View) {
	h := &c.holding
	if !h.known {
		h.known = true
		offer, answer := c.descriptions()
		by := link.CallerSide
		if c.offeredByCallee {
			by = link.CalleeSide
		}
		h.stances[by] = u.media.Stance(offer)
		if len(offer) > 0 {
			c.link.wants[by] = u.media.Target()
		}
		h.stances[by.Other()] = u.media.Stance(answer)
		if len(answer) > 0 {
			c.link.wants[by.Other()] = u.media.Target()
		}
	}
	r.Side = c.sideOf(v)
	if body := media.Description(v.Message); body != nil {
		r.Stance = u.media.Stance(body)
		u.observeMove(c, r.Side, v)
		return
	}
	contact, ok := v.Message.Contact()
	if !ok {
		return
	}
	switch {
	case media.NotRendered(contact):
		r.Stance = media.Unrendered
	case h.stances[r.Side] == media.Unrendered:
		r.Stance = media.Listening
	}
}

// acceptStance takes the 2xx to a re-INVITE or UPDATE, and the answer in it.
func (u *Usage) acceptStance(c *Call, r *transaction.Request, v *transaction.View) {
	u.settleStance(c, r)
	body := media.Description(v.Message)
	if body == nil {
		return
	}
	answer, by := u.media.Stance(body), r.Side.Other()
	u.observeMove(c, by, v)
	if answer.Silences() && r.Stance.Silences() {
		c.holding.stances[by] = answer
		return
	}
	c.take(by, answer, v.At, "answer")
}

// settleStance takes the stance of a request that was accepted.
func (u *Usage) settleStance(c *Call, r *transaction.Request) {
	if r.Stance != media.Unsaid {
		c.take(r.Side, r.Stance, r.Start, r.MethodName())
	}
}

// confirmStance takes the ACK to a re-INVITE, which shows that it was accepted when its 2xx was missed, and may hold the
// answer to an offer in that.
func (u *Usage) confirmStance(c *Call, r *transaction.Request, v *transaction.View) {
	if r.Status >= 300 {
		return
	}
	u.settleStance(c, r)
	if !r.Offered {
		if body := media.Description(v.Message); body != nil {
			now := u.media.Stance(body)
			u.observeMove(c, r.Side, v)
			c.take(r.Side, now, r.Start, "ACK")
		}
	}
}

// take notes the stance of a side, and what that makes of the call.
func (c *Call) take(by link.Side, now media.Stance, at int64, how string) {
	h := &c.holding
	before := h.stances[by]
	if now == media.Unsaid {
		return
	}
	h.stances[by] = now
	lasting := h.since[by] > 0
	switch {
	case !now.Silences() && lasting:
		h.list[h.since[by]-1].end = at
		h.since[by] = 0
		c.note(record.CallHold, at, how, " of the ", by.String(), " resumes: it wants to be sent media again")
	case now.Silences() && !lasting && c.confirmed() && len(h.list) < MaxHolds &&
		(!before.Silences() || now == media.SendOnly && before != media.SendOnly):
		h.list = append(h.list, hold{start: at, by: by})
		h.since[by] = uint8(len(h.list))
		c.note(record.CallHold, at, how, " of the ", by.String(), " puts the other side on hold: ", now.String())
	}
}

func (h *holding) reset() { *h = holding{list: h.list[:0]} }
