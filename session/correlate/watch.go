package correlate

import (
	"strconv"
	"time"

	"sipspan/record"
	"sipspan/session/link"
)

const (
	// watchLife is how long somebody waits for a line to be free.
	watchLife = int64(time.Hour)
	maxRecent = 1 << 14
)

// watch is something that happened between two people, kept for a while.
type watch struct {
	callID string
	at     int64
	what   string
}

// redials finds the calls that were placed again when who was called had become free.
type redials struct {
	watches   recent[watch] // by who watches whom
	unreached recent[watch] // by who called whom in vain
}

// recent is a table of what happened recently. When it is full the oldest entry goes.
type recent[T any] struct {
	entries map[uint64]T
	order   []uint64
}

func (t *recent[T]) put(key uint64, v T) {
	if t.entries == nil {
		t.entries = make(map[uint64]T)
	}
	if _, known := t.entries[key]; !known {
		if len(t.order) >= maxRecent {
			delete(t.entries, t.order[0])
			t.order = t.order[1:]
		}
		t.order = append(t.order, key)
	}
	t.entries[key] = v
}

func (t *recent[T]) get(key uint64) (v T, ok bool) {
	if len(t.entries) == 0 {
		return v, false
	}
	v, ok = t.entries[key]
	return v, ok
}

func (t *redials) observeWatch(a *link.Announcement, f *link.Watch) {
	t.watches.put(link.Mix(0, f.By.AOR, f.To.AOR), watch{callID: a.CallID, at: a.Time, what: f.What})
}

// see finds out whether a call was placed again when the one called had become free: the first call failed, the
// caller subscribed to the calls of the called, and called again.
func (t *redials) see(l *leg, rec *record.Call) {
	switch rec.Disposition {
	case record.Busy, record.NoAnswer:
		w := watch{callID: rec.CallID, at: rec.End, what: "INVITE fails with " + strconv.Itoa(rec.Status)}
		t.unreached.put(link.Mix(0, l.from().AOR, l.to().AOR), w)
		return
	case record.Challenged, record.AuthFailed, record.Timeout:
		return
	}
	if len(t.watches.entries) == 0 || len(t.unreached.entries) == 0 {
		return
	}
	key := link.Mix(0, l.from().AOR, l.to().AOR)
	failed, ok := t.unreached.get(key)
	if !ok {
		return
	}
	w, ok := t.watches.get(key)
	if !ok || w.at < failed.at || l.start < w.at || l.start > w.at+watchLife {
		return
	}
	delete(t.unreached.entries, key)
	l.mark(record.AutomaticRedial, observation(failed.at, failed.what), observation(w.at, w.what), observation(l.start, l.invite()))
	l.relate(related{RelationRedial, failed.callID, w.what + " behind the call that failed", 0.9})
}

// messageRing holds the last MESSAGE requests outside of dialogs.
type messageRing struct {
	last [256]struct {
		from, to link.Identity
		at       int64
	}
	next int
}

func (m *messageRing) put(rec *record.Message) {
	e := &m.last[m.next%len(m.last)]
	e.from, e.to = link.Identify([]byte(rec.From.URI)), link.Identify([]byte(rec.To.URI))
	e.at = rec.Start
	m.next++
}

// between returns the MESSAGE by which one of the two sides of a call named the one who placed the other, before that.
func (m *messageRing) between(l, o *leg) *record.ServiceEvidence {
	for i := range m.last {
		e := &m.last[i]
		if e.at != 0 && e.at >= l.start && e.at <= o.start && e.to.SameUser(o.from()) && (e.from.SameUser(l.from()) || e.from.SameUser(l.to())) {
			found := observation(e.at, "MESSAGE of one side to who then calls the other")
			return &found
		}
	}
	return nil
}
