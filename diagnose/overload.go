package diagnose

import (
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
)

// amplified is how many further requests after a refusal for overload are more than a sender should send.
const amplified = 3

var overloadTable = []Diagnosis{
	{"overload_amplified", SIP, "a 503 followed by at least three further requests within the time to wait",
		"{event} with {status} and its sender tried again {requests} times within {within}{how}, which makes the overload worse",
		"let the sender wait for Retry-After or choose another server; check the load of {origin}"},
	{"overload_ignored", SIP, "503 with Retry-After, and a further request before that time",
		"{event} with {status} and its sender tried again after {next}{how} although it was told to wait {wait}",
		"check that the sender honours Retry-After; check the load of {origin}"},
	{"overload_honoured", SIP, "503 with Retry-After, and no further request before that time",
		"{event} with {status} because the element is overloaded or in maintenance, and asks to wait {wait}",
		"check the load of {origin}"},
	{"retry_after_ignored", SIP, "Retry-After with any other status from 400 on, and a further request before that time",
		"{event} with {status}{meaning}; its sender tried again after {next}{how} although it was told to wait {wait}",
		"check that the sender honours Retry-After"},
	{"retry_after", SIP, "Retry-After with any other status from 400 on",
		"{event} with {status}{meaning}; it may be tried again after {wait}", "let the sender wait that long"},
	{"change_pending", SIP, "500 with Retry-After of at most 10 s to a re-INVITE or UPDATE (RFC 3261 section 14.2, RFC 3311 section 5.2)",
		"{event} with {status}: the other side does not take a change of the session yet, as when another one is in hand, and asks to wait {wait}",
		"look for a change that is open for long, if this happens often"},
}

// overload reads Retry-After, and what the sender made of it. Only 503 speaks of overload (RFC 3261 section 21.5.4).
func (v *view) overload() *finding {
	status := v.c.Status
	if status < 400 {
		return nil
	}
	wait, told := v.retryAfter()
	retry := v.c.Retry
	busy := status == 503
	if !told && (!busy || retry.Requests < amplified) {
		return nil
	}
	f := &finding{code: strconv.Itoa(status), text: v.phrase(), values: map[string]string{
		"wait": seconds(wait), "next": seconds(retry.Next), "requests": strconv.Itoa(retry.Requests), "within": seconds(retry.Within), "how": "",
	}}
	switch {
	case retry.OtherCallIDs && retry.Requests > 1:
		f.values["how"] = " under new Call-IDs"
	case retry.OtherCallIDs:
		f.values["how"] = " under a new Call-ID"
	}
	early := told && retry.Next > 0 && retry.Next < wait
	switch {
	case busy && retry.Requests >= amplified:
		f.id = "overload_amplified"
	case busy && early:
		f.id = "overload_ignored"
	case busy:
		f.id = "overload_honoured"
	case status == 500 && wait <= maxGlare && v.inside() && (v.c.Method == "INVITE" || v.c.Method == "UPDATE"):
		f.id = "change_pending"
	case early:
		f.id = "retry_after_ignored"
	default:
		f.id = "retry_after"
	}
	f.values["meaning"] = v.meaning()
	if told && v.response != nil {
		f.evidence = append(f.evidence, v.quote(v.response, sip.HeaderRetryAfter))
	}
	if retry.Next > 0 {
		f.evidence = append(f.evidence, record.Evidence{Time: v.c.Start, What: "tried again" + f.values["how"] + " after " + seconds(retry.Next)})
	}
	return f
}

// maxGlare bounds the Retry-After of a 500 to a change of a session that came too soon after another.
const maxGlare = 10 * time.Second

// retryAfter reads seconds, with a comment or parameters behind them.
func (v *view) retryAfter() (time.Duration, bool) {
	if v.response == nil {
		return v.c.Retry.Wait, v.c.Retry.Wait > 0
	}
	h := v.response.Header(sip.HeaderRetryAfter)
	n := 0
	for n < len(h) && h[n]-'0' <= 9 {
		n++
	}
	if n == 0 {
		return 0, false
	}
	s, err := strconv.ParseUint(string(h[:n]), 10, 31)
	return time.Duration(s) * time.Second, err == nil && s > 0
}
