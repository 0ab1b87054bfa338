package session

import "sipspan/record"

// maxDiagnostics bounds the error numbers of ms-diagnostics that are counted one by one: they come from the wire.
const maxDiagnostics = 256

// hasFailure reports whether a call has a failure record beside its own, which counts its cause.
func hasFailure(r *record.Call) bool {
	switch r.Disposition {
	case record.InProgress, record.Answered, record.Cancelled, record.Redirected, record.Challenged:
		return false
	}
	return true
}

// countDiagnosis counts a cause that rests on ms-diagnostics by its error number.
func (c *Counters) countDiagnosis(cause *record.Cause) {
	if cause == nil || cause.Source != sourceMS {
		return
	}
	code := diagnosticNumber(cause.Code)
	if _, known := c.MSDiagnostics[code]; !known && len(c.MSDiagnostics) >= maxDiagnostics {
		code = "other"
	}
	if c.MSDiagnostics == nil {
		c.MSDiagnostics = make(map[string]uint64)
	}
	c.MSDiagnostics[code]++
}
