package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/eventstate"
)

// publishing is what a PUBLISH asks for beside what every request says (RFC 3903 section 4).
type publishing struct {
	match    piece // entity tag
	presence *record.Presence
}

// openPublish takes a PUBLISH that is seen for the first time.
func (t *Tracker) openPublish(g *group, v *view) {
	r := t.newRequest(g, v, rolePublish)
	event := v.m.Header(sip.HeaderEvent)
	r.event, r.about = r.text.add(event), parseEvent(event)
	r.expires = v.seconds(sip.HeaderExpires)
	r.size = len(v.m.Body())
	r.published = &publishing{match: r.text.add(v.m.Header(sip.HeaderSIPIfMatch))}
	if r.size > 0 {
		documents := t.parseBody(v)
		for i := range documents {
			if p := eventstate.Published(&documents[i], string(r.text.of(r.toURI))); p != nil {
				r.published.presence = p
				break
			}
		}
	}
	t.takeOver(r)
}

// publicationOutcome says how a PUBLISH with a final response, or without one in time, ended.
func publicationOutcome(r *request) record.Outcome {
	matched := r.published != nil && r.published.match.len > 0
	switch {
	case r.status == 0:
		return record.OutcomeTimeout
	case r.status == 412:
		return record.ConditionFailed
	case r.status >= 300:
		return record.OutcomeFailed
	case r.expires == 0:
		return record.Removed
	case matched && r.size > 0:
		return record.Modified
	case matched:
		return record.Refreshed
	}
	return record.Published
}

func (t *Tracker) writePublication(r *request, v *view, at int64, outcome record.Outcome) {
	expires := -1 // what was asked for and not granted says nothing
	if success(r.status) {
		expires = r.expires
	}
	var tag piece
	if v != nil && success(r.status) {
		tag = r.text.add(v.m.Header(sip.HeaderSIPETag))
		if granted := v.seconds(sip.HeaderExpires); granted >= 0 && expires != 0 {
			expires = granted
		}
	}
	p := r.seal()
	rec := &record.Publication{
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
		Cause:      t.requestCause(r, &p, outcome == record.OutcomeTimeout, at),
	}
	if r.published != nil {
		rec.IfMatch, rec.Presence = p.text.of(r.published.match), r.published.presence
	}
	t.emit(at, rec)
}
