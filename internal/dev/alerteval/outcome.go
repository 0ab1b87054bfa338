package alerteval

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sipspan/record"
)

// aftermath is how long after an incident alerts are still taken for its consequence: callers try again, phones come
// back, and what was unanswered ends late.
const aftermath = 15 * time.Minute

// raised is an alert as it was raised.
type raised struct {
	record.Alert
	at       int64
	resolved int64 // 0: not before the end
	of       *Finding
}

// Finding is what was made of an incident.
type Finding struct {
	Incident   *Incident
	Start, End int64
	Rule       string        // that found it first, "" if none did
	Delay      time.Duration // until then
	Alerts     int           // that fired for it, of all rules
	Most       int           // that fired for it of one rule with the same labels
	Resolved   time.Duration // the last of them, after the end; -1: not within the timeline or before the next start
	Told       bool          // an alert was delivered in time that says what the incident is
	Delivered  int           // alerts that were delivered for it
}

// Outcome is what an engine made of a timeline.
type Outcome struct {
	Timeline *Timeline
	Findings []Finding
	False    []FalseAlert
	Signals  uint64
	// FalseDelivered is how many alerts were delivered for which there was no reason.
	FalseDelivered int

	now       int64
	raised    []*raised
	delivered []*raised // one for each fault, and again where it became more severe
	firing    map[string]*raised
}

// FalseAlert is an alert for which there was no reason.
type FalseAlert struct {
	Site    string
	Seed    uint64
	Time    time.Time // by the clock on the wall
	Rule    string
	Type    string
	Labels  string
	Summary string
	During  string // the benign event of that time, if there is one
}

// take takes an alert from the engine.
func (o *Outcome) take(a *record.Alert) {
	key := a.Rule + " " + labelsOf(a)
	switch a.State {
	case "firing":
		r := &raised{Alert: *a, at: o.now}
		o.raised = append(o.raised, r)
		if o.firing == nil {
			o.firing = make(map[string]*raised)
		}
		o.firing[key] = r
	case "resolved":
		if r := o.firing[key]; r != nil {
			r.resolved = o.now
			delete(o.firing, key)
		}
	}
}

// deliver takes an alert that people are given.
func (o *Outcome) deliver(a *record.Alert) {
	if a.State == "firing" {
		o.delivered = append(o.delivered, &raised{Alert: *a, at: o.now})
	}
}

// Lines tells every alert that was raised, a line each.
func (o *Outcome) Lines() (list []string) {
	t := o.Timeline
	for _, r := range o.raised {
		about := "FALSE"
		if r.of != nil {
			about = fmt.Sprintf("%s +%v", r.of.Incident.Name, time.Duration(r.at-r.of.Start).Round(time.Second))
		}
		stayed := "not resolved"
		if r.resolved != 0 {
			stayed = "for " + time.Duration(r.resolved-r.at).Round(time.Second).String()
		}
		list = append(list, fmt.Sprintf("%s seed %d %s %s {%s} %s (%s; %s)", t.Site.Name, t.Seed,
			t.calendar.local(r.at).Format(clock), r.Rule, labelsOf(&r.Alert), r.Summary, stayed, about))
	}
	return list
}

// restarted says that the engine is gone, and with it what it had raised.
func (o *Outcome) restarted() {
	for _, r := range o.firing {
		r.resolved = o.now
	}
	clear(o.firing)
}

func labelsOf(a *record.Alert) string {
	var b strings.Builder
	for i, l := range a.Labels {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(l.Name + "=" + l.Value)
	}
	return b.String()
}

// judge sets what was raised against what was planted.
func (o *Outcome) judge() {
	for i := range o.Timeline.planted {
		p := &o.Timeline.planted[i]
		o.Findings = append(o.Findings, Finding{Incident: p.Incident, Start: p.start, End: p.end})
	}
	for _, r := range o.raised {
		o.attribute(r)
		if r.of == nil {
			o.False = append(o.False, o.falseAlert(r))
		}
	}
	for i := range o.Findings {
		o.sum(&o.Findings[i])
	}
	for _, r := range o.delivered {
		o.tell(r)
	}
}

