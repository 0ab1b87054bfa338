package session

import (
	"strconv"
	"time"

	"sipspan/record"
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

// recent is a table of what happened lately. When it is full the oldest entry goes.
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

func (r *relations) seeWatch(a *Announcement) {
	r.watches.put(mix(0, a.notice.by.aor, a.notice.to.aor), watch{callID: a.CallID, at: a.Time, what: a.notice.what})
}

// seeRedial finds out whether a call was placed again when the one called had become free: the first call failed, the
// caller subscribed to the calls of the called, and called again.
func (r *relations) seeRedial(l *leg, rec *record.Call) {
	switch rec.Disposition {
	case record.Busy, record.NoAnswer:
		w := watch{callID: rec.CallID, at: rec.End, what: "INVITE fails with " + strconv.Itoa(rec.Status)}
		r.unreached.put(mix(0, l.from.aor, l.to.aor), w)
		return
	case record.Challenged, record.AuthFailed, record.Timeout:
		return
	}
	if len(r.watches.entries) == 0 || len(r.unreached.entries) == 0 {
		return
	}
	key := mix(0, l.from.aor, l.to.aor)
	failed, ok := r.unreached.get(key)
	if !ok {
		return
	}
	w, ok := r.watches.get(key)
	if !ok || w.at < failed.at || l.start < w.at || l.start > w.at+watchLife {
		return
	}
	delete(r.unreached.entries, key)
	l.mark(record.AutomaticRedial, heard(failed.at, failed.what), heard(w.at, w.what), heard(l.start, l.invite()))
	l.relate(link{RelationRedial, failed.callID, w.what + " behind the call that failed", 0.9})
}

// messageRing holds the last MESSAGE requests outside of dialogs.
type messageRing struct {
	last [256]struct {
		from, to identity
		at       int64
	}
	next int
}

func (m *messageRing) put(rec *record.Message) {
	e := &m.last[m.next%len(m.last)]
	e.from, e.to = identify([]byte(rec.From.URI)), identify([]byte(rec.To.URI))
	e.at = rec.Start
	m.next++
}

// between returns the MESSAGE by which one of the two sides of a call told who placed the other, before that.
func (m *messageRing) between(l, o *leg) *record.ServiceEvidence {
	for i := range m.last {
		e := &m.last[i]
		if e.at != 0 && e.at >= l.start && e.at <= o.start && e.to.sameUser(o.from) && (e.from.sameUser(l.from) || e.from.sameUser(l.to)) {
			found := heard(e.at, "MESSAGE of one side to who then calls the other")
			return &found
		}
	}
	return nil
}
