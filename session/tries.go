package session

import (
	"slices"

	"sipspan/record"
	"sipspan/session/stats"
	"sipspan/session/value"
)

// try tells of the present INVITE of a call as the caller saw it. outcome is what it came to, nil for nothing.
func (c *call) try(outcome *hop) record.Attempt {
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

// keepTry keeps the present INVITE of a call, behind which another comes.
func (c *call) keepTry() { c.tries = appendTries(c.tries, c.try(c.outcome())) }

// fillTries fills in what only those who count need.
func (c *call) fillTries(rec *record.Call, outcome *hop) {
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
func (c *call) began() int64 {
	began := c.attemptStart
	for i := len(c.tries) - 1; i >= 0 && stats.Spanned(c.tries[i].Status); i-- {
		began = c.tries[i].Start
	}
	return began
}
