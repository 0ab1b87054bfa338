package correlate

import (
	"container/list"
	"net/netip"
	"reflect"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/link"
	"sipspan/session/stats"
)

// defaultExpires is how long a binding is taken to last when neither side says (RFC 3261 section 10.2: often an hour).
const defaultExpires = 3600 // seconds

// tolerance is how far apart the ends of a lifetime may be that two responses tell: they round to seconds, and take their
// time.
const tolerance = int64(3 * time.Second)

// maxBindings bounds the contacts of one address-of-record.
const maxBindings = 32

// maxListers bounds the registrars that are known to list all bindings.
const maxListers = 1 << 12

// registrar is the table of bindings as the responses of registrars show them: for every address-of-record its contacts
// and until when they are bound. It is the correlator's, because a device may renew its binding under another Call-ID, which
// another tracker follows.
type registrar struct {
	c         *Correlator
	aors      map[uint64]*address
	oldest    *list.List // addresses, the one that was quiet for longest first
	size      int        // bindings
	bytes     int        // that they take, with the records that wait
	deadlines deadlines
	lists     map[netip.Addr]bool // registrars that were seen to list the bindings of other devices
}

// address is an address-of-record with its bindings.
type address struct {
	quiet    *list.Element // in registrar.oldest
	deadline int64         // of what is due first
	order    uint64        // in which deadlines were set
	place    int           // 1-based index in the deadlines, 0 outside
	table    *registrar
	key      uint64
	bindings []binding
	bytes    int // as it was counted last
}

// binding is a contact that is bound to an address-of-record.
type binding struct {
	uri, asked     string // as the registrar lists it, and as the device wrote it
	instance, flow uint64
	callID, agent  string // of the REGISTER that bound it; none when the capture saw it in a list only
	src, server    netip.AddrPort
	expires        int64
	listed         bool // by the 2xx in hand
	fresh          bool // bound by the REGISTER in hand for the first time
	silent         bool // nobody knows whether its end is a loss

	record *record.Registration // waits for what becomes of the binding, nil for none
	due    int64                // until when it does
}

func newRegistrar(c *Correlator) *registrar {
	return &registrar{c: c, aors: make(map[uint64]*address), oldest: list.New(), lists: make(map[netip.Addr]bool)}
}

// observe takes a registration in the order of packet time. It reports whether the record waits.
func (g *registrar) observe(f *link.FinishedRegistration, at int64) (waits bool) {
	key := link.Identify([]byte(f.AOR)).AOR
	if key == 0 {
		key = wire.HashCallID([]byte(f.AOR))
	}
	a := g.aors[key]
	if a != nil {
		g.observeDevice(a, f)
	}
	switch {
	case !success(f.Status):
		return false
	case f.Star:
		if a != nil {
			g.removeAll(a)
		}
		return false
	case a == nil && f.Wanted == 0 && len(f.Listed) == 0:
		return false
	case a == nil:
		a = &address{table: g, key: key}
		g.aors[key] = a
		a.quiet = g.oldest.PushBack(a)
	default:
		g.oldest.MoveToBack(a.quiet)
	}
	own := g.apply(a, f, at)
	if own != nil && g.c.cfg.RegistrationWait > 0 && !own.silent {
		own.record, own.due = f.Registration, wire.After(at, int(g.c.cfg.RegistrationWait/time.Second))
		waits = true
		f.Session = g.c.nextNumber()
		if g.c.Waits != nil {
			g.c.Waits(f.Session, g.c.pack(a, own))
		}
	}
	if len(a.bindings) == 0 {
		g.drop(a)
		return waits
	}
	a.schedule()
	g.weigh(a)
	g.makeRoom()
	return waits
}

// weigh counts what an address-of-record takes.
func (g *registrar) weigh(a *address) {
	bytes := addressBytes
	for i := range a.bindings {
		bytes += a.bindings[i].weight()
	}
	g.recount(a, bytes)
}

func (g *registrar) recount(a *address, bytes int) {
	g.bytes += bytes - a.bytes
	g.c.counters.Bytes[stats.TableRegistrations] += int64(bytes - a.bytes)
	a.bytes = bytes
}

// What one of each takes, in bytes, without strings: with its places in tables, and the memory that a slice grows by.
var (
	addressBytes      = sizeOf[address]() + 96
	bindingBytes      = sizeOf[binding]() * 5 / 4
	registrationBytes = sizeOf[record.Registration]() + 256
)

// weight returns how many bytes a binding takes.
func (b *binding) weight() int {
	n := bindingBytes + len(b.uri) + len(b.asked) + len(b.callID) + len(b.agent)
	if r := b.record; r != nil {
		n += registrationBytes + len(r.AOR) + len(r.CallID) + len(r.UserAgent)
		for _, contact := range r.Contacts {
			n += len(contact)
		}
	}
	return n
}

