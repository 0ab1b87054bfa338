package evidence

import "sipspan/record"

// Explainer says why something came out as it did.
type Explainer interface {
	// Explain returns nil when there is nothing to say. The case and all it refers to are borrowed until it returns;
	// the cause belongs to the caller.
	Explain(c *Case) *record.Cause
}

// Clock knows the stamps of packets where they are not their times.
type Clock interface {
	record.Clock
	// Differs reports whether there are such packets at all.
	Differs() bool
}

// Explain asks an explainer, nil for none, after it has noted in the case whether its times can be compared. The clock is nil
// where all stamps are times.
func Explain(e Explainer, clock Clock, c *Case) *record.Cause {
	if e == nil {
		return nil
	}
	if clock != nil && clock.Differs() {
		c.ClockStep = clock.Apart(c.Start, c.End) || clock.Apart(c.Start, c.End-int64(c.Talk))
	}
	return e.Explain(c)
}
