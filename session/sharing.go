package session

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/session/value"
)

// ownGroup returns the group of a message among those that share its Call-ID: the one that knows a tag of it, else the
// first.
func (t *Tracker) ownGroup(first *group, v *view) *group {
	s := t.groups.index.Seek(first.hash)
	for g := t.groups.next(&s, first); g != nil; g = t.groups.next(&s, first) {
		if knows(g, v) {
			return g
		}
	}
	return first
}

// sharing returns how many groups have the Call-ID of one.
func (t *Tracker) sharing(of *group) (n int) {
	s := t.groups.index.Seek(of.hash)
	for g := t.groups.next(&s, of); g != nil; g = t.groups.next(&s, of) {
		n++
	}
	return n
}

// knows reports whether a message has a tag of something in the group.
func knows(g *group, v *view) bool {
	to := value.HashTag(v.toTag)
	for _, r := range g.requests {
		if r.sender == v.sender || r.sender == to {
			return true
		}
	}
	if c := callIn(g); c != nil && (c.sender == v.sender || c.sender == to || c.fork(v.toTag) != nil || c.fork(v.fromTag) != nil) {
		return true
	}
	for _, s := range subscriptionsIn(g) {
		if tag := s.text.Of(s.subscriberTag); bytes.Equal(tag, value.Clip(v.fromTag)) || bytes.Equal(tag, value.Clip(v.toTag)) {
			return true
		}
	}
	return false
}

// parted returns the group for a message: another than g for an INVITE of a stranger.
func (t *Tracker) parted(g *group, v *view) *group {
	if v.method != sip.INVITE || len(v.toTag) > 0 || v.m.Method != sip.INVITE || !v.m.Request || !callIn(g).stranger(v) || g.find(v) != nil {
		return g
	}
	if g.shared && t.sharing(g) >= maxStrangers {
		return g
	}
	other := t.newGroup(g.hash, []byte(g.callID))
	g.shared, other.shared = true, true
	return other
}
