package correlate

import (
	"net/netip"
	"slices"

	"sipspan/session/link"
)

// Two legs of a call that an element between them has given Call-IDs of its own may have no header field in common. They
// still have the same two numbers and begin at nearly the same time, and then one of these holds:
//
//   - the session description has the same origin and wants media at the same address: the element passed it on;
//   - it has the same origin, and the one leg comes from where the other goes to;
//   - the one leg comes from where the other goes to, and there is no third call like them;
//   - the element has one address on either side, as session border controllers do, and there is no third call like them,
//     whatever way that goes.
//
// Where more calls look alike than can be legs of one, none is linked.

// maxAlike is how many legs one call may have that are found by their media, and maxPair how many open legs between the
// same numbers are compared one by one.
const (
	maxAlike = 3
	maxPair  = 6
)

// bucket holds legs that have something in common.
type bucket struct {
	key     uint64
	first   *leg
	others  *[maxPair - 1]*leg // nil as long as there was only one
	count   int32              // of all, also of those that found no room
	crowded bool               // one found no room; for as long as there is any
}

// at returns the leg at one of maxPair places, nil where there is none.
func (b *bucket) at(i int) *leg {
	switch {
	case i == 0:
		return b.first
	case b.others == nil:
		return nil
	}
	return b.others[i-1]
}

// set puts a leg, or nil, at one of the places.
func (b *bucket) set(i int, l *leg) {
	switch {
	case i == 0:
		b.first = l
		return
	case b.others == nil:
		b.others = new([maxPair - 1]*leg)
	}
	b.others[i-1] = l
}

// place puts a leg among those between the same numbers. Where they are many, those with the same origin are kept apart.
func (r *relations) place(l *leg) {
	if !l.pairs() {
		l.settled = true
		return
	}
	key := pairOf(l.from(), l.to())
	r.between(key)
	l.pair = r.put(r.pairs, key, l)
	if b := l.pair; b.crowded && r.cfg.RelatedMedia {
		r.placeByOrigin(l)
		for i := range maxPair {
			o := b.at(i)
			if o != nil && o.alike == nil {
				r.placeByOrigin(o)
			}
		}
	}
}

// pairs reports whether a leg is one of those between two numbers.
func (l *leg) pairs() bool {
	return l.begun && l.fromNumber != 0 && l.toNumber != 0 && l.src.IsValid() && l.dst.IsValid()
}

func (r *relations) placeByOrigin(l *leg) {
	if l.origin != 0 {
		l.tied().alike = r.put(r.origins, link.Mix(l.pair.key, l.origin), l)
	}
}

func pairOf(from, to link.Identity) uint64 { return from.Number*0x9e3779b97f4a7c15 ^ to.Number }

func (r *relations) put(m map[uint64]*bucket, key uint64, l *leg) *bucket {
	b := m[key]
	if b == nil {
		if n := len(r.spare); n > 0 {
			b, r.spare = r.spare[n-1], r.spare[:n-1]
		} else {
			b = new(bucket)
		}
		b.key = key
		m[key] = b
	}
	b.count++
	for i := range maxPair {
		if b.at(i) == nil {
			b.set(i, l)
			return b
		}
	}
	b.crowded = true
	return b
}

func (r *relations) take(m map[uint64]*bucket, b *bucket, l *leg) {
	if b == nil {
		return
	}
	for i := range maxPair {
		if b.at(i) == l {
			b.set(i, nil)
		}
	}
	if b.count--; b.count == 0 {
		delete(m, b.key)
		*b = bucket{}
		r.spare = append(r.spare, b)
	}
}

func (r *relations) unplace(l *leg) {
	r.take(r.pairs, l.pair, l)
	r.take(r.origins, l.alike, l)
	l.pair = nil
	if l.alike != nil {
		l.tied().alike = nil
	}
}

