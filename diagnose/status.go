package diagnose

import (
	"fmt"
	"strconv"
	"strings"
)

// statusTable makes the entries for status codes alone and for what they mean with a method.
func statusTable() []Diagnosis {
	var all []Diagnosis
	for _, s := range statuses {
		if s.because == "" {
			continue
		}
		d := Diagnosis{
			ID:       "sip_" + strconv.Itoa(s.code),
			Source:   SIP,
			RestsOn:  fmt.Sprintf("status %d (%s)", s.code, s.name),
			Sentence: "{event} with {status}: " + s.because,
			Action:   s.action,
		}
		all = append(all, d)
		for _, m := range methodStatuses {
			if m.code == s.code {
				d.ID = statusID(s.code, m.method)
				d.RestsOn = fmt.Sprintf("status %d (%s) to %s", s.code, s.name, m.method)
				d.Sentence, d.Action = "{event} with {status}: "+m.because, m.action
				all = append(all, d)
			}
		}
	}
	return append(all,
		Diagnosis{"sip_3xx", SIP, "any other status from 300 to 399", "{event} with {status}: it is to be tried elsewhere", ""},
		Diagnosis{"sip_4xx", SIP, "any other status from 400 to 499", "{event} with {status}: the request cannot be served in this form", "look at the log of {origin}"},
		Diagnosis{"sip_5xx", SIP, "any other status from 500 to 599", "{event} with {status}: the server failed", "look at the log of {origin}"},
		Diagnosis{"sip_6xx", SIP, "any other status from 600 to 699", "{event} with {status}: it will fail everywhere", "look at the log of {origin}"},
	)
}

func statusID(code int, method string) string {
	return "sip_" + strconv.Itoa(code) + "_" + strings.ToLower(method)
}

// status is the last resort: what the code means for the method, or by itself.
func (v *view) status() *finding {
	code := v.c.Status
	if code < 300 || code > 699 {
		return nil
	}
	f := &finding{code: strconv.Itoa(code), text: v.phrase()}
	f.id = statusID(code, v.c.Method)
	if !known(f.id) {
		f.id = "sip_" + f.code
	}
	if !known(f.id) {
		f.id = fmt.Sprintf("sip_%dxx", code/100)
	}
	return f
}

// statusName returns the registered reason phrase, "" when there is none.
func statusName(code int) string {
	for i := range statuses {
		if statuses[i].code == code {
			return statuses[i].name
		}
	}
	return ""
}
