package shard

import (
	"sipspan/record"
	"sipspan/session/evidence"
)

// Explain asks the explainer, if there is one. Without one, or without an answer, the cause is otherwise.
func (s *Shard) Explain(c *evidence.Case, otherwise *record.Cause) *record.Cause {
	if cause := evidence.Explain(s.Explainer, s.Clock, c); cause != nil {
		return cause
	}
	return otherwise
}
