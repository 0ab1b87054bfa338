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
	return &finding{id: v.statusID(), code: strconv.Itoa(code), text: v.phrase()}
}

// statusID returns the diagnosis of the status with the method, of the status, or of its class.
func (v *view) statusID() string {
	id := statusID(v.c.Status, v.c.Method)
	if !known(id) {
		id = "sip_" + strconv.Itoa(v.c.Status)
	}
	if !known(id) {
		id = fmt.Sprintf("sip_%dxx", v.c.Status/100)
	}
	return id
}

// meaning is what the status says for the method, with the colon in front of it.
func (v *view) meaning() string {
	return strings.TrimPrefix(table[index[v.statusID()]].Sentence, "{event} with {status}")
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
