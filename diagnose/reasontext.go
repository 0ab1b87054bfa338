package diagnose

import (
	"strconv"
	"strings"

	"sipspan/decode/sip"
)

// saying is what a text of a Reason means, whatever protocol and number it has: FreeSWITCH sends numbers of its own under
// "SIP", "Q.850" or its own name, sofia-sip and Kamailio send 408 for timers of their own.
type saying struct {
	id              string
	closing         bool     // only in a BYE or CANCEL
	words           []string // any of them, in lower case with blanks between the words
	because, action string
}

// sayings are asked in turn.
var sayings = [...]saying{
	{"session_timer", true, []string{"session timeout", "session timed out", "session timer", "session expire", "session time out", "sst timeout"},
		"nobody refreshed the session{interval}", "find the side that should refresh and why its re-INVITE or UPDATE did not come through"},
	{"media_timeout", true, []string{"media timeout", "media time out", "rtp timeout", "rtp time out", "no rtp received", "no media received", "media inactivity"},
		"no media arrived for some time", "look for what stops RTP: addresses in the SDP, NAT, firewalls, or a device that sends nothing on hold"},
	{"prack_timeout", true, []string{"prack timeout", "prack time out"},
		"a reliable provisional response was not acknowledged by PRACK", "check 100rel of the caller, and the way of the PRACK"},
	{"ack_timeout", true, []string{"ack timeout", "ack time out"},
		"the answer was not acknowledged", "check that the caller can reach Contact and Record-Route of the answer"},
	{"progress_timeout", false, []string{"progress timeout"},
		"the other side did not ring in time", "check what is behind the next hop, and the time that is allowed for progress"},
	{"allotted_timeout", true, []string{"allotted timeout"},
		"the time that was set for the call was over", ""},
	{"originator_cancel", false, []string{"originator cancel"},
		"the caller gave up", ""},
	{"elsewhere", true, []string{"lose race", "picked off", "completed elsewhere", "answered elsewhere"},
		"the call was answered elsewhere", ""},
	{"not_registered", false, []string{"user not registered"},
		"the one who was called is not registered there", "check the registration of the device that was called"},
	{"gateway_down", false, []string{"gateway down"},
		"its gateway is down", "check the gateway"},
	{"transferred", true, []string{"blind transfer", "attended transfer"},
		"it was transferred", ""},
	{"srtp", false, []string{"srtp read error"},
		"the encrypted media could not be read", "compare the SRTP keys and suites of both sides"},
	{"shutdown", true, []string{"system shutdown"},
		"the system was shut down", ""},
}

// sayingTable makes the entries of sayings.
func sayingTable() (all []Diagnosis) {
	for _, s := range sayings {
		all = append(all, Diagnosis{
			ID: "reason_" + s.id, Source: Reason, RestsOn: s.restsOn(),
			Sentence: "{event} because " + s.because + ", as the Reason tells ({protocol}{number}, {text})", Action: s.action,
		})
	}
	return all
}

func (s *saying) restsOn() string {
	what := "Reason with the text “" + strings.Join(s.words, "”, “") + "”"
	if s.closing {
		what += ", in a BYE or CANCEL"
	}
	return what
}

// said returns the entry of a text of a Reason, nil when it is not known.
func said(text string, closing bool) *saying {
	plain := strings.ToLower(separators.Replace(text))
	for i := range sayings {
		if sayings[i].closing && !closing {
			continue
		}
		for _, w := range sayings[i].words {
			if strings.Contains(plain, w) {
				return &sayings[i]
			}
		}
	}
	return nil
}

var separators = strings.NewReplacer("_", " ", "-", " ")

// saidFinding takes a text that is known, nil when it is not.
func (v *view) saidFinding(m *sip.Message, r reasonValue) *finding {
	if r.protocol == "" || r.text == "" || r.protocol == "preemption" || r.protocol == "sip" && r.cause == 200 {
		return nil
	}
	s := said(r.text, m.Request)
	if s == nil || v.c.Status == 487 && s.id == "originator_cancel" {
		return nil
	}
	f := &finding{id: "reason_" + s.id, said: m, code: strconv.Itoa(r.cause), text: r.text}
	f.ofReason(r)
	f.values["interval"] = ""
	if v.c.Interval > 0 {
		f.values["interval"] = " within " + seconds(v.c.Interval)
	}
	return f
}

// ofReason notes protocol and number of a Reason for the sentence. The number may be missing.
func (f *finding) ofReason(r reasonValue) {
	f.values = map[string]string{"protocol": strings.ToUpper(r.protocol), "number": " " + f.code}
	if r.cause < 0 {
		f.code, f.values["number"] = "", ""
	}
}

// ownWords returns the text of a Reason, "" when it only repeats the reason phrase or the registered names of its number,
// which say nothing new.
func (v *view) ownWords(r reasonValue) string {
	for _, known := range []string{v.phrase(), statusName(v.c.Status), statusName(r.cause), q850Name(r.cause)} {
		if letters(known) == letters(r.text) {
			return ""
		}
	}
	return r.text
}

// letters are the letters and digits of a text in lower case.
func letters(text string) string {
	return strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			return c
		}
		return -1
	}, strings.ToLower(text))
}