// settle decides which calls are legs of the same one as this. All that began within the window have been seen by then.
func (r *relations) settle(l *leg) {
	if l.settled || l.closed {
		return
	}
	l.settled = true
	r.relateDiverted(l)
	if r.cfg.RelatedMedia && l.pair.count > 1 && !r.relateAlike(l) && !r.relatePassage(l) {
		r.relateApart(l)
	}
}

// near reports whether two legs began within the window.
func (r *relations) near(a, b *leg) bool {
	return max(a.start-b.start, b.start-a.start) <= int64(r.cfg.RelatedWindow)
}

// relateAlike links the legs with the same origin in their session descriptions, if they can be those of one call.
func (r *relations) relateAlike(l *leg) bool {
	b := l.pair
	if b.crowded {
		b = l.alike
	}
	if l.origin == 0 || b == nil || b.crowded {
		return false
	}
	var legs [maxPair]*leg
	n, unsure := 0, false
	for i := range maxPair {
		o := b.at(i)
		if o != nil && o.origin == l.origin && r.near(o, l) {
			legs[n] = o
			n++
			unsure = unsure || o.ambiguousOrigin
		}
	}
	if n < 2 {
		return false
	}
	score, reason := alike(legs[:n])
	if score == 0 || unsure {
		for _, o := range legs[:n] {
			o.ambiguousOrigin = true
		}
		return false
	}
	for _, a := range legs[:n] {
		for _, o := range legs[:n] {
			if a != o && !contradict(a, o) {
				a.relate(related{RelationMedia, o.callID, reason, score})
			}
		}
	}
	return true
}

// alike says how sure it is that legs with the same origin are those of one call: 0 when they cannot be. Each comes from
// another element and goes to another; if what they want media at differs, the one comes from where the other goes to.
func alike(legs []*leg) (score float64, reason string) {
	sameMedia := true
	for i, a := range legs {
		for _, o := range legs[i+1:] {
			if a.sameElement(a.src, o.src) || len(legs) == 2 && a.sameElement(a.dst, o.dst) {
				return 0, ""
			}
			sameMedia = sameMedia && a.media == o.media && a.media != 0
		}
	}
	switch {
	case sameMedia && len(legs) <= maxAlike:
		return 0.9, "the same SDP origin and media address"
	case len(legs) == 2 && (follows(legs[0], legs[1]) || follows(legs[1], legs[0])):
		return 0.8, "the same SDP origin, and the later one comes from where the earlier one goes to"
	}
	return 0, ""
}

// onOneHost reports whether only ports tell the elements apart.
func (l *leg) onOneHost() bool { return l.src.Addr() == l.dst.Addr() }

func (l *leg) sameElement(a, b endpoint) bool {
	return a.Addr() == b.Addr() && (!l.onOneHost() || a.Port() == b.Port())
}

// follows reports whether a leg begins where the other ends, behind it in time.
func follows(l, before *leg) bool {
	return l.start >= before.start && l.sameElement(l.src, before.dst) && !l.sameElement(l.src, before.src)
}

func precedes(l, behind *leg) bool { return follows(behind, l) }

// contradict reports whether header fields say that two legs are of different calls.
func contradict(a, b *leg) bool {
	for kind := link.KeySessionID; kind <= link.KeyConversation; kind++ {
		if a.first(kind) == "" || b.first(kind) == "" {
			continue
		}
		same := false
		for _, k := range a.keys {
			for _, o := range b.keys {
				same = same || k.Kind == kind && k == o
			}
		}
		if !same {
			return true
		}
	}
	return false
}

// relatePassage links the one leg that goes to an element with the one that comes out of it, if there is only one of
// each. It reports whether there is any, linked or not.
func (r *relations) relatePassage(l *leg) bool {
	before, behind := r.only(l, follows), r.only(l, precedes)
	if before != nil && r.only(before, precedes) == l {
		relatePair(before, l, viaElement(l), 0.5)
	}
	if behind != nil && r.only(behind, follows) == l {
		relatePair(l, behind, viaElement(behind), 0.5)
	}
	return before != nil || behind != nil
}

