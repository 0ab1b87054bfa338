package call

import (
	"bytes"
	"time"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/link"
	"sipspan/session/transaction"
	"sipspan/session/value"
)

// features returns the parameters of the Contact of a message, nil if it has none.
func features(v *transaction.View) (a sip.Address, params []byte) {
	contact := v.Message.Header(sip.HeaderContact)
	if end := bytes.LastIndexByte(contact, '>'); end+1 == len(contact) || end < 0 && bytes.IndexByte(contact, ';') < 0 {
		return sip.Address{}, nil
	}
	a, _ = v.Message.Contact()
	return a, a.Params
}

// focusOf returns a hash of the Contact when that is a conference focus (RFC 4579 section 5.2), else 0.
func focusOf(v *transaction.View) uint64 {
	a, params := features(v)
	if _, focus := sip.Param(params, "isfocus"); !focus {
		return 0
	}
	return xxhash.Sum64(a.URI)
}

// observeFeatures takes what the Contact of an INVITE or UPDATE of a call, or of a response to one, shows of its sender: that
// it is the focus of a conference, or a server without a user, as those that play music are (RFC 7088 section 2.2).
func (u *Usage) observeFeatures(c *Call, by link.Side, v *transaction.View) {
	a, params := features(v)
	if len(params) == 0 {
		if v.Message.First(sip.HeaderContact) >= 0 || value.Success(v.Message.Status) {
			c.link.ordinary[by] = !c.link.mixes[by]
		}
		return
	}
	if _, focus := sip.Param(params, "isfocus"); focus {
		c.link.mixes[by] = true
		u.announceFact(c.group, v, link.Focus{Src: v.Meta.Src, Side: by, Contact: xxhash.Sum64(a.URI), Ordinary: c.link.ordinary[by]})
		return
	}
	c.link.ordinary[by] = !c.link.mixes[by]
	if rendering, _ := sip.Param(params, "+sip.rendering"); by == link.CalleeSide && !v.Message.Request && bytes.EqualFold(bytes.Trim(rendering, `"`), []byte("no")) {
		if _, automaton := sip.Param(params, "automaton"); automaton {
			u.announceFact(c.group, v, link.Music{})
		}
	}
}

// announceOutcome reports the final status of a call that names another one, or that somebody asked for: whether what it
// was placed for has happened depends on it.
func (u *Usage) announceOutcome(c *Call, at int64, status int) {
	s := &c.link
	if s.id == 0 || s.outcome != 0 && (value.Success(int(s.outcome)) || !value.Success(status)) || !c.namesAnother() {
		return
	}
	s.outcome = uint16(status)
	u.Report(c.group.CallID, s.id, at, link.Outcome{Status: status})
}

func (c *Call) namesAnother() bool {
	for i := range c.link.keys {
		switch c.link.keys[i].kind {
		case link.KeyReplaces, link.KeyJoin, link.KeyReferredBy, link.KeyRequestedBy:
			return true
		}
	}
	return false
}

// announceEnd reports the BYE of a call in which there was a REFER.
func (u *Usage) announceEnd(c *Call, v *transaction.View) {
	if c.link.referred && c.link.id != 0 {
		u.Report(c.group.CallID, c.link.id, v.At, link.End{})
	}
}

// observeMove takes where a side wants its first media, out of the session description that was parsed last, and tells the
// correlator when that is another address than before: an element between makes media go from end to end in this way.
func (u *Usage) observeMove(c *Call, by link.Side, v *transaction.View) {
	wants := u.media.Target()
	if wants == 0 || wants == c.link.wants[by] {
		return
	}
	c.link.wants[by] = wants
	u.announceFact(c.group, v, link.Move{Src: v.Meta.Src, Media: wants})
}

// maxWaited bounds what a Retry-After is believed.
const maxWaited = int64(time.Hour)

// AnnounceRefusal reports a 503, or a 500 with Retry-After, as its sender received it: who tries the
// same again should wait.
func (u *Usage) AnnounceRefusal(r *transaction.Request, x *transaction.Transaction, v *transaction.View) {
	status := v.Message.Status
	if u.Explainer == nil || status != 503 && status != 500 || x.Below || x.Final != 0 || r.Start == 0 {
		return
	}
	after := v.Message.Header(sip.HeaderRetryAfter)
	if status == 500 && len(after) == 0 {
		return
	}
	o := link.Refusal{Method: r.Method, Start: r.Start, End: v.At}
	o.Wait = min(int64(max(value.Seconds(after), 0))*int64(time.Second), maxWaited)
	o.Same = link.Mix(uint64(r.Method), link.HashAddr(x.Src.Addr()), link.HashAddr(x.Dst.Addr())+uint64(x.Dst.Port()),
		wire.HashCallID(v.Message.From().URI), wire.HashCallID(v.Message.To().URI))
	u.Report(r.Group.CallID, 0, v.At, o)
}

// maxNonces bounds the nonces of one message that are announced.
const maxNonces = 4

// announceNonces reports the nonces in the given header fields of a message of a call: those of a challenge, or of
// the credentials that answer one.
func (u *Usage) announceNonces(c *Call, v *transaction.View, answer bool, fields ...sip.HeaderID) {
	n := 0
	for _, id := range fields {
		for i := v.Message.First(id); i >= 0 && n < maxNonces; i = v.Message.Next(i) {
			nonce := value.AuthParam(v.Message.Value(i), "nonce")
			if len(nonce) == 0 {
				continue
			}
			n++
			nonce, from, to := value.Clip(nonce), value.Clip(v.Message.From().URI), value.Clip(v.Message.To().URI)
			var buf [256]byte
			text := string(append(append(append(buf[:0], nonce...), from...), to...)) // one string for all three
			a := link.Credentials{Nonce: text[:len(nonce)], From: text[len(nonce) : len(nonce)+len(from)], To: text[len(nonce)+len(from):]}
			if answer {
				u.Report(c.group.CallID, 0, v.At, a)
			} else {
				u.Report(c.group.CallID, 0, v.At, link.Challenge{Nonce: a.Nonce, From: a.From, To: a.To, Began: c.began()})
			}
		}
	}
}
