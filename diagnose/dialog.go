package diagnose

import "strconv"

var dialogTable = []Diagnosis{
	{"crossed_end", SIP, "status 481 to a request that was under way when the other side ended the dialog (RFC 5407)",
		"{event} with {status} because it crossed the BYE or the final response of the other side; nothing is wrong", ""},
	{"after_end", SIP, "status 481 to a request that was sent after a BYE had ended the dialog and had been answered",
		"{event} with {status} because the call had ended by a BYE before it was sent", "check why the sender goes on with a call that has ended"},
	{"change_met", SIP, "status 491, or 500 with Retry-After, to a change of the session that was tried again, or that may be when the capture ends",
		"{event} with {status} because another change of the session was in hand; nothing is wrong", ""},
	{"cseq_low", SIP, "status 500 to a request inside a dialog with a lower CSeq number than its sender had used there, or with a phrase that names the order (RFC 3261 section 12.2.2)",
		"{event} with {status} because it is out of order: its CSeq number is lower than that of a request before it",
		"let the sender count its CSeq up within the dialog; if it does, look for requests that overtake each other on the way"},
}

// dialog explains what only the state of the dialog explains.
func (v *view) dialog() *finding {
	f := &finding{code: strconv.Itoa(v.c.Status), text: v.phrase()}
	switch {
	case v.c.Crossed && v.c.Status == 481:
		f.id = "crossed_end"
	case v.c.Outlived && v.c.Status == 481:
		f.id = "after_end"
	case v.c.Glare:
		f.id = "change_met"
	case v.c.Status == 500 && v.inside() && (v.c.LowCSeq || v.phraseHas("out of order", "cseq")):
		f.id = "cseq_low"
	default:
		return nil
	}
	return f
}
