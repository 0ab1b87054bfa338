package eventstate

import (
	"strings"

	"sipspan/decode/presence"
	"sipspan/record"
	"sipspan/session/stats"
)

// Bounds of what is kept of one presentity.
const (
	maxActivities = 8
	maxActivity   = 64 // bytes
)

// presentity is what is known of somebody whose presence is reported.
type presentity struct {
	uri        string // "" for the resource of the subscription
	basic      presence.Basic
	changes    int
	activities []string
	note       string
	flap       stats.Flap
}

// observePresence takes a presence document.
func (s *State) observePresence(d *presence.Document, resource []byte, at int64, t *Table) (c Change) {
	p := s.presentityOf(d.Entity, resource, t)
	if p == nil {
		return c
	}
	if d.Basic != presence.Unset {
		c = Change{Presence: p.basic != d.Basic, Entity: p.uri}
		if p.basic != presence.Unset && p.basic != d.Basic {
			p.changes++
			p.flap.Change(at, t.FlapChanges, t.FlapWindow)
		}
		p.basic = d.Basic
	}
	// Categories and partial documents each say only a part.
	piecemeal := d.Partial || d.Kind == presence.Categories
	if !piecemeal || len(d.Activities) > 0 || d.Kind == presence.Categories && d.Basic != presence.Unset {
		p.setActivities(d.Activities)
	}
	if (!piecemeal || d.Note != "") && p.note != d.Note {
		p.note = strings.Clone(d.Note)
	}
	return c
}

// presentityOf returns the presentity of a URI, a new one if there is room, or nil.
func (s *State) presentityOf(uri string, resource []byte, t *Table) *presentity {
	if uri == string(resource) {
		uri = ""
	}
	if i := s.findPresentity(uri); i >= 0 {
		return &s.presentities[i]
	}
	if len(s.presentities) > 0 {
		if !t.take(s) {
			return nil
		}
		s.list = true
	}
	p := presentity{}
	if uri != "" {
		p.uri = strings.Clone(uri)
	}
	if s.presentities == nil {
		s.presentities = s.one[:0]
	}
	s.presentities = append(s.presentities, p)
	return &s.presentities[len(s.presentities)-1]
}

// findPresentity returns the index of a presentity, -1 if it is not known.
func (s *State) findPresentity(uri string) int {
	if len(s.presentities) <= maxScan {
		for i := range s.presentities {
			if s.presentities[i].uri == uri {
				return i
			}
		}
		return -1
	}
	if s.index == nil {
		s.index = make(map[string]int)
	}
	for i := len(s.index); i < len(s.presentities); i++ {
		s.index[s.presentities[i].uri] = i
	}
	if i, ok := s.index[uri]; ok {
		return i
	}
	return -1
}

func (p *presentity) setActivities(list []string) {
	list = list[:min(len(list), maxActivities)]
	if len(list) == len(p.activities) {
		same := true
		for i, a := range list {
			same = same && p.activities[i] == a[:min(len(a), maxActivity)]
		}
		if same {
			return
		}
	}
	p.activities = p.activities[:0]
	for _, a := range list {
		p.activities = append(p.activities, strings.Clone(a[:min(len(a), maxActivity)]))
	}
}

// record returns the presence for output, with the resource of the subscription where the presentity has no URI of its own.
func (p *presentity) record(resource string) *record.Presence {
	r := &record.Presence{Entity: p.uri, Basic: p.basic.String(), Note: p.note, Changes: p.changes, Flapping: p.flap.Flapping}
	if r.Entity == "" {
		r.Entity = resource
	}
	r.Activities = append(r.Activities, p.activities...)
	return r
}

// Published returns what a published document says of the presence of somebody, nil if it is about something else. aor is
// whose document it is.
func Published(d *presence.Document, aor string) *record.Presence {
	switch d.Kind {
	case presence.PIDF, presence.XPIDF, presence.Presentity, presence.Categories:
	default:
		return nil
	}
	p := presentity{basic: d.Basic, uri: strings.Clone(d.Entity), note: strings.Clone(d.Note)}
	p.setActivities(d.Activities)
	return p.record(aor)
}
