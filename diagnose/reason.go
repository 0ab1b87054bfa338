package diagnose

import (
	"fmt"
	"strconv"
	"strings"

	"sipspan/decode/sip"
)

// preemptions are the causes of RFC 4411 section 5.
var preemptions = [...]struct{ name, because string }{
	1: {"UA Preemption", "the device gave way to a call of higher priority"},
	2: {"Reserved Resources Preempted", "its reserved resources were given to a call of higher priority"},
	3: {"Generic Preemption", "it gave way to a call of higher priority"},
	4: {"Non-IP Preemption", "a network that is not IP gave its circuit to a call of higher priority"},
	5: {"Network Preemption", "the network gave its resources to a call of higher priority"},
}

func reasonTable() []Diagnosis {
	var all []Diagnosis
	for n := 1; n < len(preemptions); n++ {
		all = append(all, Diagnosis{
			ID:       "reason_preemption_" + strconv.Itoa(n),
			Source:   Reason,
			RestsOn:  fmt.Sprintf("Reason: preemption;cause=%d (RFC 4411)", n),
			Sentence: "{event} because " + preemptions[n].because,
			Action:   "check the priorities and the bandwidth that is set aside, if this happens to calls that matter",
		})
	}
	return append(all,
		Diagnosis{"reason_answered_elsewhere", Reason, "Reason: SIP;cause=200 in a CANCEL (RFC 3326)",
			"{method} was cancelled because the call was answered elsewhere", ""},
		Diagnosis{"reason_sip", Reason, "Reason: SIP with another cause (RFC 3326), in a response that does not itself have that status",
			"{event} because further on it was {code} {text}", "look at the element behind {origin}"},
		Diagnosis{"reason_text", Reason, "Reason of any other protocol with a text",
			"{event} with the reason “{text}” ({protocol} {code})", "look at the log of {origin}"},
	)
}

// reasonValue is one value of a Reason field (RFC 3326).
type reasonValue struct {
	protocol string // lower case
	cause    int    // -1 when it is missing
	text     string
}

// parseReason cuts the first value from a list.
func parseReason(list []byte) (r reasonValue, rest []byte) {
	value, rest := sip.NextValue(list)
	protocol, params := value, []byte(nil)
	for i, c := range value {
		if c == ';' {
			protocol, params = value[:i], value[i:]
			break
		}
	}
	r.protocol = strings.ToLower(clean(protocol))
	r.cause = -1
	if v, ok := sip.Param(params, "cause"); ok {
		if n, err := strconv.ParseUint(strings.Trim(clean(v), `"`), 10, 16); err == nil {
			r.cause = int(n)
		}
	}
	text, _ := sip.Param(params, "text")
	r.text = strings.ReplaceAll(clean(text), `\"`, `"`)
	return r, rest
}

// reasonField reads Reason. Q.850 comes before SIP: it is what the network behind a gateway said.
func (v *view) reasonField() *finding {
	var second *finding
	for _, m := range v.speakers {
		for i := m.First(sip.HeaderReason); i >= 0; i = m.Next(i) {
			for list := m.Value(i); len(list) > 0; {
				var r reasonValue
				r, list = parseReason(list)
				f := v.reasonFinding(m, r)
				if f == nil {
					continue
				}
				f.evidence = append(f.evidence, v.field(m.Name(i), m.Value(i)))
				if table[index[f.id]].Source == Q850 {
					return f
				}
				if second == nil {
					second = f
				}
			}
		}
	}
	return second
}

func (v *view) reasonFinding(m *sip.Message, r reasonValue) *finding {
	f := &finding{said: m, code: strconv.Itoa(r.cause), text: r.text}
	switch {
	case r.protocol == "q.850":
		return v.q850Finding(f, r)
	case r.protocol == "preemption" && 1 <= r.cause && r.cause < len(preemptions):
		f.id = "reason_preemption_" + f.code
		f.text = orElse(f.text, preemptions[r.cause].name)
	case r.protocol == "sip" && r.cause == 200:
		if m.Method != sip.CANCEL {
			return nil
		}
		f.id = "reason_answered_elsewhere"
		f.text = orElse(f.text, "Call completed elsewhere")
	case r.protocol == "sip" && 300 <= r.cause && r.cause <= 699:
		// Many elements repeat their own status, or that a CANCEL makes a 487; that says nothing new.
		if r.cause == v.c.Status || r.cause == 487 {
			return nil
		}
		f.id = "reason_sip"
		f.text = orElse(f.text, statusName(r.cause))
	case r.protocol != "" && r.protocol != "sip" && r.text != "":
		f.id = "reason_text"
		f.values = map[string]string{"protocol": strings.ToUpper(r.protocol)}
		if r.cause < 0 {
			f.code = ""
		}
	default:
		return nil
	}
	return f
}

func (v *view) q850Finding(f *finding, r reasonValue) *finding {
	switch {
	case r.cause <= 0 || r.cause > 127:
		return nil
	case known("q850_" + f.code):
		f.id = "q850_" + f.code
		f.text = q850Name(r.cause)
	case q850Name(r.cause) != "":
		return nil // calls end that way
	default:
		f.id = "q850_other"
		f.values = map[string]string{"more": ""}
		if f.text != "" {
			f.values["more"] = ", " + f.text
		}
	}
	return f
}
