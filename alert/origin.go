package alert

import (
	"net/netip"
	"slices"

	"sipspan/record"
)

// inquiry is a look back at what a rule counted as bad: for which peer, from a time on.
type inquiry struct {
	w    *watch
	peer string
	from int64
}

// found is what an inquiry finds. The numbers of all tallies are of the same requests.
type found struct {
	causes, origins tally64
	addresses       map[string][]netip.Addr // of each origin
	passed          []string
	samples         []string
	cause           *causeSeen // of the most frequent diagnosis
	passedOn        int        // the status that somebody made of that of the origin, 0 when it stayed the same
}

// counted reports whether a signal is one of those that the rule counted.
func (q *inquiry) counted(s *record.Signal) bool {
	if !q.w.concerns(s, q.peer) {
		return false
	}
	return q.peer != "" || s.First || s.Kind == record.SignalLinkDown
}

// find goes over what is remembered.
func (e *evidence) find(q *inquiry) *found {
	f := &found{causes: tally64{}, origins: tally64{}, addresses: map[string][]netip.Addr{}}
	if q.w.source != "" {
		e.findCauses(q, f)
		return f
	}
	var counted []*record.Signal
	calls := map[string][]*record.Signal{} // hops, the latest first
	for s := range e.troubles.latest {
		if s.Time < q.from {
			break
		}
		if q.counted(s) {
			counted = append(counted, s)
			calls[s.CallID] = nil
		}
	}
	if len(counted) == 0 {
		return f
	}
	names := map[netip.Addr]string{}
	for s := range e.troubles.latest {
		note(names, s.Src.Addr(), s.From)
		note(names, s.Dst.Addr(), s.To)
		if hops, ok := calls[s.CallID]; ok && s.Kind != record.SignalLinkDown && len(hops) < maxHops {
			calls[s.CallID] = append(hops, s)
		}
	}
	causes := map[string]*causeSeen{}
	for c := range e.causes.latest {
		if _, ok := calls[c.signal.CallID]; ok && causes[c.signal.CallID] == nil {
			causes[c.signal.CallID] = c
		}
	}
	passed, kinds := map[string]bool{}, map[string]int{}
	for _, s := range counted {
		c := causes[s.CallID]
		if c != nil && (c.signal.Method != s.Method || s.Kind == record.SignalLinkDown) {
			c = nil
		}
		end, at := generator(s, calls[s.CallID], c)
		if c != nil && at != c.origin && c.origin.IsValid() { // the diagnosis is of what was made of it on the way
			c = nil
		}
		name := code(end)
		if c != nil {
			name = cmpName(c.source, c.code)
		} else if end.Status != s.Status && end.Status != 0 {
			f.passedOn = s.Status
		}
		f.causes[name]++
		origin := names[at]
		if origin == "" {
			origin = at.String()
		}
		f.origins[origin]++
		if list := f.addresses[origin]; len(list) < maxAddresses && !slices.Contains(list, at) {
			f.addresses[origin] = append(list, at)
		}
		f.samples = sample(f.samples, s.CallID, true)
		for _, hop := range calls[s.CallID] {
			f.pass(passed, hop)
		}
		f.pass(passed, s)
		if c != nil && c.explanation != "" {
			if kinds[name]++; f.cause == nil || kinds[name] > kinds[cmpName(f.cause.source, f.cause.code)] {
				f.cause = c
			}
		}
	}
	return f
}

// findCauses is for a rule about a cause, which counts diagnosed failures.
func (e *evidence) findCauses(q *inquiry, f *found) {
	passed := map[string]bool{}
	for c := range e.causes.latest {
		if c.at < q.from {
			break
		}
		if !q.w.explains(c, q.peer) {
			continue
		}
		f.causes[cmpName(c.source, c.code)]++
		f.samples = sample(f.samples, c.signal.CallID, true)
		f.pass(passed, &c.signal)
		if c.signal.To != "" {
			f.origins[c.signal.To]++
		} else if c.origin.IsValid() {
			f.origins[c.origin.String()]++
		}
		if f.cause == nil {
			f.cause = c
		}
	}
}

// note learns the peer that an address belongs to.
func note(names map[netip.Addr]string, a netip.Addr, peer string) {
	if peer != "" {
		names[a] = peer
	}
}

// pass notes the peers at the ends of a hop.
func (f *found) pass(passed map[string]bool, s *record.Signal) {
	for _, peer := range [2]string{s.From, s.To} {
		if peer != "" && !passed[peer] {
			passed[peer] = true
			f.passed = append(f.passed, peer)
		}
	}
}

// maxAddresses bounds the addresses of one origin that are named.
const maxAddresses = 4

// maxHops bounds the hops that are followed.
const maxHops = 16

// generator returns the hop at the end of those on which a request failed, and the element that generated the failure: the one that the
// diagnosis names, unless that has only passed on, as it is or as another status, what came from the hop after it. Whoever did not respond at all is meant, not the one that
// reports it.
func generator(s *record.Signal, hops []*record.Signal, c *causeSeen) (end *record.Signal, at netip.Addr) {
	end = s
	for range maxHops {
		next := beyond(end, hops)
		if next == nil {
			break
		}
		end = next
	}
	at = end.Dst.Addr()
	if end.Kind != record.SignalFinal || c == nil || !c.origin.IsValid() {
		return end, at
	}
	for _, h := range append(hops, s) {
		if c.origin == h.Src.Addr() || c.origin == h.Dst.Addr() {
			return end, at // it is on the way, and the hops show what came from whom
		}
	}
	return end, c.origin
}

// beyond returns the hop on which the element at the end of a hop sent the request on, nil when none is known to have failed.
func beyond(s *record.Signal, hops []*record.Signal) *record.Signal {
	for _, o := range hops {
		if o != s && o.Method == s.Method && o.Src.Addr() == s.Dst.Addr() && o.Dst.Addr() != s.Src.Addr() {
			return o
		}
	}
	return nil
}
