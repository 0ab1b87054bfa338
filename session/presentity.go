package session

import (
	"strings"
	"time"

	"sipspan/decode/presence"
	"sipspan/record"
)

// Bounds of what is kept of one presentity.
const (
	maxActivities = 8
	maxActivity   = 64 // bytes
)

// presentity is what is known of somebody whose presence is told.
type presentity struct {
	uri        string // "" for the resource of the subscription
	basic      presence.Basic
	changes    int
	activities []string
	note       string
	flap       flap
}

// hearPresence takes a presence document.
func (t *Tracker) hearPresence(s *subscription, d *presence.Document, v *view) {
	p := t.presentityOf(s, d.Entity)
	if p == nil {
		return
	}
	if d.Basic != presence.Unset {
		if p.basic != d.Basic {
			t.announcePresence(s, p, d.Basic, v)
		}
		if p.basic != presence.Unset && p.basic != d.Basic {
			p.changes++
			p.flap.change(v.at, t.cfg.FlapChanges, t.cfg.FlapWindow)
		}
		p.basic = d.Basic
	}
	// Categories and partial documents tell one thing and another another time.
	piecemeal := d.Partial || d.Kind == presence.Categories
	if !piecemeal || len(d.Activities) > 0 || d.Kind == presence.Categories && d.Basic != presence.Unset {
		p.setActivities(d.Activities)
	}
	if (!piecemeal || d.Note != "") && p.note != d.Note {
		p.note = strings.Clone(d.Note)
	}
}

// presentityOf returns the presentity of that URI, a new one if there is room, or nil.
func (t *Tracker) presentityOf(s *subscription, uri string) *presentity {
	b := s.told
	if uri == string(s.text.of(s.resource)) {
		uri = ""
	}
	if i := b.findPresentity(uri); i >= 0 {
		return &b.presentities[i]
	}
	if len(b.presentities) > 0 {
		if !t.takeResource(s) {
			return nil
		}
		b.list = true
	}
	p := presentity{}
	if uri != "" {
		p.uri = strings.Clone(uri)
	}
	b.presentities = append(b.presentities, p)
	return &b.presentities[len(b.presentities)-1]
}

// findPresentity returns the place of a presentity, -1 if it is not known.
func (b *told) findPresentity(uri string) int {
	if len(b.presentities) <= maxScan {
		for i := range b.presentities {
			if b.presentities[i].uri == uri {
				return i
			}
		}
		return -1
	}
	if b.index == nil {
		b.index = make(map[string]int)
	}
	for i := len(b.index); i < len(b.presentities); i++ {
		b.index[b.presentities[i].uri] = i
	}
	if i, ok := b.index[uri]; ok {
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

// record returns the presence for output; the URI of the subscription stands in for that of the presentity.
func (p *presentity) record(resource string) *record.Presence {
	r := &record.Presence{Entity: p.uri, Basic: p.basic.String(), Note: p.note, Changes: p.changes, Flapping: p.flap.flapping}
	if r.Entity == "" {
		r.Entity = resource
	}
	r.Activities = append(r.Activities, p.activities...)
	return r
}

// flap notices that something changes too often.
type flap struct {
	flapping bool
	next     int
	times    []int64 // of the last changes, a ring
}

// change notes a change. It is flapping when so many fall into the window.
func (f *flap) change(at int64, many int, window time.Duration) {
	if f.flapping {
		return
	}
	if len(f.times) < many {
		f.times = append(f.times, at)
	} else {
		f.times[f.next] = at
		f.next = (f.next + 1) % many
	}
	f.flapping = len(f.times) == many && at-f.times[f.next] <= int64(window)
}
