package session

import (
	"sipspan/record"
	"sipspan/session/evidence"
)

// explain asks the explainer, if there is one. Without one, or without an answer, the cause is otherwise.
func (t *Tracker) explain(c *evidence.Case, otherwise *record.Cause) *record.Cause {
	if cause := evidence.Explain(t.Explainer, t.Clock, c); cause != nil {
		return cause
	}
	return otherwise
}
