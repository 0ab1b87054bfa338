package session

import (
	"sipspan/session/link"
	"sipspan/session/value"
)

// announceOutcome tells the final status of a call that names another one, or that somebody asked for: whether what it
// was placed for has happened depends on it.
func (u *CallUsage) announceOutcome(c *call, at int64, status int) {
	s := &c.link
	if s.id == 0 || s.outcome != 0 && (value.Success(int(s.outcome)) || !value.Success(status)) || !c.namesAnother() {
		return
	}
	s.outcome = uint16(status)
	u.Report(c.group.callID, s.id, at, link.Outcome{Status: status})
}

func (c *call) namesAnother() bool {
	for i := range c.link.keys {
		switch c.link.keys[i].kind {
		case link.KeyReplaces, link.KeyJoin, link.KeyReferredBy, link.KeyRequestedBy:
			return true
		}
	}
	return false
}

// announceEnd tells of the BYE of a call in which there was a REFER.
func (u *CallUsage) announceEnd(c *call, v *view) {
	if c.link.referred && c.link.id != 0 {
		u.Report(c.group.callID, c.link.id, v.at, link.End{})
	}
}

// observeMove takes where a side wants its first media, out of the session description that was parsed last, and tells the
// correlator when that is another address than before: media that go from end to end are told so by the element between.
func (u *CallUsage) observeMove(c *call, by link.Side, v *view) {
	wants := u.media.Target()
	if wants == 0 || wants == c.link.wants[by] {
		return
	}
	c.link.wants[by] = wants
	u.announceFact(c.group, v, link.Move{Src: v.meta.Src, Media: wants})
}
