package transaction

import (
	"time"

	"sipspan/record"
)

// Delay returns the time between two times, 0 where it is not known.
func Delay(from, to int64) time.Duration {
	if from == 0 || to < from {
		return 0
	}
	return time.Duration(to - from)
}

// SignalUnanswered reports the hops on which a request other than INVITE had no response at all.
func (t *Table) SignalUnanswered(r *Request, at int64) {
	if !t.Watched || r.Unanswered() || r.Flags&record.MidStream != 0 {
		return
	}
	for i := range r.Transactions {
		if x := &r.Transactions[i]; x.Method == r.Method && !x.WasAnswered() {
			t.SignalHop(r, x, at, t.Say(record.SignalUnanswered))
		}
	}
}

// WasAnswered reports whether there was any response.
func (x *Transaction) WasAnswered() bool { return x.Next != 0 || x.Responses[0] != 0 }

// SignalHop reports a hop what a signal begins with; of one in the middle of the way only when one of its ends is a peer.
func (t *Table) SignalHop(r *Request, x *Transaction, at int64, s *record.Signal) {
	s.First = !x.Below
	s.From, s.To = t.Peers.Of(x.Src.Addr()), t.Peers.Of(x.Dst.Addr())
	if !s.First && s.From == "" && s.To == "" {
		return
	}
	s.Method = r.Method.String()
	s.Event = r.eventPackage()
	s.Src, s.Dst = x.Src, x.Dst
	s.CallID = r.Group.CallID
	s.Target, s.Inside = r.Target, r.Inside
	s.Retried = s.Retried || r.Retried
	t.Signal(at, s)
}

// SignalFinal reports that a hop had its final response. A hop in the middle of the way is reported only when one of its
// ends is a peer. waited is how long the sender waited for an answer. answered is whether another hop of a call had a 2xx before.
func (t *Table) SignalFinal(r *Request, x *Transaction, v *View, waited time.Duration, retried, answered bool) {
	if !t.Watched {
		return
	}
	s := t.Say(record.SignalFinal)
	s.Status, s.Delay, s.Retried = v.Message.Status, waited, retried
	s.Elsewhere = answered && s.Status == 487
	t.SignalHop(r, x, v.At, s)
}

// CountPeerRequest counts a request that was seen on a hop.
func (t *Table) CountPeerRequest(x *Transaction) {
	t.Counters.Peers.CountRequest(&t.Peers, x.Src.Addr(), x.Dst.Addr(), x.Method)
}

// CountPeerResponse counts the first final response to a request on a hop.
func (t *Table) CountPeerResponse(x *Transaction, status int) {
	t.Counters.Peers.CountResponse(&t.Peers, x.Src.Addr(), x.Dst.Addr(), x.Method, status)
}