func viaElement(behind *leg) string {
	return "the same numbers, and the later one comes from " + behind.src.Addr().String() + ", where the earlier one goes to"
}

// relateApart links two legs that have nothing in common but who calls whom and when.
func (r *relations) relateApart(l *leg) {
	o := r.alone(l)
	if o == nil || r.alone(o) != l || l.ambiguous || o.ambiguous || l.ambiguousOrigin || o.ambiguousOrigin || !apart(l, o) {
		return
	}
	if o.start > l.start || o.start == l.start && o.callID > l.callID {
		l, o = o, l
	}
	relatePair(o, l, "the same numbers at the same time, and no third call like them", 0.4)
}

// alone returns the only other leg between the same numbers that began within the window, nil if there are more.
func (r *relations) alone(l *leg) (found *leg) {
	if l.pair == nil || l.pair.crowded {
		return nil
	}
	for i := range maxPair {
		o := l.pair.at(i)
		if o == nil || o == l || !r.near(o, l) {
			continue
		}
		if found != nil {
			return nil
		}
		found = o
	}
	return found
}

// apart reports whether two legs lie on either side of an element with an address for each: none of their ends is the same.
func apart(a, b *leg) bool {
	ends := [4]netip.Addr{a.src.Addr(), a.dst.Addr(), b.src.Addr(), b.dst.Addr()}
	for i := range ends {
		if slices.Contains(ends[:i], ends[i]) {
			return false
		}
	}
	return a.from().Surely(b.from()) && a.to().Surely(b.to())
}

func relatePair(before, behind *leg, reason string, score float64) {
	if contradict(before, behind) {
		return
	}
	before.relate(related{RelationMedia, behind.callID, reason, score})
	behind.relate(related{RelationMedia, before.callID, reason, score})
}

// only returns the one leg between the same numbers that fits and began within the window, nil if there is none. If there
// are several, none of them is ever linked that way.
func (r *relations) only(l *leg, fits func(l, o *leg) bool) (found *leg) {
	if l.pair == nil || l.pair.crowded {
		return nil
	}
	for i := range maxPair {
		o := l.pair.at(i)
		if o == nil || o == l || !r.near(o, l) || !fits(l, o) {
			continue
		}
		if found != nil {
			found.ambiguous, o.ambiguous, l.ambiguous = true, true, true
		}
		found = o
	}
	if found == nil || found.ambiguous || l.ambiguous {
		return nil
	}
	return found
}

// relateDiverted links a call with the one that was diverted into it: the same caller, and the one that was called there
// is who the diversion names. The call that was diverted may have been ringing for long.
func (r *relations) relateDiverted(l *leg) {
	for _, k := range l.keys {
		relation, header := RelationDiversion, "Diversion"
		switch k.Kind {
		case link.KeyDiversion:
		case link.KeyHistory:
			relation, header = RelationHistory, "History-Info"
		default:
			continue
		}
		first := link.Identify([]byte(k.Value))
		if first.Number == 0 || first.Number == l.to().Number {
			continue
		}
		if o := r.goesInto(pairOf(l.from(), first), l); o != nil {
			reason := header + " names whom the earlier one is for"
			o.relate(related{relation, l.callID, reason, 0.7})
			l.relate(related{relation, o.callID, reason, 0.7})
		}
	}
}

// goesInto returns the one open leg between a pair of numbers that goes to where l comes from.
func (r *relations) goesInto(pair uint64, l *leg) (found *leg) {
	b := r.between(pair)
	if b == nil || b.crowded {
		return nil
	}
	for i := range maxPair {
		o := b.at(i)
		if o == nil || o == l || !follows(l, o) {
			continue
		}
		if found != nil {
			return nil
		}
		found = o
	}
	return found
}
