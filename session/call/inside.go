package call

import (
	"bytes"
	"time"

	"sipspan/decode/sip"
	"sipspan/session/evidence"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// unreliable is what a call shows of a reliable provisional response that is sent again (RFC 3262 section 3).
type unreliable struct {
	cseq, rseq uint32
	repeats    int
	rack       uint32 // response number of the last PRACK
}

// ObserveAgain takes a response that was seen before at the hop of x: a 2xx to an acknowledged INVITE, or a reliable
// provisional response.
func ObserveAgain(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	c := Of(r)
	if c == nil || v.Message.Method != sip.INVITE {
		return
	}
	if value.Success(v.Message.Status) {
		observeAnswerAgain(r)
		return
	}
	if v.Message.Status >= 200 || x != r.Nearest() {
		return
	}
	n := v.Seconds(sip.HeaderRSeq)
	if n < 0 {
		return
	}
	u := &c.unreliable
	if u.cseq != r.CSeq || u.rseq != uint32(n) {
		u.cseq, u.rseq, u.repeats = r.CSeq, uint32(n), 0
	}
	u.repeats++
}

// observePRACK notes which response a PRACK acknowledges.
func (c *Call) observePRACK(v *transaction.View) {
	c.unreliable.rack = uint32(max(v.Seconds(sip.HeaderRAck), 0))
}

// tellUnreliable adds to a case what became of the reliable provisional responses to the INVITE that is tried.
func (c *Call) tellUnreliable(k *evidence.Case) {
	if u := &c.unreliable; u.cseq == c.cseq && u.repeats > 0 {
		k.Unreliable = evidence.Unreliable{Repeats: u.repeats, PRACK: u.rack >= u.rseq}
	}
}

// observeInterval reads Session-Expires of a 2xx to an INVITE or UPDATE of a call (RFC 4028): the session is to be refreshed
// within that time from here. A 2xx without it ends the timer.
func (c *Call) observeInterval(v *transaction.View) {
	if !value.Success(v.Message.Status) || v.Method != sip.INVITE && v.Method != sip.UPDATE {
		return
	}
	c.refreshed = v.At
	if n := v.Seconds(sip.HeaderSessionExpires); n > 0 || v.Method == sip.INVITE {
		c.interval = max(n, 0)
	}
}

// slack is how exactly user agents keep the times of RFC 4028.
const slack = int64(1500 * time.Millisecond)

// ranOut reports whether a call was ended because nobody refreshed its session: by a BYE at the end of the interval, or
// by the lesser of 32 seconds and a third of the interval before it (RFC 4028 section 10); or because nothing more was
// heard of it.
func (c *Call) ranOut(at int64) bool {
	if c.interval == 0 || c.refreshed == 0 {
		return false
	}
	interval := int64(c.interval) * int64(time.Second)
	due := c.refreshed + interval
	if c.bye == 0 {
		return at > due && c.last < due
	}
	early := due - min(interval/3, int64(32*time.Second))
	return near(c.bye, due) || near(c.bye, early)
}

func near(a, b int64) bool { return a >= b-slack && a <= b+slack }

// observeAnswerAgain counts a 2xx that is repeated: because it was not acknowledged yet, or although it was.
func observeAnswerAgain(r *transaction.Request) {
	c := Of(r)
	switch {
	case r.Behind:
	case r.Acked:
		c.answerRepeated++
	case r.Role == transaction.RoleInvite:
		c.unacknowledged++
	}
}

// observeMessage counts a MESSAGE inside the dialog: what a user wrote, or the notice that one is writing.
func (c *Call) observeMessage(v *transaction.View) {
	if sip.MediaTypeIs(v.Message.ContentType(), "application/im-iscomposing+xml") {
		c.observeTyping(v)
		return
	}
	if c.instantMessages == 0 {
		c.firstMessage = v.At
	}
	c.instantMessages++
}

// observeTyping counts the notice that a user types: isComposing of RFC 3994, or KeyboardActivity as Office Communicator
// and AOL put it into INFO. That one has stopped is no notice.
func (c *Call) observeTyping(v *transaction.View) {
	body := v.Message.Body()
	switch {
	case sip.MediaTypeIs(v.Message.ContentType(), "application/im-iscomposing+xml"):
	case bytes.Contains(body, []byte("KeyboardActivity")):
	default:
		return
	}
	if bytes.Contains(body, []byte("idle")) {
		return
	}
	if c.typing == 0 {
		c.firstTyping = v.At
	}
	c.typing++
}

// ObserveMessage counts a MESSAGE inside the dialog of a group's call.
func (u *Usage) ObserveMessage(g *transaction.Group, v *transaction.View) {
	In(g).observeMessage(v)
}
