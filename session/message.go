package session

import (
	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/call"
	"sipspan/session/transaction"
)

// maxBody bounds what is kept of the body of a MESSAGE, in bytes.
const maxBody = 64 << 10

// otherUsage writes messages outside of dialogs, and takes requests that mean nothing to a session.
type otherUsage struct {
	*transaction.Table
	calls *call.Usage
}

// Request takes a MESSAGE, or what nobody else takes.
func (u *otherUsage) Request(g *transaction.Group, v *transaction.View) {
	if v.Message.Method == sip.MESSAGE {
		u.openMessage(g, v)
		return
	}
	u.TakeOver(u.NewRequest(g, v, transaction.RoleOther))
}

// Response leaves a response alone until it has decided its request.
func (u *otherUsage) Response(*transaction.Request, *transaction.Transaction, *transaction.View) {}

// Complete writes what became of a message.
func (u *otherUsage) Complete(r *transaction.Request, _ *transaction.View, at int64) (said bool) {
	if r.Role == transaction.RoleMessage {
		u.writeMessage(r, at)
	}
	return false
}

// Close writes a message that is in progress.
func (u *otherUsage) Close(r *transaction.Request, at int64) {
	if r.Role == transaction.RoleMessage {
		u.writeMessage(r, at)
	}
}

// openMessage takes a MESSAGE that is seen for the first time: inside the dialog of a call, where it is counted, or
// outside, where it is written.
func (u *otherUsage) openMessage(g *transaction.Group, v *transaction.View) {
	if len(v.ToTag) > 0 && g.Call != nil {
		u.calls.ObserveMessage(g, v)
		u.TakeOver(u.NewRequest(g, v, transaction.RoleOther))
		return
	}
	if len(v.ToTag) > 0 && g.Buried {
		u.TakeOver(u.NewRequest(g, v, transaction.RoleOther))
		return
	}
	r := u.NewRequest(g, v, transaction.RoleMessage)
	if len(v.ToTag) > 0 {
		r.Flags |= record.MidStream
	}
	body := v.Message.Body()
	r.Size = v.BodySize()
	r.ContentType = r.Text.Add(v.Message.ContentType())
	if u.Config.MessageText {
		r.Body = r.Text.Copy(body[:min(len(body), maxBody)])
	}
	u.TakeOver(r)
}

func (u *otherUsage) writeMessage(r *transaction.Request, at int64) {
	p := r.Seal()
	timedOut := r.GaveUp != 0
	u.Emit(at, &record.Message{
		Header:      u.RequestHeader(record.KindMessage, r, at),
		From:        p.From,
		To:          p.To,
		Status:      r.Status,
		Reason:      p.Text.Of(r.Reason),
		Size:        r.Size,
		ContentType: p.Text.Of(r.ContentType),
		Text:        p.Text.Of(r.Body),
		Challenged:  r.Retried,
		Src:         p.Src,
		Dst:         p.Dst,
		Delay:       r.Delay(),
		Cause:       u.RequestCause(r, &p, timedOut, at),
	})
}
