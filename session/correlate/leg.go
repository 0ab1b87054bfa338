package correlate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/store"
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

	pair       *bucket // the legs between the same numbers
	end        int64
	neighbours store.Neighbours // open legs, in the order in which they were announced
	ref        store.Ref        // the place among these

	src, dst           endpoint // its two ends
	fromWhole, toWhole bool

	begun           bool // its INVITE was seen
	ambiguous       bool // several fit as the leg before or behind it: none is taken
	ambiguousOrigin bool // several have its origin that cannot be legs of one call
	settled         bool
	closed          bool // its record was handed on
	asked           bool // something was announced of it, so that others may refer to it
	rested          bool // it was packed once
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
	l := new(leg)
	l.set(a, c)
	return l
}

// set makes an empty leg the one that an announcement is about.
func (l *leg) set(a *link.Announcement, c *link.Call) {
	*l = leg{
		callID: a.CallID, id: a.Call, start: c.Start, origin: c.Origin, media: c.Media, begun: c.Begun, ties: &untied,
		fromAOR: c.From.AOR, fromNumber: c.From.Number, fromWhole: c.From.Whole,
		toAOR: c.To.AOR, toNumber: c.To.Number, toWhole: c.To.Whole,
		src: endpointOf(c.Src), dst: endpointOf(c.Dst),
	}
	if len(c.Keys) > 0 || c.Offered != 0 || c.Focus != 0 {
		t := l.tied()
		t.keys, t.offered, t.focus = c.Keys, c.Offered, c.Focus
	}
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

// single reports whether there is no other leg between the same numbers, and the next one will find this in the first place.
func (l *leg) single() bool {
	b := l.pair
	return b == nil || b.count == 1 && b.first == l && !b.crowded
}

// none reports whether nothing ties a leg to others but where its sides want media.
func (t *ties) none() bool {
	return t == &untied || len(t.keys) == 0 && t.offered == 0 && t.focus == 0 && t.mixedBy == nil && len(t.groups) == 0 && t.alike == nil &&
		len(t.links) == 0 && t.deals == nil && t.answered == 0 && t.released == 0
}

// pack packs a leg or unpacks one. What only legs have that are not packed is left out.
func (l *leg) pack(c *store.Codec) {
	c.Int64(&l.start)
	c.Word(&l.fromNumber)
	c.Word(&l.toNumber)
	c.Word(&l.media)
	c.String(&l.callID)
	id := int64(l.id)
	c.Int64(&id)
	l.id = link.ID(id)
	c.Word(&l.fromAOR)
	c.Word(&l.toAOR)
	c.Word(&l.origin)
	l.src.pack(c)
	l.dst.pack(c)
	c.Bools(&l.fromWhole, &l.toWhole, &l.begun, &l.settled, &l.ambiguous, &l.ambiguousOrigin, &l.stepped, &l.flawed, &l.music, &l.oneWay, &l.confirmed)
}
