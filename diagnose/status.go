package diagnose

import (
	"fmt"
	"slices"
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
		for _, m := range kindStatuses {
			if m.code == s.code {
				d.ID = statusID(s.code, m.kind)
				d.RestsOn = fmt.Sprintf("status %d (%s) to %s", s.code, s.name, kindName(m.kind))
				d.Sentence, d.Action = "{event} with {status}: "+m.because, m.action
				all = append(all, d)
			}
		}
	}
	return append(all,
		Diagnosis{"sip_3xx", SIP, "any other status from 300 to 399", "{event} with {status}: it is to be tried elsewhere", ""},
		Diagnosis{"sip_4xx", SIP, "any other status from 400 to 499", "{event} with {status}: the request cannot be served in this form", "look at the log of {origin}"},
		Diagnosis{"sip_5xx", SIP, "any other status from 500 to 599", "{event} with {status}: the element failed", "look at the log of {origin}"},
		Diagnosis{"sip_6xx", SIP, "any other status from 600 to 699", "{event} with {status}: it will fail everywhere", "look at the log of {origin}"},
	)
}

// kindStatuses are all meanings of status codes for a kind of request.
var kindStatuses = slices.Concat(methodStatuses, dialogStatuses)

// kindName writes a kind of request for people.
func kindName(kind string) string {
	switch method, event, ok := strings.Cut(kind, " "); {
	case kind == anyInside:
		return "a request inside a dialog"
	case ok:
		return method + " for " + event
	}
	return kind
}

var kindID = strings.NewReplacer(" ", "_", "-", "")

func statusID(code int, kind string) string {
	return "sip_" + strconv.Itoa(code) + "_" + kindID.Replace(strings.ToLower(kind))
}

// status is the last resort: what the code means for the method, or by itself.
func (v *view) status() *finding {
	code := v.c.Status
	if code < 300 || code > 699 {
		return nil
	}
	return &finding{id: v.statusID(), code: strconv.Itoa(code), text: v.phrase()}
}

// statusID returns the diagnosis of the status with the kind of request, of the status, or of its class.
func (v *view) statusID() string {
	for _, kind := range v.kinds() {
		if id := statusID(v.c.Status, kind); known(id) {
			return id
		}
	}
	id := "sip_" + strconv.Itoa(v.c.Status)
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
