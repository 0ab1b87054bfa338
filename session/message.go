package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
)

// openMessage takes a MESSAGE that is seen for the first time: inside the dialog of a call, where it is counted, or
// outside, where it is written.
func (t *Tracker) openMessage(g *group, v *view) {
	if len(v.toTag) > 0 && g.call != nil {
		g.call.hearMessage(v)
		t.takeOver(t.newRequest(g, v, roleOther))
		return
	}
	if len(v.toTag) > 0 && g.buried {
		t.takeOver(t.newRequest(g, v, roleOther))
		return
	}
	r := t.newRequest(g, v, roleMessage)
	if len(v.toTag) > 0 {
		r.flags |= record.MidStream
	}
	body := v.m.Body()
	r.size = len(body)
	r.contentType = r.text.add(v.m.ContentType())
	if t.cfg.MessageText {
		r.body = r.text.addLines(body)
	}
	t.takeOver(r)
}

// addLines appends a copy of b as it is, cut to maxBody.
func (t *text) addLines(b []byte) piece {
	const maxBody = 64 << 10
	off := len(t.buf)
	t.buf = append(t.buf, b[:min(len(b), maxBody)]...)
	return piece{off: uint32(off), len: uint32(len(t.buf) - off)}
}

func (t *Tracker) writeMessage(r *request, at int64) {
	p := r.seal()
	timedOut := r.progress == waiting && at >= r.deadline
	t.emit(at, &record.Message{
		Header:      t.requestHeader(record.KindMessage, r, at),
		From:        p.from,
		To:          p.to,
		Status:      r.status,
		Reason:      p.text.of(r.reason),
		Size:        r.size,
		ContentType: p.text.of(r.contentType),
		Text:        p.text.of(r.body),
		Challenged:  r.retried,
		Src:         p.src,
		Dst:         p.dst,
		Delay:       r.delay(),
		Cause:       r.cause(&p, timedOut),
	})
}

// publicationOutcome says how a PUBLISH with a final response, or without one in time, ended.
func publicationOutcome(r *request) record.Outcome {
	switch {
	case r.status == 0:
		return record.OutcomeTimeout
	case r.status >= 300:
		return record.OutcomeFailed
	case r.expires == 0:
		return record.Removed
	}
	return record.Published
}

func (t *Tracker) writePublication(r *request, v *view, at int64, outcome record.Outcome) {
	expires := r.expires
	var tag piece
	if v != nil && success(r.status) {
		tag = r.text.add(v.m.Header(sip.HeaderSIPETag))
		if granted := v.seconds(sip.HeaderExpires); granted >= 0 && expires != 0 {
			expires = granted
		}
	}
	p := r.seal()
	t.emit(at, &record.Publication{
		Header:     t.requestHeader(record.KindPublication, r, at),
		Event:      string(eventType([]byte(p.text.of(r.event)))),
		AOR:        p.to.URI,
		Outcome:    outcome,
		ETag:       p.text.of(tag),
		Expires:    expires,
		Status:     r.status,
		Reason:     p.text.of(r.reason),
		Challenged: r.retried,
		Src:        p.src,
		Dst:        p.dst,
		Cause:      r.cause(&p, outcome == record.OutcomeTimeout),
	})
}
