package session

import (
	"time"

	"sipspan/record"
)

// defaultExpires is how long a binding is taken to last when neither side says (RFC 3261 section 10.2: often an hour).
const defaultExpires = time.Hour

// registrar is the table of bindings as the responses of registrars show them: for every address-of-record its contacts
// and until when they are bound. It is there for the number of active registrations.
type registrar struct {
	aors map[string]*aor
	size int // bindings

	oldest queue[aor]
}

// aor is an address-of-record with its bindings.
type aor struct {
	seat
	name     string
	bindings []binding
	alarm    alarm
}

type binding struct {
	contact string
	expires int64 // Unix nanoseconds
}

func (a *aor) seatOf() *seat { return &a.seat }

func (g *registrar) init() { g.aors = make(map[string]*aor) }

// bind binds a contact for a number of seconds, -1 when that is unknown.
func (g *registrar) bind(t *Tracker, name, contact []byte, at int64, seconds int) {
	expires := at + int64(seconds)*int64(time.Second)
	if seconds < 0 {
		expires = at + int64(defaultExpires)
	}
	a := g.aors[string(name)]
	if a == nil {
		a = &aor{name: string(name)}
		g.aors[a.name] = a
	} else {
		dequeue(&g.oldest, a)
	}
	enqueue(&g.oldest, a)
	for i := range a.bindings {
		if b := &a.bindings[i]; b.contact == string(contact) {
			b.expires = expires
			a.schedule(t)
			return
		}
	}
	a.bindings = append(a.bindings, binding{contact: string(contact), expires: expires})
	g.count(t, 1)
	t.signalBindings(record.SignalBound, a.name, 1)
	a.schedule(t)
	for g.size > t.cfg.MaxRegistrations {
		t.counters.Evicted[TableRegistrations]++
		oldest := g.oldest.first
		if len(oldest.bindings) > 1 {
			oldest.bindings = oldest.bindings[1:]
			g.count(t, -1)
			continue
		}
		g.drop(t, oldest)
	}
}

// unbind ends one binding.
func (g *registrar) unbind(t *Tracker, name, contact []byte) {
	a := g.aors[string(name)]
	if a == nil {
		return
	}
	for i := range a.bindings {
		if a.bindings[i].contact == string(contact) {
			a.bindings = append(a.bindings[:i], a.bindings[i+1:]...)
			g.count(t, -1)
			t.signalBindings(record.SignalUnbound, a.name, 1)
			break
		}
	}
	if len(a.bindings) == 0 {
		g.drop(t, a)
	}
}

// remove ends all bindings of an address-of-record.
func (g *registrar) remove(t *Tracker, name []byte) {
	if a := g.aors[string(name)]; a != nil {
		t.signalBindings(record.SignalUnbound, a.name, len(a.bindings))
		g.drop(t, a)
	}
}

// clear ends everything.
func (g *registrar) clear(t *Tracker) {
	for g.oldest.first != nil {
		g.drop(t, g.oldest.first)
	}
}

func (g *registrar) drop(t *Tracker, a *aor) {
	g.count(t, -len(a.bindings))
	t.timers.stop(&a.alarm)
	delete(g.aors, a.name)
	dequeue(&g.oldest, a)
}

func (g *registrar) count(t *Tracker, n int) {
	g.size += n
	t.counters.RegistrationsActive += int64(n)
	t.counters.Tracked[TableRegistrations] += int64(n)
}

// schedule sets the alarm to the first binding that expires. As with groups, one that is too early is left.
func (a *aor) schedule(t *Tracker) {
	first := never
	for i := range a.bindings {
		first = min(first, a.bindings[i].expires)
	}
	if a.alarm.place == 0 || first < a.alarm.deadline {
		t.timers.set(&a.alarm, a, first)
	}
}

// wake implements sleeper: it ends the bindings that have expired.
func (a *aor) wake(t *Tracker, at int64) {
	kept := a.bindings[:0]
	for _, b := range a.bindings {
		if b.expires > at {
			kept = append(kept, b)
		}
	}
	t.registrar.count(t, len(kept)-len(a.bindings))
	t.signalBindings(record.SignalLapsed, a.name, len(a.bindings)-len(kept))
	clear(a.bindings[len(kept):])
	a.bindings = kept
	if len(kept) == 0 {
		t.registrar.drop(t, a)
		return
	}
	a.schedule(t)
}
