package session

import (
	"net/netip"
	"time"

	"sipspan/record"
	"sipspan/session/evidence"
)

// newCase begins the case of a request from what its transactions show. It is valid until the next one.
func (t *Table) newCase(r *request) *evidence.Case {
	k := &t.Scratch
	k.Reset()
	n := r.nearest()
	k.Method = r.methodName()
	k.Src, k.Dst = n.src, n.dst
	if k.Place = evidence.UnknownPlace; r.captured() {
		k.Start, k.Vias = r.start, int(n.vias)
		if k.Place = evidence.Outside; r.inside {
			k.Place = evidence.Inside
		}
	}
	if k.Request = r.raw; len(r.raw) == 0 {
		k.Request = t.sketch(r)
	}
	k.AddRefusal(r.evidence)
	return k
}

// requestCause says why a request failed, nil if it did not. at is when the wait for its answer ended.
func (t *Table) requestCause(r *request, p *parties, timedOut bool, at int64) *record.Cause {
	if r.open {
		return nil
	}
	plain := r.cause(p, timedOut)
	if plain == nil || t.Explainer == nil {
		return plain
	}
	if r.explained != nil {
		cause := *r.explained
		return &cause
	}
	k := t.newCase(r)
	k.Status, k.Phrase, k.End = r.status, p.text.Of(r.reason), at
	if r.status != 0 {
		k.End, k.Told = r.final, r.final
		k.Origin = r.generator()
		k.LowCSeq, k.Crossed, k.Outlived, k.Glare = r.lowCSeq, r.crossed, r.outlived, r.glared
	} else {
		k.Wait = r.lack()
		k.OneSided = r.lost
	}
	k.Path = r.path(k.Path, r.status, k.Origin)
	k.Looped = r.looped
	k.Network = t.eventsAbout(k.Network, r, r.start, k.End)
	r.explained = t.Explain(k, plain)
	return r.explained
}

// lack says what an unanswered request waits for.
func (r *request) lack() evidence.Wait {
	if r.farthest().responses == ([6]uint32{}) {
		return evidence.NoResponse
	}
	return evidence.NoFinal
}

// farthest returns the transaction of the request at the last hop without a final response.
func (r *request) farthest() *transaction {
	last := r.nearest()
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && x.final == 0 && x.vias >= last.vias {
			last = x
		}
	}
	return last
}

// path appends the hops from the sender to the one from whom the status came, or who did not answer; of a loop, as far
// as it was seen.
func (r *request) path(list []evidence.Hop, status int, from netip.AddrPort) []evidence.Hop {
	x := r.farthest()
	if status != 0 && !r.looped {
		x = r.nearest()
		for i := range r.transactions {
			if y := &r.transactions[i]; y.method == r.method && int(y.status) == status && y.answerer == from && (x.answerer != from || y.final <= x.final) {
				x = y
			}
		}
	}
	for {
		list = append(list, evidence.Hop{Src: x.src, Dst: x.dst, Status: int(x.status)})
		if x = r.before(x); x == nil {
			break
		}
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// before returns the transaction of the hop before x, nil if it was not seen: the one with the most Vias of those that
// have fewer than x, and rather one that led to the sender of x.
func (r *request) before(x *transaction) (best *transaction) {
	fits := func(y *transaction) bool { return y.dst.Addr() == x.src.Addr() }
	for i := range r.transactions {
		y := &r.transactions[i]
		if y.method != r.method || y.vias >= x.vias {
			continue
		}
		if best == nil || fits(y) && !fits(best) || fits(y) == fits(best) && y.vias > best.vias {
			best = y
		}
	}
	return best
}

// shortTalk is up to how long people talk into a call that they cannot hear.
const shortTalk = 15 * time.Second
