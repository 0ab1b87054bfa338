package session

import "sipspan/record"

// openMessage takes a MESSAGE that is seen for the first time: inside the dialog of a call, where it is counted, or
// outside, where it is written.
func (t *Tracker) openMessage(g *group, v *view) {
	if len(v.toTag) > 0 && g.call != nil {
		g.call.observeMessage(v)
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
	r.size = v.bodySize()
	r.contentType = r.text.add(v.m.ContentType())
	if t.cfg.MessageText {
		r.body = r.text.addLines(body)
	}
	t.takeOver(r)
}

// bodySize returns how large the body of a message is, -1 when that is not known: the capture cut it off, and no
// Content-Length says.
func (v *view) bodySize() int {
	there := len(v.m.Body())
	if v.meta.Flags&record.Truncated == 0 {
		return there
	}
	if n, ok := v.m.ContentLength(); ok {
		return n
	}
	return -1
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
	timedOut := r.gaveUp != 0
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
		Cause:       t.requestCause(r, &p, timedOut, at),
	})
}
