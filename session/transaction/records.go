package transaction

import (
	"strconv"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/shard"
	"sipspan/session/store"
	"sipspan/session/value"
)

// RequestHeader makes the members that every record has for the record of a request.
func (t *Table) RequestHeader(kind record.Kind, r *Request, at int64) record.Header {
	end := at
	if r.Status != 0 {
		end = r.Final
	}
	h := t.Header(kind, r.Group.CallID, r.began(), end, r.MethodName(), r.CSeq)
	h.Confidence.Flags, h.Confidence.Gap = r.Flags, value.Known(r.Gap)
	h.Place = r.Group.Origin
	h.Peers = t.PeersOf(r.Nearest().Src, r.destination())
	return h
}

// began returns the time of the first try, or of the first sight.
func (r *Request) began() int64 {
	if r.First != 0 {
		return r.First
	}
	return r.Start
}

// Parties are the strings that most records of a request have.
type Parties struct {
	Text     store.Sealed
	From, To record.Party
	Src, Dst string
	origin   string
}

// Seal makes the text of a request one string and takes the common members out of it. The request keeps its text.
func (r *Request) Seal() Parties {
	x := &r.Text
	n := r.Nearest()
	src, dst := x.Address(n.Src), x.Address(n.Dst)
	origin := store.Piece{}
	if r.Status != 0 {
		origin = x.Address(r.generator())
	}
	s := x.Seal()
	return Parties{
		Text:   s,
		From:   record.Party{URI: s.Of(r.FromURI), Display: s.Of(r.FromName), Tag: s.Of(r.FromTag)},
		To:     record.Party{URI: s.Of(r.ToURI), Display: s.Of(r.ToName), Tag: s.Of(r.ToTag)},
		Src:    s.Of(src),
		Dst:    s.Of(dst),
		origin: s.Of(origin),
	}
}

// Delay returns the time from the first try to the final response.
func (r *Request) Delay() record.Elapsed {
	if r.Status == 0 {
		return record.Elapsed{}
	}
	return record.Between(r.First, r.Final)
}

// cause returns why a request failed, nil if it did not.
func (r *Request) cause(p *Parties, timedOut bool) *record.Cause {
	switch {
	case r.Status >= 300:
		return &record.Cause{Source: "sip", Code: strconv.Itoa(r.Status), Text: p.Text.Of(r.Reason), Origin: p.origin}
	case r.Status == 0 && timedOut:
		if r.Method == sip.INVITE {
			return shard.TimeoutCause("timer_b")
		}
		return shard.TimeoutCause("timer_f")
	}
	return nil
}

// WriteTransaction writes the transaction record of a request, at packet time at.
func (t *Table) WriteTransaction(r *Request, at int64) {
	p := r.Seal()
	timedOut := r.Status == 0 && !r.Unanswered() && r.GaveUp != 0
	t.Emit(at, &record.Transaction{
		Header:     t.RequestHeader(record.KindTransaction, r, at),
		Method:     r.MethodName(),
		RequestURI: p.Text.Of(r.URI),
		From:       p.From,
		To:         p.To,
		Status:     r.Status,
		Reason:     p.Text.Of(r.Reason),
		Delay:      r.Delay(),
		Timeout:    timedOut,
		Challenged: r.Retried,
		Src:        p.Src,
		Dst:        p.Dst,
		UserAgent:  p.Text.Of(r.Agent),
		Cause:      t.RequestCause(r, &p, timedOut, at),
	})
}

// WriteFailure writes the failure record of a request, at packet time at.
func (t *Table) WriteFailure(r *Request, at int64) {
	p := r.Seal()
	t.Emit(at, &record.Failure{
		Header:     t.RequestHeader(record.KindFailure, r, at),
		Method:     r.MethodName(),
		RequestURI: p.Text.Of(r.URI),
		From:       p.From,
		To:         p.To,
		Status:     r.Status,
		Reason:     p.Text.Of(r.Reason),
		Origin:     p.origin,
		Src:        p.Src,
		Dst:        p.Dst,
		Cause:      t.RequestCause(r, &p, true, at),
		Event:      r.eventPackage(),
	})
}
