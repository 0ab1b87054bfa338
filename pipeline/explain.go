package pipeline

import (
	"sipspan/diagnose"
	"sipspan/record"
	"sipspan/session/evidence"
)

// explainer hands the cases of session to the rules of diagnose: the two do not import each other.
type explainer struct{}

var _ evidence.Explainer = explainer{}

// Explain implements evidence.Explainer.
func (explainer) Explain(c *evidence.Case) *record.Cause { return diagnose.Explain(c) }
