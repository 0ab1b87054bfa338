package session

import (
	"time"

	"sipspan/record"
)

func delay(from, to int64) time.Duration {
	if from == 0 || to < from {
		return 0
	}
	return time.Duration(to - from)
}

// signalUnanswered tells of the hops on which a request other than INVITE had no response at all.
func (t *Table) signalUnanswered(r *request, at int64) {
	if !t.Watched || r.unanswered() || r.flags&record.MidStream != 0 {
		return
	}
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == r.method && !x.wasAnswered() {
			t.signalHop(r, x, at, t.Say(record.SignalUnanswered))
		}
	}
}

// wasAnswered reports whether there was any response.
func (x *transaction) wasAnswered() bool { return x.next != 0 || x.responses[0] != 0 }

func (t *Table) signalHop(r *request, x *transaction, at int64, s *record.Signal) {
	s.First = !x.below
	s.From, s.To = t.Peers.Of(x.src.Addr()), t.Peers.Of(x.dst.Addr())
	if !s.First && s.From == "" && s.To == "" {
		return
	}
	s.Method = r.method.String()
	s.Event = r.eventPackage()
	s.Src, s.Dst = x.src, x.dst
	s.CallID = r.group.callID
	s.Target, s.Inside = r.target, r.inside
	s.Retried = s.Retried || r.retried
	t.Signal(at, s)
}

// signalFinal tells that a hop had its final response. A hop in the middle of the way is told of only when one of its
// ends is a peer. waited is how long the sender waited for an answer.
func (t *Table) signalFinal(r *request, x *transaction, v *view, waited time.Duration, retried bool) {
	if !t.Watched {
		return
	}
	s := t.Say(record.SignalFinal)
	s.Status, s.Delay, s.Retried = v.m.Status, waited, retried
	t.signalHop(r, x, v.at, s)
}
