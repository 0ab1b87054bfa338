package session

import "sipspan/session/stats"

// announceOutcome tells the final status of a call that names another one, or that somebody asked for: whether what it
// was placed for has happened depends on it.
func (t *Tracker) announceOutcome(c *call, at int64, status int) {
	s := &c.link
	if s.leg == nil || s.outcome != 0 && (success(int(s.outcome)) || !success(status)) || !c.namesAnother() {
		return
	}
	s.outcome = uint16(status)
	t.sink.Announce(max(at, t.now), Announcement{
		Sighting: OutcomeSeen, CallID: c.group.callID, Time: at, leg: s.leg, notice: &notice{status: status},
	})
}

func (c *call) namesAnother() bool {
	for i := range c.link.keys {
		switch c.link.keys[i].kind {
		case linkReplaces, linkJoin, linkReferredBy, linkRequestedBy:
			return true
		}
	}
	return false
}

// announceEnd tells of the BYE of a call in which there was a REFER.
func (t *Tracker) announceEnd(c *call, v *view) {
	if c.link.referred && c.link.leg != nil {
		t.sink.Announce(max(v.at, t.now), Announcement{Sighting: EndSeen, CallID: c.group.callID, Time: v.at, leg: c.link.leg})
	}
}

// announceReferTold tells what a NOTIFY says of the call that a REFER asked for (RFC 3515 section 2.4.5).
func (t *Tracker) announceReferTold(s *subscription, v *view, status int) {
	if s.kind != stats.EventRefer || status < 200 {
		return
	}
	n := &notice{status: status}
	if r := s.group.refer(v, s.text.of(s.event)); r != nil {
		n.cseq, n.sender = r.cseq, r.sender
	}
	t.announceNotice(s.group, v, ReferTold, n)
}

// hearMove takes where a side wants its first media, out of the session description that was parsed last, and tells the
// correlator when that is another address than before: media that go from end to end are told so by the element between.
func (t *Tracker) hearMove(c *call, by side, v *view) {
	wants := t.mediaHash()
	if wants == 0 || wants == c.link.wants[by] {
		return
	}
	c.link.wants[by] = wants
	n := newNotice(v)
	n.side, n.media, n.other = by, wants, c.link.wants[by.other()]
	t.announceNotice(c.group, v, MoveSeen, n)
}