// tell finds the incident that an alert tells people of.
func (o *Outcome) tell(r *raised) {
	for i := range o.Findings {
		f := &o.Findings[i]
		if r.at < f.Start || r.at >= f.End+int64(aftermath) {
			continue
		}
		detects := f.detects(r)
		if !detects && !r.isAny(f.Incident.Also) && !r.isAny(f.Incident.Detects) {
			continue
		}
		f.Delivered++
		f.Told = f.Told || detects && time.Duration(r.at-f.Start) <= f.Incident.Within
		return
	}
	o.FalseDelivered++
}

// attribute finds the incident that an alert is about.
func (o *Outcome) attribute(r *raised) {
	for i := range o.Findings {
		f := &o.Findings[i]
		in := f.Incident
		if r.at < f.Start || r.at >= f.End+int64(aftermath) {
			continue
		}
		if f.detects(r) {
			r.of = f
			if delay := time.Duration(r.at - f.Start); f.Rule == "" && delay <= in.Within {
				f.Rule, f.Delay = r.Rule, delay
			}
			return
		}
		if r.isAny(in.Also) || r.isAny(in.Detects) {
			r.of = f
			return
		}
	}
}

// isAny reports whether the rule or its type is one of them.
func (r *raised) isAny(names []string) bool {
	return slices.Contains(names, r.Rule) || slices.Contains(names, r.Type) ||
		slices.ContainsFunc(r.Symptoms, func(s record.Symptom) bool { return slices.Contains(names, s.Rule) })
}

// detects reports whether an alert says what the incident is.
func (f *Finding) detects(r *raised) bool {
	if !r.isAny(f.Incident.Detects) {
		return false
	}
	return f.Incident.Peer == "" || slices.ContainsFunc(r.Labels, func(l record.Label) bool { return l.Value == f.Incident.Peer })
}

func (o *Outcome) sum(f *Finding) {
	same := map[string]int{}
	for _, r := range o.raised {
		if r.of != f {
			continue
		}
		f.Alerts++
		key := r.Rule + " " + labelsOf(&r.Alert)
		same[key]++
		f.Most = max(f.Most, same[key])
		switch after := time.Duration(r.resolved - f.End); {
		case r.resolved == 0:
			f.Resolved = -1
		case f.Resolved >= 0:
			f.Resolved = max(f.Resolved, after)
		}
	}
}

func (o *Outcome) falseAlert(r *raised) FalseAlert {
	t := o.Timeline
	a := FalseAlert{
		Site: t.Site.Name, Seed: t.Seed, Time: t.calendar.local(r.at), Rule: r.Rule, Type: r.Type, Labels: labelsOf(&r.Alert), Summary: r.Summary,
	}
	for i := range t.benign {
		if b := &t.benign[i]; b.start <= r.at && r.at < b.end+int64(aftermath) {
			a.During = b.Name
		}
	}
	for _, at := range t.restarts {
		if at <= r.at && r.at < at+int64(2*time.Hour) {
			a.During = "restart"
		}
	}
	if r.at < t.start+int64(2*time.Hour) {
		a.During = "start"
	}
	for i := range t.planted {
		if p := &t.planted[i]; p.start <= r.at && r.at < p.end+int64(3*time.Hour) {
			a.During = "after " + p.Name
			if r.at < p.end {
				a.During = p.Name
			}
		}
	}
	return a
}

// Missed reports whether nobody was told in time.
func (f *Finding) Missed() bool { return f.Rule == "" }

// Prompt reports whether the goal of a minute applies: where there are calls enough.
func (f *Finding) Prompt(s *Site, c *calendar) bool {
	h := c.local(f.Start).Hour()
	return f.Incident.Sudden && s.Hours[0] <= h && h < s.Hours[1]
}

// String says in a line what was made of it.
func (f *Finding) String() string {
	if f.Missed() {
		return fmt.Sprintf("%s (%d alerts)", f.Incident.Name, f.Alerts)
	}
	return fmt.Sprintf("%s: %s after %v", f.Incident.Name, f.Rule, f.Delay)
}
