// Package story puts one record into a few lines for people: what it is of, who took part, and how it went.
//
// What the record does not hold is not in the lines. All texts are harmless, as package plain makes them.
package story

import (
	"strconv"
	"strings"
	"time"

	"sipspan/record"
	"sipspan/view/plain"
)

// Story is what people want to know of a session before they look at its messages.
type Story struct {
	Heading string
	Facts   []Fact   // who took part, and what it was about
	Course  []string // how it began, what became of it, and how it ended: three lines at most
}

// Fact is one line with a name.
type Fact struct{ Name, Text string }

// Limits of texts, in characters.
const (
	maxText = 120
	maxLong = 400
)

// teller builds one story.
type teller struct {
	Story
	zone *time.Location
}

// Of tells the story of a record, with times in a zone; nil is UTC.
func Of(r record.Record, zone *time.Location) Story {
	if zone == nil {
		zone = time.UTC
	}
	t := &teller{zone: zone}
	switch r := r.(type) {
	case *record.Call:
		t.call(r)
	case *record.Registration:
		t.registration(r)
	case *record.Subscription:
		t.subscription(r)
	case *record.Publication:
		t.publication(r)
	case *record.Message:
		t.message(r)
	case *record.Transaction:
		t.transaction(r)
	case *record.Failure:
		t.failure(r)
	default:
		t.Heading = r.Kind().String()
	}
	h := r.Head()
	t.fact("Call-ID", h.CallID)
	t.fact("record", h.ID)
	if h.Sensor != "" {
		t.fact("sensor", h.Sensor)
	}
	return t.Story
}

// fact adds a line unless there is nothing to say.
func (t *teller) fact(name string, parts ...string) {
	if s := join(parts...); s != "" {
		t.Facts = append(t.Facts, Fact{name, s})
	}
}

// course adds a line of how it went.
func (t *teller) course(parts ...string) {
	if s := join(parts...); s != "" {
		t.Course = append(t.Course, strings.ToUpper(s[:1])+s[1:]+".")
	}
}

// join joins what is not empty with blanks.
func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = plain.Clean(p, maxLong); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}

// when writes a time of day with date and zone, or nothing where the record has none that means something.
func (t *teller) when(h *record.Header) string {
	if h.Start == 0 || h.Confidence.Flags&record.NoTimes != 0 {
		return ""
	}
	at := time.Unix(0, h.Start)
	switch {
	case h.Confidence.Flags&record.NoDates != 0:
		return "at " + at.UTC().Format("15:04:05.000")
	case h.Confidence.Flags&record.LocalTimes != 0:
		return "on " + at.UTC().Format("2006-01-02 15:04:05.000") + " (the text does not name the zone)"
	}
	return "on " + at.In(t.zone).Format("2006-01-02 15:04:05.000 MST")
}

// within writes how long something took.
func within(before string, e record.Elapsed) string {
	if !e.Known {
		return ""
	}
	return before + " " + plain.Duration(e.Milliseconds())
}

// answer names a status.
func answer(status int, reason string) string {
	if status == 0 {
		return ""
	}
	return strings.TrimSpace(strconv.Itoa(status) + " " + plain.Clean(reason, maxText))
}

// party names one end of a dialog.
func party(p record.Party) string {
	uri := plain.Clean(p.URI, maxText)
	if p.Display != "" {
		return "“" + plain.Clean(p.Display, maxText) + "” " + uri
	}
	return uri
}

// words writes the name of a constant as words: "no_answer" as "no answer".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
