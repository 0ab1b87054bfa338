package session

import "sipspan/record"

// maxBody bounds what is kept of the body of a MESSAGE, in bytes.
const maxBody = 64 << 10

// openMessage takes a MESSAGE that is seen for the first time: inside the dialog of a call, where it is counted, or
// outside, where it is written.
func (t *Tracker) openMessage(g *group, v *view) {
	if len(v.toTag) > 0 && g.call != nil {
		callIn(g).observeMessage(v)
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
	r.contentType = r.text.Add(v.m.ContentType())
	if t.Config.MessageText {
		r.body = r.text.Copy(body[:min(len(body), maxBody)])
	}
	t.takeOver(r)
}

func (t *Tracker) writeMessage(r *request, at int64) {
	p := r.seal()
	timedOut := r.gaveUp != 0
	t.Emit(at, &record.Message{
		Header:      t.requestHeader(record.KindMessage, r, at),
		From:        p.from,
		To:          p.to,
		Status:      r.status,
		Reason:      p.text.Of(r.reason),
		Size:        r.size,
		ContentType: p.text.Of(r.contentType),
		Text:        p.text.Of(r.body),
		Challenged:  r.retried,
		Src:         p.src,
		Dst:         p.dst,
		Delay:       r.delay(),
		Cause:       t.requestCause(r, &p, timedOut, at),
	})
}
