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
	{"overload_amplified", SIP, "a 503, or a Retry-After, followed by at least three further requests within the time to wait",
		"{event} with {status} and its sender tried again {requests} times within {within}{how}, which makes the overload worse",
		"let the sender wait for Retry-After or choose another server; check the load of {origin}"},
	{"overload_ignored", SIP, "Retry-After, and a further request before that time",
		"{event} with {status} and its sender tried again after {next}{how} although it was told to wait {wait}",
		"check that the sender honours Retry-After; check the load of {origin}"},
	{"overload_honoured", SIP, "Retry-After, and no further request before that time, with status 500 or 503",
		"{event} with {status} because the server is overloaded or in maintenance, and asks to wait {wait}",
		"check the load of {origin}"},
	{"retry_after", SIP, "Retry-After with any other status from 400 on",
		"{event} with {status}{meaning}; it may be tried again after {wait}", "let the sender wait that long"},
}

// overload reads Retry-After, and what the sender made of it.
func (v *view) overload() *finding {
	status := v.c.Status
	if status < 400 {
		return nil
	}
	wait, told := v.retryAfter()
	retry := v.c.Retry
	if !told && (status != 503 || retry.Requests < amplified) {
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
	server := status == 503 || status == 500
	switch {
	case (told || status == 503) && retry.Requests >= amplified:
		f.id = "overload_amplified"
	case told && retry.Next > 0 && retry.Next < wait:
		f.id = "overload_ignored"
	case told && server:
		f.id = "overload_honoured"
	case told:
		f.id = "retry_after"
		f.values["meaning"] = v.meaning()
	default:
		return nil
	}
	if told && v.response != nil {
		f.evidence = append(f.evidence, v.quote(v.response, sip.HeaderRetryAfter))
	}
	if retry.Next > 0 {
		f.evidence = append(f.evidence, record.Evidence{Time: v.c.Start, What: "tried again" + f.values["how"] + " after " + seconds(retry.Next)})
	}
	return f
}

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
	s, err := strconv.ParseUint(string(h[:n]), 10, 31)
	return time.Duration(s) * time.Second, err == nil && s > 0
}