// observeDevice lets go of the records that wait for what the device of a REGISTER does: it goes on, with this contact or
// another one. When the capture does not hold what the registrar answered, the bindings may be anything.
func (g *registrar) observeDevice(a *address, f *link.FinishedRegistration) {
	for i := range a.bindings {
		b := &a.bindings[i]
		if !b.isOf(f) {
			continue
		}
		g.release(b)
		if f.Status == 0 && f.Lost {
			b.silent = true
		}
	}
	g.weigh(a)
}

// isOf reports whether the device of a REGISTER has bound the contact: the same instance, the same Call-ID, which a user
// agent keeps until it boots (RFC 3261 section 10.2), the same contact, or the same software at the same address and port.
func (b *binding) isOf(f *link.FinishedRegistration) bool {
	if b.instance != 0 && f.Instance != 0 {
		return b.instance == f.Instance && b.flow == f.Flow
	}
	return b.callID != "" && b.callID == f.CallID || b.isContact(f) || b.src == f.Src && b.agent == f.UserAgent
}

func (b *binding) isContact(f *link.FinishedRegistration) bool {
	return f.Asked != "" && (sameURI(b.asked, f.Asked) || sameURI(b.uri, f.Asked))
}

func sameURI(a, b string) bool {
	return a == b || a != "" && b != "" && sip.SameURI([]byte(a), []byte(b))
}

// release hands on the record that waits for a binding.
func (g *registrar) release(b *binding) {
	if r := b.record; r != nil {
		b.record = nil
		g.c.handOn(r)
	}
}

// remove ends the bindings that fit, which somebody took back.
func (g *registrar) remove(a *address, fits func(*binding) bool) {
	kept := a.bindings[:0]
	for i := range a.bindings {
		b := &a.bindings[i]
		if fits(b) {
			g.release(b)
			continue
		}
		kept = append(kept, *b)
	}
	g.cut(a, kept, 0)
}

func (g *registrar) removeAll(a *address) {
	g.remove(a, func(*binding) bool { return true })
	g.drop(a)
}

// cut leaves the bindings that were kept. Of the others so many were lost; the rest was taken back.
func (g *registrar) cut(a *address, kept []binding, lost int) {
	n := len(a.bindings) - len(kept)
	clear(a.bindings[len(kept):])
	a.bindings = kept
	g.count(-n)
	g.signal(record.SignalLapsed, a.key, lost)
	g.signal(record.SignalUnbound, a.key, n-lost)
}

func (g *registrar) signal(kind record.SignalKind, target uint64, n int) {
	if g.c.Watcher != nil && n > 0 {
		g.c.Watcher.Signal(&record.Signal{Time: g.c.now, Kind: kind, Method: "REGISTER", Target: target, Count: n})
	}
}

func (g *registrar) count(n int) {
	g.size += n
	g.c.counters.RegistrationsActive += int64(n)
	g.c.counters.Tracked[stats.TableRegistrations] += int64(n)
}

// makeRoom keeps the table within its limits: the address-of-record that was quiet for longest goes first.
func (g *registrar) makeRoom() {
	most := g.c.cfg.MaxRegistrationBytes
	for g.size > g.c.cfg.MaxRegistrations || most > 0 && g.bytes > most && g.size > 0 {
		g.c.counters.Evicted[stats.TableRegistrations]++
		a := g.first()
		g.evict(&a.bindings[0])
		copy(a.bindings, a.bindings[1:])
		a.bindings[len(a.bindings)-1] = binding{}
		a.bindings = a.bindings[:len(a.bindings)-1]
		g.count(-1)
		g.weigh(a)
		if len(a.bindings) == 0 {
			g.drop(a)
		}
	}
}

// evict hands on the record that waits for a binding of which nothing more will be known.
func (g *registrar) evict(b *binding) {
	if b.record != nil {
		b.record.Confidence.Flags |= record.TableFull
	}
	g.release(b)
}

// drop forgets an address-of-record without bindings.
func (g *registrar) drop(a *address) {
	g.deadlines.stop(a)
	delete(g.aors, a.key)
	g.oldest.Remove(a.quiet)
	g.recount(a, 0)
}

// first returns the address-of-record that was quiet for longest. There must be one.
func (g *registrar) first() *address { return g.oldest.Front().Value.(*address) }

// close hands on all records that wait, and empties the table.
func (g *registrar) close() {
	for g.oldest.Len() > 0 {
		a := g.first()
		for i := range a.bindings {
			g.release(&a.bindings[i])
		}
		g.count(-len(a.bindings))
		g.drop(a)
	}
}

// sizeOf returns how many bytes a value takes, without what it points at.
func sizeOf[T any]() int { return int(reflect.TypeFor[T]().Size()) }
