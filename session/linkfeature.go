package session

import (
	"bytes"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/session/link"
	"sipspan/session/value"
)

// features returns the parameters of the Contact of a message, nil if it has none.
func features(v *view) (a sip.Address, params []byte) {
	contact := v.m.Header(sip.HeaderContact)
	if end := bytes.LastIndexByte(contact, '>'); end+1 == len(contact) || end < 0 && bytes.IndexByte(contact, ';') < 0 {
		return sip.Address{}, nil
	}
	a, _ = v.m.Contact()
	return a, a.Params
}

// focusOf returns a hash of the Contact when that is a conference focus (RFC 4579 section 5.2), else 0.
func focusOf(v *view) uint64 {
	a, params := features(v)
	if _, focus := sip.Param(params, "isfocus"); !focus {
		return 0
	}
	return xxhash.Sum64(a.URI)
}

// observeFeatures takes what the Contact of an INVITE or UPDATE of a call, or of a response to one, says of its sender: that
// it is the focus of a conference, or a server without a user, as those that play music are (RFC 7088 section 2.2).
func (u *CallUsage) observeFeatures(c *call, by link.Side, v *view) {
	a, params := features(v)
	if len(params) == 0 {
		if v.m.First(sip.HeaderContact) >= 0 || value.Success(v.m.Status) {
			c.link.ordinary[by] = !c.link.mixes[by]
		}
		return
	}
	if _, focus := sip.Param(params, "isfocus"); focus {
		c.link.mixes[by] = true
		u.announceFact(c.group, v, link.Focus{Src: v.meta.Src, Side: by, Contact: xxhash.Sum64(a.URI), Ordinary: c.link.ordinary[by]})
		return
	}
	c.link.ordinary[by] = !c.link.mixes[by]
	if rendering, _ := sip.Param(params, "+sip.rendering"); by == link.CalleeSide && !v.m.Request && bytes.EqualFold(bytes.Trim(rendering, `"`), []byte("no")) {
		if _, automaton := sip.Param(params, "automaton"); automaton {
			u.announceFact(c.group, v, link.Music{})
		}
	}
}
