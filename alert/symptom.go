package alert

import (
	"fmt"
	"strings"

	"sipspan/alert/incident"
	"sipspan/record"
)

// class says what kind of symptom a rule that holds is.
func (w *watch) class() incident.Class {
	switch w.Type {
	case StatusRatio, StatusCount, NoResponse, LinkDown:
		return incident.Failing
	case TrafficSilence:
		return incident.Silent
	case AuthFailures, Scanner:
		return incident.Source
	case CaptureDrops, Flood:
		return incident.Sensor
	}
	return incident.Changed
}

// lookAt says what to look at first.
func (w *watch) lookAt(a *record.Alert, origin string) string {
	about := origin
	if about == "" {
		about = label(a, "peer")
	}
	switch w.Type {
	case StatusRatio, StatusCount:
		if about == "" {
			return "the own proxy, its database and its DNS, for several elements generate these failures: top_peers names them"
		}
		return fmt.Sprintf("the log and the load of %s; take it out of the route while it fails", about)
	case NoResponse:
		if about == "" {
			return "who does not respond (top_peers), and whether the capture still sees both directions"
		}
		return fmt.Sprintf("whether %s is up and reachable, and no firewall drops SIP to it; take it out of the route", about)
	case LinkDown:
		return fmt.Sprintf("the process and the host of %s, and the firewalls on the way", orElse(about, "the elements in top_peers"))
	case TrafficSilence:
		return fmt.Sprintf("the interface and the SPAN port of the sensor first, then %s", orElse(strings.TrimSpace("the link to "+about), "the link"))
	case AnswerRatio:
		return "how calls end (top_causes), the media of answered ones, and the agents of queues"
	case SetupDelay:
		return "the hops of slow calls: a database, DNS, or a first route that does not respond"
	case RegistrationStorm:
		return "the load of the registrar, and what was restarted"
	case RegistrationsLost:
		return "the site whose phones are gone: its power and its network; then the registrar"
	case AuthFailures, Scanner:
		return fmt.Sprintf("whether any request of %s was accepted; bar the address", label(a, "source"))
	case Flood:
		return "who sends it (the addresses of the latest calls), the limits of the edge, and what its servers do under it"
	case CaptureDrops:
		return "capture.buffer_size, the workers and the filter of the sensor"
	}
	return ""
}

func orElse(text, otherwise string) string {
	if text == "" || text == "the link to" {
		return otherwise
	}
	return text
}

// command returns the arguments of a command line that lists what an alert is about, without when and where it is to be found; "" when no
// command does.
func (w *watch) command(a *record.Alert, f *found) string {
	kind := "failures"
	var words []string
	for _, addr := range f.addresses[a.Origin] {
		words = append(words, "--peer", addr.String())
	}
	if len(words) > 0 && len(w.Methods) == 1 && w.takesMethod("INVITE") {
		kind = "calls" // which hold every hop, where failures hold the first one
	}
	switch w.Type {
	case StatusRatio, StatusCount:
		if len(words) == 0 && len(w.Methods) == 1 {
			words = append(words, "--method", w.Methods[0])
		}
		if w.source != "" {
			words = append(words, "--cause", orElse(w.code, w.source))
		} else if len(w.Codes) <= maxTop {
			for _, c := range w.Codes {
				if !strings.Contains(c, "-") {
					words = append(words, "--status", c)
				}
			}
		}
	case NoResponse:
		switch {
		case kind == "calls": // whoever waits says 408, 480 or 5xx in the end
			words = append(words, "--disposition", "timeout", "--disposition", "no_answer", "--disposition", "failed")
		case len(words) == 0:
			words = []string{"--cause", "timeout"}
		}
	case LinkDown:
	case AnswerRatio, TrafficSilence, Flood:
		return strings.Join(append([]string{"calls"}, words...), " ")
	case SetupDelay:
		return "calls --sort -srd"
	case RegistrationStorm, RegistrationsLost:
		return "registrations"
	case AuthFailures, Scanner:
		words = []string{"--peer", label(a, "source")}
	default:
		return ""
	}
	return strings.Join(append([]string{kind}, words...), " ")
}

// symptom returns what an alert of a rule is to its fault.
func (w *watch) symptom(a *record.Alert, peer string, expected float64, f *found) incident.Symptom {
	s := incident.Symptom{Alert: a, Class: w.class(), Peer: peer, Expected: expected}
	if s.Class == incident.Failing {
		s.Traced = incident.Traced{Origins: f.origins.all(), Passed: f.passed}
	}
	return s
}

// meanings say what a status says of who generated it.
var meanings = map[string]string{
	"403": "the request is forbidden there",
	"404": "the number or user is not known there",
	"408": "who was asked in turn did not respond in time",
	"480": "the user is not reachable there",
	"488": "the offer has nothing that can be used there",
	"500": "a fault of its own",
	"502": "who was asked in turn gave no proper response",
	"503": "overload, maintenance, or no free trunk or circuit",
	"504": "who was asked in turn did not respond in time",
}

// likely returns the likely cause in a sentence: the most frequent diagnosis, or what the responses show while there is none yet.
func (w *watch) likely(f *found, origin string) string {
	switch w.class() {
	case incident.Failing:
	case incident.Changed:
		return ""
	default:
		return ""
	}
	if f.cause != nil {
		return f.cause.explanation
	}
	top := f.causes.top()
	if len(top) == 0 {
		return ""
	}
	who := orElse(origin, "Several elements")
	verb := func(one, many string) string {
		if origin == "" {
			return many
		}
		return one
	}
	name := top[0].Name
	switch {
	case name == "timeout":
		return who + verb(" does", " do") + " not respond."
	case strings.HasPrefix(name, "sip "):
		status := strings.TrimPrefix(name, "sip ")
		text := who + verb(" responds", " respond") + " with " + status
		if f.passedOn != 0 {
			text += fmt.Sprintf(", which is passed on as %d", f.passedOn)
		}
		if meaning := meanings[status]; meaning != "" {
			text += ": " + meaning
		}
		return text + "."
	}
	return who + ": " + name + "."
}
