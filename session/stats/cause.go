package stats

import (
	"strconv"
	"strings"

	"sipspan/decode/msdiag"
	"sipspan/record"
)

// CauseNone and CauseOther are the cause labels of what has no cause, and of all that is in no table.
const (
	CauseNone  = "none"
	CauseOther = "other"
)

// CauseLabel names a cause as a metric label: source and code, such as "q850:17". Codes come from the wire; those that no
// table knows are "other", such as "warning:other", so that the set of labels is closed.
func CauseLabel(c *record.Cause) string {
	if c == nil || c.Source == "" {
		return CauseNone
	}
	code := CauseOther
	if codeKnown(c.Source, c.Code) {
		code = c.Code
		if c.Source == sourceMS {
			code = diagnosticNumber(code)
		}
	}
	return c.Source + ":" + code
}

const sourceMS = "ms-diagnostics"

// diagnosticNumber returns the error number of ms-diagnostics: of a client, a number of its own follows.
func diagnosticNumber(code string) string {
	number, _, _ := strings.Cut(code, ".")
	return number
}

func codeKnown(source, code string) bool {
	low, high := 0, -1
	switch source {
	case "sip":
		low, high = 100, 699
	case "q850":
		low, high = 0, 127
	case "warning":
		low, high = 300, 399 // RFC 3261 section 20.43
	case "reason":
		low, high = 0, 699 // a status code, a cause of Q.850 or of RFC 4411
	case sourceMS:
		id, err := strconv.ParseUint(diagnosticNumber(code), 10, 32)
		if err != nil {
			return false
		}
		_, known := msdiag.Lookup(uint32(id))
		return known
	case "timeout", "icmp", "tcp", "tls", "websocket", "sctp":
		return ourWord(code)
	}
	n, err := strconv.Atoi(code)
	return err == nil && low <= n && n <= high && strconv.Itoa(n) == code
}

// ourWord reports whether a code is one of the words that the explanation of failures uses, and nothing from the wire.
func ourWord(code string) bool {
	for i := range len(code) {
		if c := code[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9' || i == 0) && c != '_' {
			return false
		}
	}
	return 0 < len(code) && len(code) <= 40
}

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
