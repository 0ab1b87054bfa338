package session

import (
	"strconv"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/shard"
	"sipspan/session/store"
)

// requestHeader makes the members that every record has for the record of a request.
func (t *Table) requestHeader(kind record.Kind, r *request, at int64) record.Header {
	end := at
	if r.status != 0 {
		end = r.final
	}
	h := t.Header(kind, r.group.callID, r.began(), end, r.methodName(), r.cseq)
	h.Place = r.group.origin
	h.Confidence.Flags, h.Confidence.Gap = r.flags, known(r.gap)
	h.Peers = t.PeersOf(r.nearest().src, r.destination())
	return h
}

// began returns the time of the first try, or of the first sight.
func (r *request) began() int64 {
	if r.first != 0 {
		return r.first
	}
	return r.start
}

// parties are the strings that most records of a request have.
type parties struct {
	text     store.Sealed
	from, to record.Party
	src, dst string
	origin   string
}

// seal makes the text of a request one string and takes the common members out of it. The request keeps its text.
func (r *request) seal() parties {
	x := &r.text
	n := r.nearest()
	src, dst := x.Address(n.src), x.Address(n.dst)
	origin := store.Piece{}
	if r.status != 0 {
		origin = x.Address(r.generator())
	}
	s := x.Seal()
	return parties{
		text:   s,
		from:   record.Party{URI: s.Of(r.fromURI), Display: s.Of(r.fromName), Tag: s.Of(r.fromTag)},
		to:     record.Party{URI: s.Of(r.toURI), Display: s.Of(r.toName), Tag: s.Of(r.toTag)},
		src:    s.Of(src),
		dst:    s.Of(dst),
		origin: s.Of(origin),
	}
}

// delay returns the time from the first try to the final response.
func (r *request) delay() record.Elapsed {
	if r.status == 0 {
		return record.Elapsed{}
	}
	return record.Between(r.first, r.final)
}

// cause returns why a request failed, nil if it did not.
func (r *request) cause(p *parties, timedOut bool) *record.Cause {
	switch {
	case r.status >= 300:
		return &record.Cause{Source: "sip", Code: strconv.Itoa(r.status), Text: p.text.Of(r.reason), Origin: p.origin}
	case r.status == 0 && timedOut:
		if r.method == sip.INVITE {
			return shard.TimeoutCause("timer_b")
		}
		return shard.TimeoutCause("timer_f")
	}
	return nil
}

func (t *Table) writeTransaction(r *request, at int64) {
	p := r.seal()
	timedOut := r.status == 0 && !r.unanswered() && r.gaveUp != 0
	t.Emit(at, &record.Transaction{
		Header:     t.requestHeader(record.KindTransaction, r, at),
		Method:     r.methodName(),
		RequestURI: p.text.Of(r.uri),
		From:       p.from,
		To:         p.to,
		Status:     r.status,
		Reason:     p.text.Of(r.reason),
		Delay:      r.delay(),
		Timeout:    timedOut,
		Challenged: r.retried,
		Src:        p.src,
		Dst:        p.dst,
		UserAgent:  p.text.Of(r.agent),
		Cause:      t.requestCause(r, &p, timedOut, at),
	})
}

func (t *Table) writeFailure(r *request, at int64) {
	p := r.seal()
	t.Emit(at, &record.Failure{
		Header:     t.requestHeader(record.KindFailure, r, at),
		Method:     r.methodName(),
		RequestURI: p.text.Of(r.uri),
		From:       p.from,
		To:         p.to,
		Status:     r.status,
		Reason:     p.text.Of(r.reason),
		Origin:     p.origin,
		Src:        p.src,
		Dst:        p.dst,
		Cause:      t.requestCause(r, &p, true, at),
		Event:      r.eventPackage(),
	})
}
