package session

import (
	"sipspan/session/link"
	"sipspan/session/stats"
)

// announceOutcome tells the final status of a call that names another one, or that somebody asked for: whether what it
// was placed for has happened depends on it.
func (t *Tracker) announceOutcome(c *call, at int64, status int) {
	s := &c.link
	if s.id == 0 || s.outcome != 0 && (success(int(s.outcome)) || !success(status)) || !c.namesAnother() {
		return
	}
	s.outcome = uint16(status)
	t.report(c.group, s.id, at, link.Outcome{Status: status})
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
func (t *Tracker) announceEnd(c *call, v *view) {
	if c.link.referred && c.link.id != 0 {
		t.report(c.group, c.link.id, v.at, link.End{})
	}
}

// announceReferTold tells what a NOTIFY says of the call that a REFER asked for (RFC 3515 section 2.4.5).
func (t *Tracker) announceReferTold(s *subscription, v *view, status int) {
	if s.kind != stats.EventRefer || status < 200 {
		return
	}
	n := link.ReferTold{Status: status}
	if r := s.group.refer(v, s.text.of(s.event)); r != nil {
		n.CSeq, n.Sender = r.cseq, r.sender
	}
	t.announceFact(s.group, v, n)
}

// observeMove takes where a side wants its first media, out of the session description that was parsed last, and tells the
// correlator when that is another address than before: media that go from end to end are told so by the element between.
func (t *Tracker) observeMove(c *call, by link.Side, v *view) {
	wants := t.media.Target()
	if wants == 0 || wants == c.link.wants[by] {
		return
	}
	c.link.wants[by] = wants
	t.announceFact(c.group, v, link.Move{Src: v.meta.Src, Media: wants})
}
