package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/store"
	"sipspan/session/value"
)

// openPublish takes a PUBLISH that is seen for the first time.
func (u *BindingUsage) openPublish(g *group, v *view) {
	r := u.newRequest(g, v, rolePublish)
	event := v.m.Header(sip.HeaderEvent)
	r.event, r.about = r.text.Add(event), value.EventPackage(event)
	r.expires = v.seconds(sip.HeaderExpires)
	r.size = len(v.m.Body())
	r.published = &publishing{match: r.text.Add(v.m.Header(sip.HeaderSIPIfMatch))}
	if r.size > 0 {
		documents := u.ParseBody(v.m)
		for i := range documents {
			if p := eventstate.Published(&documents[i], string(r.text.Of(r.toURI))); p != nil {
				r.published.presence = p
				break
			}
		}
	}
	u.takeOver(r)
}

// publicationOutcome says how a PUBLISH with a final response, or without one in time, ended.
func publicationOutcome(r *request) record.Outcome {
	matched := r.published != nil && r.published.match.Len > 0
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

func (u *BindingUsage) writePublication(r *request, v *view, at int64, outcome record.Outcome) {
	expires := -1 // what was asked for and not granted says nothing
	if value.Success(r.status) {
		expires = r.expires
	}
	var tag store.Piece
	if v != nil && value.Success(r.status) {
		tag = r.text.Add(v.m.Header(sip.HeaderSIPETag))
		if granted := v.seconds(sip.HeaderExpires); granted >= 0 && expires != 0 {
			expires = granted
		}
	}
	p := r.seal()
	rec := &record.Publication{
		Header:     u.requestHeader(record.KindPublication, r, at),
		Event:      string(value.EventType([]byte(p.text.Of(r.event)))),
		AOR:        p.to.URI,
		Outcome:    outcome,
		ETag:       p.text.Of(tag),
		Expires:    expires,
		Status:     r.status,
		Reason:     p.text.Of(r.reason),
		Challenged: r.retried,
		Src:        p.src,
		Dst:        p.dst,
		Cause:      u.requestCause(r, &p, outcome == record.OutcomeTimeout, at),
	}
	if r.published != nil {
		rec.IfMatch, rec.Presence = p.text.Of(r.published.match), r.published.presence
	}
	u.Emit(at, rec)
}
