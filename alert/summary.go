package alert

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"sipspan/record"
)

// summary says in one sentence what an alert is about.
func (w *watch) summary(a *record.Alert, v *verdict) string {
	text := w.sentence(a, v)
	if a.State == "resolved" {
		return "Over after " + time.Duration(a.End-a.Start).Round(time.Second).String() + ": " + text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func (w *watch) sentence(a *record.Alert, v *verdict) string {
	where := w.where(a)
	lately := "in the last " + span(time.Duration(v.span)*w.slice)
	if a.State == "resolved" {
		lately = "in that time"
	}
	switch w.Type {
	case StatusRatio:
		return fmt.Sprintf("%s of %s%s failed with %s %s (%d of %d%s)%s",
			percent(v.value), w.requests(), where, w.what(), lately, v.events, v.of, usually(v.baseline, percent), mostly(a))
	case StatusCount:
		return fmt.Sprintf("%d %s%s failed with %s %s%s%s", v.events, w.requests(), where, w.what(), lately, aside(usually(v.baseline, number)), mostly(a))
	case NoResponse:
		return fmt.Sprintf("%s of %s%s had no response %s (%d of %d%s)",
			percent(v.value), w.requests(), where, lately, v.events, v.of, usually(v.baseline, percent))
	case AnswerRatio:
		return fmt.Sprintf("%s of calls%s were answered %s (%d of %d%s)%s",
			percent(v.value), where, lately, v.events, v.of, usually(v.baseline, percent), mostly(a))
	case RegistrationStorm:
		return fmt.Sprintf("%d registrations were asked for%s %s%s", v.events, where, lately, aside(usually(v.baseline, number)))
	case RegistrationsLost:
		return fmt.Sprintf("%s of registrations ran out %s (%d of %d%s)", percent(v.value), lately, v.events, v.of, usually(v.baseline, percent))
	case SetupDelay:
		return fmt.Sprintf("callers%s typically waited %s for the first sign %s (%d calls%s)",
			where, delay(v.value), lately, v.events, usually(v.baseline, delay))
	case TrafficSilence:
		return fmt.Sprintf("%s%s came %s where about %s are usual", plural(v.events, w.request1()), where, lately, number(v.baseline))
	case AuthFailures:
		return fmt.Sprintf("%s tries passwords: %d failed logins for few users %s", label(a, "source"), v.events, w.during(v))
	case Scanner:
		return fmt.Sprintf("%s looks for users: it asked for about %s in vain %s, in %d requests", label(a, "source"), number(v.value), w.during(v), v.events)
	case LinkDown:
		return fmt.Sprintf("the network could not deliver%s %s %s%s%s", where, times(v.events), lately, aside(usually(v.baseline, number)), mostly(a))
	case Flood:
		return fmt.Sprintf("%d new requests came %s%s", v.events, lately, aside(usually(v.baseline, number)))
	case CaptureDrops:
		return fmt.Sprintf("the capture lost %s of packets %s (%d of %d): records and other alerts of this time are less sure",
			percent(v.value), lately, v.events, v.of)
	}
	return w.Name
}

// where names the peer that an alert is about.
func (w *watch) where(a *record.Alert) string {
	peer := label(a, "peer")
	if peer == "" {
		return ""
	}
	switch w.Direction {
	case From:
		return " from " + peer
	case Either:
		return " to or from " + peer
	}
	return " to " + peer
}

func label(a *record.Alert, name string) string {
	for _, l := range a.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

func (w *watch) requests() string {
	if len(w.methods()) == 0 {
		return "requests"
	}
	names := make([]string, 0, len(w.methods()))
	for _, m := range w.methods() {
		names = append(names, m+"s")
	}
	if len(names) > 3 {
		return "requests"
	}
	return enumerate(names, "and")
}

func (w *watch) request1() string {
	if m := w.methods(); len(m) == 1 {
		return m[0]
	}
	return "request"
}

// what names the codes or the cause.
func (w *watch) what() string {
	if w.source != "" {
		return w.Cause
	}
	return enumerate(w.Codes, "or")
}

func (w *watch) during(v *verdict) string { return "within " + span(time.Duration(v.span)**w.Window) }

func enumerate(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}

// mostly names the most frequent cause.
func mostly(a *record.Alert) string {
	if len(a.TopCauses) == 0 {
		return ""
	}
	first, all := a.TopCauses[0], sum(a.TopCauses)
	name := strings.TrimPrefix(first.Name, "sip ")
	switch {
	case first.Value == all:
		return ", all " + name
	case 2*first.Value > all:
		return ", mostly " + name
	}
	return ", most often " + name
}

func usually(v float64, text func(float64) string) string {
	if math.IsNaN(v) {
		return ""
	}
	return "; usual " + text(v)
}

func aside(text string) string {
	if text == "" {
		return ""
	}
	return " (" + strings.TrimPrefix(text, "; ") + ")"
}

func percent(v float64) string {
	switch p := 100 * v; {
	case math.IsNaN(p):
		return "none"
	case p < 0.95:
		return strconv.FormatFloat(p, 'g', 2, 64) + " %"
	case p < 9.95:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	default:
		return strconv.FormatFloat(p, 'f', 0, 64) + " %"
	}
}

func number(v float64) string {
	if v < 9.95 && v != math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

func delay(seconds float64) string {
	if seconds < 1 {
		return strconv.FormatFloat(seconds*1000, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
}

func plural(n uint64, name string) string {
	switch n {
	case 0:
		return "no " + name
	case 1:
		return "1 " + name
	}
	return strconv.FormatUint(n, 10) + " " + name + "s"
}

func times(n uint64) string {
	if n == 1 {
		return "once"
	}
	return strconv.FormatUint(n, 10) + " times"
}

// span says how long something was.
func span(d time.Duration) string {
	switch {
	case d == time.Minute:
		return "minute"
	case d == time.Hour:
		return "hour"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " hours"
	case d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + " minutes"
	}
	return strconv.Itoa(int(d.Seconds())) + " seconds"
}

// linkNames are what a network event is called, by its number.
var linkNames = [...]string{
	"port unreachable", "host unreachable", "net unreachable", "prohibited", "too big", "time exceeded", "other ICMP error",
	"connection refused", "connection reset", "connection unanswered",
}

func linkKind(n int) string {
	if n < 0 || n >= len(linkNames) {
		return "error"
	}
	return linkNames[n]
}
