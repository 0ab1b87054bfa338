package correlate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"sipspan/record"
	"sipspan/session/link"
)

// leg is what the correlator knows of a call: from the announcement until its record is handed on. There is one for each open
// call, so it holds what every call has; what most calls have nothing of is in its ties.
type leg struct {
	callID              string
	id                  link.ID
	start               int64
	fromAOR, fromNumber uint64 // see link.Identity, and fromWhole
	toAOR, toNumber     uint64
	origin, media       uint64 // see link.Call
	*ties

	next, previous *leg    // open legs, in the order in which they were announced
	pair           *bucket // the legs between the same numbers
	end            int64

	src, dst           endpoint // its two ends
	fromWhole, toWhole bool

	begun           bool // its INVITE was seen
	ambiguous       bool // several fit as the leg before or behind it: none is taken
	ambiguousOrigin bool // several have its origin that cannot be legs of one call
	settled         bool
	closed          bool // its record was handed on
	confirmed       bool // there was a dialog
	stepped         bool // the clock of the capture stepped meanwhile: nobody knows how long anything took
	flawed          bool // the capture does not hold all of it
	music           bool // who was called is a server without a user, or sends its media into a call that is on hold
	oneWay          bool // who was called sends media and wants none
}

// ties are what ties a leg to others.
type ties struct {
	keys      []link.Key
	offered   uint64 // see link.Call
	focus     uint64
	focusSide link.Side
	mixedBy   *focusCall // the calls of its focus, which it is one of
	groups    []*keyGroup
	alike     *bucket // the legs between the same numbers with the same origin, where there are many
	links     []related
	deals     *deals
	answered  int64          // of a call that names another one, or that somebody asked for
	released  int64          // BYE, of a call in which there was a REFER
	owners    *[2]ownedMedia // of media and offered, where they are looked up: see owners
}

// untied are the ties of all legs that have none. They are only read: what changes those of a leg calls tied.
var untied ties

// newLeg returns the leg that an announcement is about.
func newLeg(a *link.Announcement, c *link.Call) *leg {
	l := &leg{
		callID: a.CallID, id: a.Call, start: c.Start, origin: c.Origin, media: c.Media, begun: c.Begun, ties: &untied,
		fromAOR: c.From.AOR, fromNumber: c.From.Number, fromWhole: c.From.Whole,
		toAOR: c.To.AOR, toNumber: c.To.Number, toWhole: c.To.Whole,
		src: endpointOf(c.Src), dst: endpointOf(c.Dst),
	}
	if len(c.Keys) > 0 || c.Offered != 0 || c.Focus != 0 {
		t := l.tied()
		t.keys, t.offered, t.focus = c.Keys, c.Offered, c.Focus
	}
	return l
}

// tied returns the ties of a leg, for changing.
func (l *leg) tied() *ties {
	if l.ties == &untied {
		l.ties = new(ties)
	}
	return l.ties
}

// from and to return who called whom.
func (l *leg) from() link.Identity {
	return link.Identity{AOR: l.fromAOR, Number: l.fromNumber, Whole: l.fromWhole}
}
func (l *leg) to() link.Identity {
	return link.Identity{AOR: l.toAOR, Number: l.toNumber, Whole: l.toWhole}
}

// sessionKey is what a session is found by when something is announced of it: its Call-ID, of which the hash stands here, and
// its ID.
type sessionKey struct {
	hash uint64
	id   link.ID
}

func hashOf(callID string) uint64 { return xxhash.Sum64String(callID) }

// first returns the value of the first key of a kind, "" if there is none.
func (l *leg) first(kind link.KeyKind) string {
	for i := range l.keys {
		if l.keys[i].Kind == kind {
			return l.keys[i].Value
		}
	}
	return ""
}

