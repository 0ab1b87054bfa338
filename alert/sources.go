package alert

import (
	"math"
	"math/bits"
	"net/netip"

	"sipspan/record"
)

// sources is what one rule knows of the addresses that were refused something. Its size is bounded: when it is full, one
// that was long quiet makes room.
type sources struct {
	byAddr  map[netip.Addr]int32
	list    []source
	limit   int
	hand    int // where the search for one that makes room goes on
	window  int64
	evicted uint64
}

// source is one address. It counts in the window that runs and in the one before it.
type source struct {
	addr      netip.Addr
	peer      string
	last      int64 // time of its last signal
	first     int64 // of what it was refused, after a long time without
	refused   int64 // and the last of that
	began     int64 // of the window that runs
	cur, prev attempts
	longBegan int64 // the same of windows that are longer
	long      [2]attempts
	alarm     alarm
}

// attempts is what an address tried in a window.
type attempts struct {
	bad                 uint32 // refused for what it was or asked
	challenged, retried uint32 // asked for credentials, and came back with some
	targets             [4]uint64
}

func newSources(limit int, window int64) *sources {
	return &sources{byAddr: make(map[netip.Addr]int32), limit: limit, window: window}
}

// signal counts a request by the address that it came from. It reports whether that address has an alert.
func (t *sources) signal(w *watch, s *record.Signal) bool {
	if w.Type == Scanner && s.From != "" || w.Peer != "" && s.From != w.Peer {
		return false
	}
	c := w.attempt(s)
	if c != bad && !s.Retried {
		return false
	}
	i, known := t.byAddr[s.Src.Addr()]
	if !known {
		if c != bad {
			return false
		}
		i = t.room(s)
	}
	x := &t.list[i]
	x.last = s.Time
	x.roll(s.Time, t.window)
	if c == bad {
		if x.refused == 0 || s.Time-x.refused >= longTimes*t.window {
			x.first = s.Time
		}
		x.refused = s.Time
	}
	x.cur.add(s, c)
	x.long[0].add(s, c)
	return x.alarm.state == firing
}

func (a *attempts) add(s *record.Signal, c counts) {
	challenge := s.Status == 401 || s.Status == 407
	switch {
	case c != bad:
	case challenge && !s.Retried:
		a.challenged++
	default:
		a.bad++
	}
	if s.Retried {
		a.retried++
	}
	if c == bad {
		a.target(s)
	}
}

// attempt says what a request is to a rule about addresses.
func (w *watch) attempt(s *record.Signal) counts {
	if isRefused(s.Status) && (w.Type == Scanner || s.Status == 401 || s.Status == 407 || s.Status == 403) {
		return bad
	}
	return apart
}

// isRefused says whether a request was refused for what it asked or who asked it.
func isRefused(status int) bool {
	switch status {
	case 401, 407, 403, 404, 405, 410, 484, 604, 0:
		return true
	}
	return false
}

// isAccepted says whether a request got where it was to go.
func isAccepted(status int) bool {
	return 200 <= status && status < 300 || status == 486 || status == 487 || status == 480
}

// target notes whom the request asked for; of one that nobody answered, which address it was sent to: a site whose
// registrar is silent asks one address for many users, and scans nothing.
func (a *attempts) target(s *record.Signal) {
	h := s.Target
	if s.Kind == record.SignalUnanswered {
		dst := s.Dst.Addr().As16()
		h = 0
		for _, b := range dst {
			h = (h ^ uint64(b)) * 0x100000001b3
		}
	}
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	bit := h >> 56
	a.targets[bit>>6] |= 1 << (bit & 63)
}

// longTimes is how many windows a long one has.
const longTimes = 12

// roll begins the next windows when those that run are over.
func (x *source) roll(at, window int64) {
	roll(at, window, &x.began, &x.cur, &x.prev)
	roll(at, longTimes*window, &x.longBegan, &x.long[0], &x.long[1])
}

func roll(at, window int64, began *int64, cur, prev *attempts) {
	switch passed := at - *began; {
	case passed >= 2*window:
		*cur, *prev = attempts{}, attempts{}
		*began = at - at%window
	case passed >= window:
		*cur, *prev = attempts{}, *cur
		*began += window
	}
}

