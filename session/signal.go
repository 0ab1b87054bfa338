package session

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
)

// say returns the signal that is told next, which is the same one each time: who is told copies it.
func (t *Tracker) say(kind record.SignalKind) *record.Signal {
	t.saying = record.Signal{Kind: kind}
	return &t.saying
}

// signalFinal tells that a hop had its final response. A hop in the middle of the way is told of only when one of its
// ends is a peer.
func (t *Tracker) signalFinal(r *request, x *transaction, v *view) {
	if !t.Watched {
		return
	}
	s := t.say(record.SignalFinal)
	s.Status = v.m.Status
	switch c := r.call; {
	case r.role != roleInvite:
		s.Delay = delay(r.first, v.at)
	case c != nil:
		heard := v.at
		if at := c.progressed(); at != 0 {
			heard = at
		}
		s.Delay = delay(c.start, heard)
		s.Retried = c.attempt > 1
	}
	t.signalHop(r, x, v.at, s)
}

func delay(from, to int64) time.Duration {
	if from == 0 || to < from {
		return 0
	}
	return time.Duration(to - from)
}

// eventPackage names the event package of a request, "" where it has none.
func (r *request) eventPackage() string {
	switch r.method {
	case sip.SUBSCRIBE, sip.NOTIFY, sip.BENOTIFY:
		if r.subscription != nil {
			return r.subscription.kind.String()
		}
		return stats.EventOther.String()
	case sip.PUBLISH:
		return r.about.String()
	}
	return ""
}

// signalUnanswered tells of the hops on which a request other than INVITE had no response at all.
func (t *Tracker) signalUnanswered(r *request, at int64) {
	if !t.Watched || r.unanswered() || r.flags&record.MidStream != 0 {
		return
	}
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && !x.wasAnswered() {
			t.signalHop(r, x, at, t.say(record.SignalUnanswered))
		}
	}
}

// wasAnswered reports whether there was any response.
func (x *transaction) wasAnswered() bool { return x.next != 0 || x.responses[0] != 0 }

// signalGivenUp tells of the hops of an INVITE on which there was no response at all when its sender turned to another
// hop, well after it could have been answered.
func (t *Tracker) signalGivenUp(r *request, next *transaction, at int64) {
	if !t.Watched || r.call == nil {
		return
	}
	for i := range r.transactions {
		x := &r.transactions[i]
		if x == next || x.method != r.method || x.wasAnswered() || x.src.Addr() != next.src.Addr() {
			continue
		}
		if h := r.call.hopOf(x); h != nil && !h.givenUp && at-h.start >= 2*int64(t.cfg.T1) {
			h.givenUp = true
			s := t.say(record.SignalUnanswered)
			s.Retried = r.call.attempt > 1
			t.signalHop(r, x, at, s)
		}
	}
}

// signalCallUnanswered tells of the hops on which the INVITE of a call that was not answered had no response at all.
func (t *Tracker) signalCallUnanswered(c *call, rec *record.Call, at int64) {
	const notSeen = record.MidStream | record.OneWay
	if !t.Watched || rec.Confidence.Flags&notSeen != 0 || rec.Disposition == record.InProgress || rec.Disposition == record.Answered {
		return
	}
	r := c.invite()
	if r == nil {
		return
	}
	for i := range r.transactions {
		x := &r.transactions[i]
		if h := c.hopOf(x); x.method == r.method && !x.wasAnswered() && h != nil && !h.givenUp && h.cancel == 0 {
			s := t.say(record.SignalUnanswered)
			s.Retried = c.attempt > 1
			t.signalHop(r, x, at, s)
		}
	}
}

func (t *Tracker) signalHop(r *request, x *transaction, at int64, s *record.Signal) {
	s.First = !x.below
	s.From, s.To = t.peers.Of(x.src.Addr()), t.peers.Of(x.dst.Addr())
	if !s.First && s.From == "" && s.To == "" {
		return
	}
	s.Method = r.method.String()
	s.Event = r.eventPackage()
	s.Src, s.Dst = x.src, x.dst
	s.CallID = r.group.callID
	s.Target, s.Inside = r.target, r.inside
	s.Retried = s.Retried || r.retried
	t.signal(at, s)
}

// signalLink tells that the network could not deliver. Events that concern all trackers are told by each of them; the
// correlator takes them for one.
func (t *Tracker) signalLink(e *wire.NetworkEvent) {
	if t.Watched {
		s := t.say(record.SignalLinkDown)
		s.Src, s.Dst, s.Status = e.Src, e.Dst, int(e.Kind)
		s.From, s.To = t.peers.Of(e.Src.Addr()), t.peers.Of(e.Dst.Addr())
		t.signal(e.Time, s)
	}
}

func (t *Tracker) signal(at int64, s *record.Signal) {
	s.Time = max(at, t.now)
	t.sink.Signal(s)
}
