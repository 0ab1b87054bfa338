package binding

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// openPublish takes a PUBLISH that is seen for the first time.
func (u *Usage) openPublish(g *transaction.Group, v *transaction.View) {
	r := u.NewRequest(g, v, transaction.RolePublish)
	event := v.Message.Header(sip.HeaderEvent)
	r.Event, r.About = r.Text.Add(event), value.EventPackage(event)
	r.Expires = v.Seconds(sip.HeaderExpires)
	r.Size = len(v.Message.Body())
	r.Published = &transaction.Publishing{Match: r.Text.Add(v.Message.Header(sip.HeaderSIPIfMatch))}
	if r.Size > 0 {
		documents := u.ParseBody(v.Message)
		for i := range documents {
			if p := eventstate.Published(&documents[i], string(r.Text.Of(r.ToURI))); p != nil {
				r.Published.Presence = p
				break
			}
		}
	}
	u.TakeOver(r)
}

// publicationOutcome returns how a PUBLISH with a final response, or without one in time, ended.
func publicationOutcome(r *transaction.Request) record.Outcome {
	matched := r.Published != nil && r.Published.Match.Len > 0
	switch {
	case r.Status == 0:
		return record.OutcomeTimeout
	case r.Status == 412:
		return record.ConditionFailed
	case r.Status >= 300:
		return record.OutcomeFailed
	case r.Expires == 0:
		return record.Removed
	case matched && r.Size > 0:
		return record.Modified
	case matched:
		return record.Refreshed
	}
	return record.Published
}

func (u *Usage) writePublication(r *transaction.Request, v *transaction.View, at int64, outcome record.Outcome) {
	expires := -1 // what was asked for and not granted does not count
	if value.Success(r.Status) {
		expires = r.Expires
	}
	var tag store.Piece
	if v != nil && value.Success(r.Status) {
		tag = r.Text.Add(v.Message.Header(sip.HeaderSIPETag))
		if granted := v.Seconds(sip.HeaderExpires); granted >= 0 && expires != 0 {
			expires = granted
		}
	}
	p := r.Seal()
	rec := &record.Publication{
		Header:     u.RequestHeader(record.KindPublication, r, at),
		Event:      string(value.EventType([]byte(p.Text.Of(r.Event)))),
		AOR:        p.To.URI,
		Outcome:    outcome,
		ETag:       p.Text.Of(tag),
		Expires:    expires,
		Status:     r.Status,
		Reason:     p.Text.Of(r.Reason),
		Challenged: r.Retried,
		Src:        p.Src,
		Dst:        p.Dst,
		Cause:      u.RequestCause(r, &p, outcome == record.OutcomeTimeout, at),
	}
	if r.Published != nil {
		rec.IfMatch, rec.Presence = p.Text.Of(r.Published.Match), r.Published.Presence
	}
	u.Emit(at, rec)
}
