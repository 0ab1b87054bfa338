package diagnose

import (
	"fmt"
	"strconv"
	"strings"

	"sipspan/decode/sip"
	"sipspan/session/evidence"
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
	all = append(all, sayingTable()...)
	return append(all,
		Diagnosis{"reason_answered_elsewhere", Reason, "Reason: SIP;cause=200 in a CANCEL (RFC 3326)",
			"{method} was cancelled because the call was answered elsewhere", ""},
		Diagnosis{"reason_sip", Reason, "Reason: SIP with another cause (RFC 3326), in a response that does not itself have that status",
			"{event} because further on it was {code} {text}", "look at the element behind {origin}"},
		Diagnosis{"reason_same", Reason, "Reason: SIP in a response that has that status itself, with a text that is not the reason phrase",
			"{event} with {status}, and with the reason “{text}”", "look at the log of {origin}"},
		Diagnosis{"reason_sender", Reason, "any other Reason in a BYE or CANCEL: it says why its sender sent it; SIP without the causes 200 and 487, another protocol with a text",
			"{event} with the reason “{text}” ({protocol}{number}), which the sender of the {sent} gives", "look at the log of that sender"},
		Diagnosis{"reason_text", Reason, "Reason of any other protocol with a text, in a response; Q.850 causes that say nothing, with a text of their own",
			"{event} with the reason “{text}” ({protocol}{number})", "look at the log of {origin}"},
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

// saidReason is a value of a Reason field with where it stands.
type saidReason struct {
	reasonValue
	message *sip.Message
	field   int
}

// readReasons reads the Reason fields of the messages that may say why. Several rules ask for them.
func (v *view) readReasons() {
	v.reasonsRead = true
	for _, m := range v.speakers {
		for i := m.First(sip.HeaderReason); i >= 0; i = m.Next(i) {
			for list := m.Value(i); len(list) > 0; {
				said := saidReason{message: m, field: i}
				said.reasonValue, list = parseReason(list)
				v.said = append(v.said, said)
			}
		}
	}
}

// reasons calls f for each value of the Reason fields of the messages that may say why, until it returns a finding. The
// field is its evidence.
func (v *view) reasons(f func(*sip.Message, reasonValue) *finding) *finding {
	if !v.reasonsRead {
		v.readReasons()
	}
	for i := range v.said {
		said := &v.said[i]
		if found := f(said.message, said.reasonValue); found != nil {
			found.evidence = append(found.evidence, v.field(said.message.Name(said.field), said.message.Value(said.field)))
			return found
		}
	}
	return nil
}

// reasonField reads Reason. A text that is known comes first: it says more than its number. Q.850 comes before SIP: it is
// what the network behind a gateway said.
func (v *view) reasonField() *finding {
	if f := v.reasons(v.saidFinding); f != nil {
		return f
	}
	q850 := v.reasons(func(m *sip.Message, r reasonValue) *finding {
		if r.protocol != "q.850" {
			return nil
		}
		if f := v.reasonFinding(m, r); f != nil && table[index[f.id]].Source == Q850 {
			return f
		}
		return nil
	})
	if q850 != nil {
		return q850
	}
	return v.reasons(v.reasonFinding)
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
		return v.sipFinding(f, m, r)
	case r.protocol != "" && r.protocol != "sip" && r.text != "":
		f.textFinding(m, r)
	default:
		return nil
	}
	return f
}

// textFinding takes a text that no table knows.
func (f *finding) textFinding(m *sip.Message, r reasonValue) {
	f.id = "reason_text"
	if m.Request {
		f.id = "reason_sender"
	}
	f.ofReason(r)
	f.values["sent"] = m.Method.String()
}

// quietReason reads the text that an element adds to a cause of Q.850 that says nothing, such as 16. It comes after what the
// messages show.
func (v *view) quietReason() *finding {
	return v.reasons(func(m *sip.Message, r reasonValue) *finding {
		if m.Request || r.protocol != "q.850" || !quiet(r.cause) || isName(r.text) || v.ownWords(r) == "" {
			return nil
		}
		f := &finding{said: m, code: strconv.Itoa(r.cause), text: r.text}
		f.textFinding(m, r)
		return f
	})
}

// isName reports whether a text is a name such as NORMAL_CLEARING, which says no more than its number.
func isName(text string) bool { return strings.ToUpper(text) == text && !strings.Contains(text, " ") }

// quiet reports whether a cause of Q.850 is one that calls end with as they should.
func quiet(cause int) bool { return q850Name(cause) != "" && !known("q850_"+strconv.Itoa(cause)) }

// sipFinding takes a Reason with a status code. In a response it is what the element got itself from further on; in a BYE
// or CANCEL it is why that was sent.
func (v *view) sipFinding(f *finding, m *sip.Message, r reasonValue) *finding {
	switch {
	case !m.Request && r.cause == v.c.Status:
		if f.text = v.ownWords(r); f.text == "" {
			return nil
		}
		f.id = "reason_same"
		return f
	case r.cause == 487: // many elements repeat that a CANCEL makes a 487
		return nil
	case m.Request:
		f.textFinding(m, r)
	default:
		f.id = "reason_sip"
	}
	f.text = orElse(f.text, statusName(r.cause))
	return f
}

func (v *view) q850Finding(f *finding, r reasonValue) *finding {
	switch {
	case r.cause <= 0 || r.cause > 127:
		return nil
	case r.cause == 102 && v.c.Wait == evidence.NoRefresh:
		return nil // the timer is that of the session
	case known("q850_" + f.code):
		f.id = "q850_" + f.code
		f.text = q850Name(r.cause)
	case quiet(r.cause):
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