// room returns the place of a new source.
func (t *sources) room(s *record.Signal) int32 {
	addr := s.Src.Addr()
	at := len(t.list)
	if at < t.limit {
		t.list = append(t.list, source{})
	} else {
		at = t.oldest()
		delete(t.byAddr, t.list[at].addr)
		t.evicted++
	}
	t.list[at] = source{addr: addr, peer: s.From, began: s.Time - s.Time%t.window, longBegan: s.Time - s.Time%(longTimes*t.window)}
	t.byAddr[addr] = int32(at)
	return int32(at)
}

// oldest returns, of some that come next, the one that was quiet the longest and has no alert.
func (t *sources) oldest() int {
	best := -1
	for range 32 {
		t.hand = (t.hand + 1) % len(t.list)
		x := &t.list[t.hand]
		if x.alarm.state != quiet {
			continue
		}
		if best < 0 || x.last < t.list[best].last {
			best = t.hand
		}
	}
	if best < 0 {
		best = t.hand
	}
	return best
}

// forget lets go of what an alert was about, so that it is not found again over a longer time.
func (x *source) forget() {
	for _, a := range []*attempts{&x.cur, &x.prev, &x.long[0], &x.long[1]} {
		*a = attempts{}
	}
}

// strange says whether an address has an alert, or had one not long ago.
func (t *sources) strange(addr netip.Addr, at int64) bool {
	i, ok := t.byAddr[addr]
	if !ok {
		return false
	}
	a := &t.list[i].alarm
	return a.state != quiet || a.ended != 0 && at-a.ended < longTimes*t.window
}

// suspect says whether it is worth a look.
func (x *source) suspect(n uint32) bool {
	return x.cur.bad+x.cur.challenged+x.prev.bad+x.prev.challenged >= n ||
		x.long[0].bad+x.long[0].challenged+x.long[1].bad+x.long[1].challenged >= 2*n
}

// look reports whether an address behaves as the rule describes. An address that was accepted recently more often than it is
// refused now belongs to somebody who has trouble. A slow scan is seen over a longer time.
func (t *sources) look(w *watch, x *source, at int64, accepted float64) verdict {
	x.roll(at-1, t.window)
	now := together(&x.cur, &x.prev, at-x.began, t.window)
	long := together(&x.long[0], &x.long[1], at-x.longBegan, longTimes*t.window)
	v := w.weigh(&now, w.threshold, accepted)
	if slowly := 2 * w.threshold; w.Type == Scanner && !v.holds {
		if l := w.weigh(&long, slowly, accepted); l.holds && x.alarm.state != firing || x.alarm.state == firing && x.alarm.long {
			v = l
			v.span = longTimes
		}
	}
	return v
}

func (w *watch) weigh(s *tried, threshold, accepted float64) verdict {
	v := verdict{threshold: threshold, baseline: math.NaN(), events: uint64(s.refused + 0.5), span: 1}
	v.value = s.refused
	if w.Type == Scanner {
		v.value = min(s.targets, s.refused)
	}
	few := s.targets*4 <= s.refused // some tries for each of them
	v.holds = v.value >= threshold && v.value > 0 && s.refused >= 4*accepted && (w.Type == Scanner || few)
	v.clears = v.value < quietAgain*threshold
	return v
}

// tried is what an address tried in the window that ends now.
type tried struct{ refused, targets float64 }

// together adds to a window that runs the part of the one before it that a window that ends now still reaches into.
func together(cur, prev *attempts, passed, window int64) tried {
	share := 1 - float64(passed)/float64(window)
	sum := func(c, p uint32) float64 { return float64(c) + share*float64(p) }
	alone := max(0, sum(cur.challenged, prev.challenged)-sum(cur.retried, prev.retried))
	return tried{refused: sum(cur.bad, prev.bad) + alone, targets: cur.distinct(prev, share)}
}

// distinct estimates how many targets there were, by linear counting.
func (a *attempts) distinct(before *attempts, share float64) float64 {
	n := 0
	for i := range a.targets {
		word := a.targets[i]
		if share > 0.5 {
			word |= before.targets[i]
		}
		n += bits.OnesCount64(word)
	}
	const size = 256
	if n == size {
		n = size - 1
	}
	return size * math.Log(float64(size)/float64(size-n))
}
