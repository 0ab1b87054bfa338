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
	began     int64 // of the window that runs
	cur, prev attempts
	alarm     alarm
}

// attempts is what an address tried in a window.
type attempts struct {
	good, bad           uint32 // accepted; refused for what it was or asked
	challenged, retried uint32 // asked for credentials, and came back with some
	targets             [4]uint64
}

func newSources(limit int, window int64) *sources {
	return &sources{byAddr: make(map[netip.Addr]int32), limit: limit, window: window}
}

// signal counts a request by the address that it came from. Only addresses that were refused something are followed.
func (t *sources) signal(w *watch, s *record.Signal) {
	if !s.First || s.Inside || w.Type == Scanner && s.From != "" || w.Peer != "" && s.From != w.Peer {
		return
	}
	c := w.attempt(s)
	i, known := t.byAddr[s.Src.Addr()]
	if !known {
		if c == apart || c == good {
			return
		}
		i = t.room(s)
	}
	x := &t.list[i]
	x.last = s.Time
	x.roll(s.Time, t.window)
	challenge := s.Status == 401 || s.Status == 407
	switch {
	case c == good:
		x.cur.good++
	case c == bad && challenge && !s.Retried:
		x.cur.challenged++
	case c == bad:
		x.cur.bad++
	}
	if s.Retried {
		x.cur.retried++
	}
	if c == bad {
		x.cur.target(s)
	}
}

// attempt says what a request is to a rule about addresses.
func (w *watch) attempt(s *record.Signal) counts {
	switch s.Status {
	case 401, 407, 403:
		return bad
	case 404, 405, 410, 484, 604, 0:
		if w.Type == Scanner {
			return bad
		}
		return apart
	}
	if 200 <= s.Status && s.Status < 300 || s.Status == 486 || s.Status == 487 || s.Status == 480 {
		return good
	}
	return apart
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

// roll begins the next window when the one that runs is over.
func (x *source) roll(at, window int64) {
	switch passed := at - x.began; {
	case passed >= 2*window:
		x.cur, x.prev = attempts{}, attempts{}
		x.began = at - at%window
	case passed >= window:
		x.cur, x.prev = attempts{}, x.cur
		x.began += window
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
	t.list[at] = source{addr: addr, peer: s.From, began: s.Time - s.Time%t.window}
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

// look says whether an address behaves as the rule says. Of the window before, as much counts as a window that ends now
// still reaches into.
func (t *sources) look(w *watch, x *source, at int64) verdict {
	x.roll(at-1, t.window)
	share := 1 - float64(at-x.began)/float64(t.window)
	sum := func(cur, prev uint32) float64 { return float64(cur) + share*float64(prev) }
	c, p := &x.cur, &x.prev
	alone := max(0, sum(c.challenged, p.challenged)-sum(c.retried, p.retried))
	refused := sum(c.bad, p.bad) + alone
	tries := refused + sum(c.good, p.good)
	targets := c.distinct(p, share)
	v := verdict{threshold: w.threshold, baseline: math.NaN(), events: uint64(refused + 0.5), of: uint64(tries + 0.5)}
	v.value = refused
	if w.Type == Scanner {
		v.value = min(targets, refused)
	}
	mostly := refused >= 0.8*tries
	few := targets*4 <= refused // some tries for each of them
	v.holds = v.value >= w.threshold && v.value > 0 && mostly && (w.Type == Scanner || few)
	v.clears = v.value < quietAgain*w.threshold
	return v
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
