package call

import (
	"slices"

	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// try returns the present INVITE of a call as the caller saw it. outcome is what it came to, nil for nothing.
func (c *Call) try(outcome *hop) record.Attempt {
	a := record.Attempt{Start: c.attemptStart}
	a.Progress = c.earliest(func(h *hop) int64 {
		if h.attempt != c.attempt {
			return 0
		}
		return h.shown
	})
	if outcome != nil {
		a.Final, a.Status = outcome.final, outcome.status
	}
	return a
}

// keepTry keeps the present INVITE of a call, which another one follows.
func (c *Call) keepTry() { c.tries = transaction.AppendTries(c.tries, c.try(c.outcome())) }

// fillTries fills in what only those who count need.
func (c *Call) fillTries(rec *record.Call, outcome *hop) {
	rec.Tries.Last = c.try(outcome)
	if len(c.tries) > 0 {
		rec.Tries.Earlier = slices.Clone(c.tries)
	}
	rec.ByeStatus, rec.ByeWait = c.byeStatus, c.byeWait
	if !value.Success(c.byeStatus) {
		rec.ByeRefused = c.byeDelay
	}
	dialogs := 0
	for i := range c.forks {
		if c.forks[i].shown != 0 {
			dialogs++
		}
	}
	if dialogs < 2 {
		return
	}
	rec.Dialogs = make([]int64, 0, dialogs)
	for i := range c.forks {
		if at := c.forks[i].shown; at != 0 {
			rec.Dialogs = append(rec.Dialogs, at)
		}
	}
	slices.Sort(rec.Dialogs)
}

// began returns when the caller first sent the INVITE that is tried, before it was challenged or redirected.
func (c *Call) began() int64 {
	began := c.attemptStart
	for i := len(c.tries) - 1; i >= 0 && stats.Spanned(c.tries[i].Status); i-- {
		began = c.tries[i].Start
	}
	return began
}

// A capture that ends after a challenge does not show whether there was a further try, and one that ends before a response
// was passed on to the sender does not show which response the sender received. Such a request is in progress when the capture ends.

// lastFinal returns when the last final response to the present INVITE was seen.
func (c *Call) lastFinal() (last int64) {
	for i := range c.hops {
		if h := &c.hops[i]; h.attempt == c.attempt {
			last = max(last, h.final)
		}
	}
	return last
}

// openAtEnd reports whether a call without an answer was in progress when the capture ended. o is what it came to so far.
// Where the caller received no failure, that is decided only when the response has been missing for longer than one
// takes.
func (u *Usage) openAtEnd(c *Call, o *hop, at int64) bool {
	switch {
	case !c.decided():
		return c.outstanding() || c.besideOthers() || o.status >= 400 && at-c.lastFinal() < int64(u.Config.Linger)
	case !c.challenged:
		return false // the correlator knows whether it was tried again under another Call-ID
	}
	return u.MayTryAgain(o.status, at-o.final, true, c.challenge, c.formerChallenge)
}

// besideOthers reports whether the INVITE went to several places from the same point.
func (c *Call) besideOthers() bool {
	n := 0
	for i := range c.hops {
		if c.atTop(&c.hops[i]) {
			n++
		}
	}
	return n > 1
}
