package session

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/session/value"
)

// observeInterval reads Session-Expires of a 2xx to an INVITE or UPDATE of a call (RFC 4028): the session is to be refreshed
// within that time from here. A 2xx without it ends the timer.
func (c *call) observeInterval(v *view) {
	if !value.Success(v.m.Status) || v.method != sip.INVITE && v.method != sip.UPDATE {
		return
	}
	c.refreshed = v.at
	if n := v.seconds(sip.HeaderSessionExpires); n > 0 || v.method == sip.INVITE {
		c.interval = max(n, 0)
	}
}

// slack is how exactly user agents keep the times of RFC 4028.
const slack = int64(1500 * time.Millisecond)

// ranOut reports whether a call was ended because nobody refreshed its session: by a BYE at the end of the interval, or
// by the lesser of 32 seconds and a third of the interval before it (RFC 4028 section 10); or because nothing more was
// heard of it.
func (c *call) ranOut(at int64) bool {
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
func observeAnswerAgain(r *request) {
	c := callOf(r)
	switch {
	case r.behind:
	case r.acked:
		c.answerRepeated++
	case r.role == roleInvite:
		c.unacknowledged++
	}
}
