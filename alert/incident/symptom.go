package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sipspan/record"
)

// Class is what the symptoms of a rule have in common.
type Class uint8

// The classes, the most telling first.
const (
	Failing Class = iota // requests fail: there is somebody who generates the failures
	Silent               // nothing comes
	Changed              // something differs from what is usual, and nobody is named for it
	Source               // one address does what it should not
	Sensor               // the capture itself
)

// Symptom is a rule that holds.
type Symptom struct {
	Alert  *record.Alert // as the rule raised it; the package does not change it
	Class  Class
	Peer   string // that the rule looked at, "" for everything
	Traced Traced
	// Expected is what a rule about silence expects in a window; the engine keeps it here over a restart.
	Expected float64
}

// Traced is what the requests that a rule counted show.
type Traced struct {
	Origins []record.Count // who generated the failures: peers, and addresses of no peer, the most frequent first
	Passed  []string       // the peers that these requests came from or went to on any hop
}

// origin returns who generated at least half of the failures, "" when nobody did.
func (t *Traced) origin() string {
	all := uint64(0)
	for _, o := range t.Origins {
		all += o.Value
	}
	if all == 0 || 2*t.Origins[0].Value < all {
		return ""
	}
	return t.Origins[0].Name
}

// share returns the part of the failures that somebody generated.
func (t *Traced) share(name string) float64 {
	all, theirs := uint64(0), uint64(0)
	for _, o := range t.Origins {
		all += o.Value
		if o.Name == name {
			theirs = o.Value
		}
	}
	return float64(theirs) / float64(max(all, 1))
}

// member is a symptom in a group, with its newest state.
type member struct {
	Symptom
	over bool
}

// same reports whether an alert is of the same rule about the same.
func (m *member) same(a *record.Alert) bool {
	return m.Alert.Rule == a.Rule && slices.Equal(m.Alert.Labels, a.Labels)
}

// rank orders severities: a word of the configuration that is neither of the two counts as the worst.
func rank(severity string) int {
	switch severity {
	case "info":
		return 2
	case "warning":
		return 1
	}
	return 0
}

// before orders symptoms of one fault: the one that leads comes first. origin is who the fault is about.
func (m *member) before(o *member, origin string) int {
	names := func(m *member) int { // the one about who generated the failures names it
		switch {
		case origin != "" && m.Peer == origin && m.Class != Silent:
			return 0
		case m.Peer == "":
			return 1
		}
		return 2
	}
	return cmp.Or(
		cmp.Compare(rank(m.Alert.Severity), rank(o.Alert.Severity)),
		cmp.Compare(m.Class, o.Class),
		cmp.Compare(names(m), names(o)),
		-cmp.Compare(m.Alert.Events, o.Alert.Events),
		cmp.Compare(m.Alert.Start, o.Alert.Start),
		strings.Compare(m.Alert.Rule, o.Alert.Rule),
	)
}

// How far apart the beginnings of symptoms of one fault lie.
const (
	together  = 2 * time.Minute  // where nothing but the time speaks for it
	nearby    = 5 * time.Minute  // where the same peers are concerned
	following = 30 * time.Minute // where the same element generates the failures
	runsOut   = 75 * time.Minute // bindings end as late as that after their registrar has failed
)

func within(a, b int64, d time.Duration) bool { return max(a-b, b-a) <= int64(d) }