// deals are the dealings of a call with others that make up a service. Most calls have none.
type deals struct {
	services    []record.ServiceEvidence
	holds       []heldTime
	consults    []*leg // calls that who held this one placed meanwhile
	consultedBy *leg   // the call that was held for this one
	replaced    *leg   // the call that this one replaces
	replacing   []*leg // those that replace this one
	retrieved   *leg   // the call of a server that this one takes over
	joined      *leg   // the call that this one joins
	mixed       []*leg // calls that were taken off hold together with this one
	refer       *refer // that this call came of
	refers      []*refer
	named       []*refer // that name this call as the one to replace
	waited      bool     // its record was held back once
}

// dealings returns the deals of a leg, for changing.
func (l *leg) dealings() *deals {
	if l.deals == nil {
		l.tied().deals = new(deals)
	}
	return l.deals
}

const (
	maxLinks   = 16 // of one call
	maxMarks   = 64
	maxConsult = 8
)

// link is a relation to another Call-ID.
type related struct {
	relation string
	callID   string
	reason   string
	score    float64
}

// relate links another Call-ID to the call.
func (l *leg) relate(k related) {
	if l.closed || len(l.links) >= maxLinks || k.callID == l.callID || slices.Contains(l.links, k) {
		return
	}
	t := l.tied()
	t.links = append(t.links, k)
}

// mark says that the call took part in a service. Evidence has the times of messages and what they were.
func (l *leg) mark(service record.Service, evidence ...record.ServiceEvidence) {
	if l == nil || l.closed {
		return
	}
	d := l.dealings()
	for _, e := range evidence {
		e.Service = service
		if len(d.services) < maxMarks && !slices.Contains(d.services, e) {
			d.services = append(d.services, e)
		}
	}
}

// unmark takes back that the call took part in a service.
func (l *leg) unmark(service record.Service) {
	if l.deals != nil {
		l.deals.services = slices.DeleteFunc(l.deals.services, func(e record.ServiceEvidence) bool { return e.Service == service })
	}
}

// rename makes one service of another that it turned out to be.
func (l *leg) rename(from, to record.Service) {
	if l == nil || l.closed || l.deals == nil {
		return
	}
	for i := range l.deals.services {
		if e := &l.deals.services[i]; e.Service == from {
			e.Service = to
		}
	}
}

// fill writes what was found into the record of the call.
func (l *leg) fill(rec *record.Call) {
	if len(l.links) > 0 {
		rec.Related = append(rec.Related, merge(l.links)...)
	}
	if l.deals == nil {
		return
	}
	for _, e := range l.deals.services {
		rec.AddService(e.Service, e.Time, e.What)
	}
}

// merge makes one relation of all that tie the call to the same other one: the surest, with the reasons of all.
func merge(links []related) []record.Related {
	slices.SortStableFunc(links, func(a, b related) int { return cmp.Compare(b.score, a.score) })
	var list []record.Related
next:
	for _, k := range links {
		for i := range list {
			if r := &list[i]; r.CallID == k.callID {
				if !strings.Contains(r.Reason, k.reason) {
					r.Reason += "; " + k.reason
				}
				continue next
			}
		}
		list = append(list, record.Related{Relation: k.relation, CallID: k.callID, Reason: k.reason, Score: k.score})
	}
	slices.SortStableFunc(list, func(a, b record.Related) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.CallID, b.CallID))
	})
	return list
}

func observation(at int64, what string) record.ServiceEvidence {
	return record.ServiceEvidence{Time: at, What: what}
}

// legList is a list of legs.
type legList struct{ first, last *leg }

func (q *legList) push(l *leg) {
	l.previous = q.last
	if q.last != nil {
		q.last.next = l
	} else {
		q.first = l
	}
	q.last = l
}

func (q *legList) remove(l *leg) {
	if l.previous != nil {
		l.previous.next = l.next
	} else {
		q.first = l.next
	}
	if l.next != nil {
		l.next.previous = l.previous
	} else {
		q.last = l.previous
	}
	l.next, l.previous = nil, nil
}
