package session

import (
	"strconv"

	"sipspan/decode/sip"
	"sipspan/record"
)

// header makes the members that every record has.
func (t *Tracker) header(kind record.Kind, callID string, start, end int64, method string, cseq uint32) record.Header {
	return record.Header{
		ID:     record.ID(kind, callID, start, method, cseq),
		Sensor: t.cfg.Sensor,
		Start:  start,
		End:    end,
		CallID: callID,
	}
}

// requestHeader makes the members that every record has for the record of a request.
func (t *Tracker) requestHeader(kind record.Kind, r *request, at int64) record.Header {
	end := at
	if r.status != 0 {
		end = r.final
	}
	h := t.header(kind, r.group.callID, r.began(), end, r.methodName(), r.cseq)
	h.Confidence.Flags = r.flags
	h.Peers = t.peersOf(r.nearest().src, r.destination())
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
	text     sealed
	from, to record.Party
	src, dst string
	origin   string
}

// seal makes the text of a request one string and takes the common members out of it. The request keeps its text.
func (r *request) seal() parties {
	x := &r.text
	n := r.nearest()
	src, dst := x.address(n.src), x.address(n.dst)
	origin := piece{}
	if r.status != 0 {
		origin = x.address(r.generator())
	}
	s := x.seal()
	return parties{
		text:   s,
		from:   record.Party{URI: s.of(r.fromURI), Display: s.of(r.fromName), Tag: s.of(r.fromTag)},
		to:     record.Party{URI: s.of(r.toURI), Display: s.of(r.toName), Tag: s.of(r.toTag)},
		src:    s.of(src),
		dst:    s.of(dst),
		origin: s.of(origin),
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
		return &record.Cause{Source: "sip", Code: strconv.Itoa(r.status), Text: p.text.of(r.reason), Origin: p.origin}
	case r.status == 0 && timedOut:
		if r.method == sip.INVITE {
			return timeoutCause("timer_b")
		}
		return timeoutCause("timer_f")
	}
	return nil
}

// timeoutCause returns the cause of a request without a final response in time.
func timeoutCause(timer string) *record.Cause {
	text := "no final response within Timer F"
	switch timer {
	case "timer_b":
		text = "no response within Timer B"
	case "timer_c":
		text = "no final response within Timer C after the last provisional one"
	}
	return &record.Cause{Source: "timeout", Code: timer, Text: text}
}

func (t *Tracker) writeTransaction(r *request, at int64) {
	p := r.seal()
	timedOut := r.status == 0 && !r.unanswered() && r.gaveUp != 0
	t.emit(at, &record.Transaction{
		Header:     t.requestHeader(record.KindTransaction, r, at),
		Method:     r.methodName(),
		RequestURI: p.text.of(r.uri),
		From:       p.from,
		To:         p.to,
		Status:     r.status,
		Reason:     p.text.of(r.reason),
		Delay:      r.delay(),
		Timeout:    timedOut,
		Challenged: r.retried,
		Src:        p.src,
		Dst:        p.dst,
		UserAgent:  p.text.of(r.agent),
		Cause:      t.requestCause(r, &p, timedOut, at),
	})
}

func (t *Tracker) writeFailure(r *request, at int64) {
	p := r.seal()
	t.emit(at, &record.Failure{
		Header:     t.requestHeader(record.KindFailure, r, at),
		Method:     r.methodName(),
		RequestURI: p.text.of(r.uri),
		From:       p.from,
		To:         p.to,
		Status:     r.status,
		Reason:     p.text.of(r.reason),
		Origin:     p.origin,
		Src:        p.src,
		Dst:        p.dst,
		Cause:      t.requestCause(r, &p, true, at),
		Event:      r.eventPackage(),
	})
}
