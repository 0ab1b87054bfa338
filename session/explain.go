package session

import (
	"sipspan/record"
	"sipspan/session/evidence"
)

// Explainer says why something came out as it did.
type Explainer interface {
	// Explain returns nil when there is nothing to say. The case and all it refers to are borrowed until it returns;
	// the cause belongs to the caller.
	Explain(c *evidence.Case) *record.Cause
}

// explain asks the explainer, if there is one. Without one, or without an answer, the cause is otherwise.
func (t *Tracker) explain(c *evidence.Case, otherwise *record.Cause) *record.Cause {
	if t.Explainer == nil {
		return otherwise
	}
	markClockStep(c, t.Clock)
	if cause := t.Explainer.Explain(c); cause != nil {
		return cause
	}
	return otherwise
}

// explain asks the explainer, which must be there.
func (c *Correlator) explain(k *evidence.Case) *record.Cause {
	markClockStep(k, c.Clock)
	return c.Explainer.Explain(k)
}

// markClockStep says in a case whether its times can be compared.
func markClockStep(c *evidence.Case, clock Clock) {
	if clock != nil && clock.Differs() {
		c.ClockStep = clock.Apart(c.Start, c.End) || clock.Apart(c.Start, c.End-int64(c.Talk))
	}
}
