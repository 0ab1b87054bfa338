package correlate

import (
	"net/netip"
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
)

// maxRetried bounds the requests that were refused by a server in trouble and may come again, and the repetitions whose
// records are still to come; the oldest goes first.
const maxRetried = 1 << 14

// retries watches for senders that a server in trouble refused and that try the same again under other Call-IDs at once: the
// tracker of one Call-ID sees no more than the refusal.
type retries struct {
	refused  map[uint64]*series
	order    []uint64
	repeated map[string]again // by Call-ID and method
	waiting  []string
}

// series is a request that was refused and came again.
type series struct {
	callID      string // of the last one
	first, last int64  // when the first and the last was refused
	wait        int64  // that was asked for
	times       int    // other Call-IDs behind the first
}

// again is how a request repeats others that were refused before.
type again struct {
	next, within time.Duration // since the last refusal, and since the first
	times        int
}

// see takes a refusal. One behind the time to wait, or of a request that was sent before the first was refused, repeats
// nothing; what repeats under the same Call-ID the tracker knows itself.
func (w *retries) see(callID string, o *link.Refusal) {
	s := w.refused[o.Same]
	switch {
	case s == nil:
		w.refused, w.order = remember(w.refused, w.order, o.Same, &series{callID: callID, first: o.End, last: o.End, wait: o.Wait})
	case callID == s.callID:
		s.last, s.wait = o.End, max(s.wait, o.Wait)
	case o.Start < s.first:
	case o.Start-s.first > max(s.wait, evidence.RepeatTime):
		*s = series{callID: callID, first: o.End, last: o.End, wait: o.Wait}
	default:
		s.times++
		how := again{time.Duration(max(o.Start-s.last, 0)), time.Duration(o.Start - s.first), s.times}
		w.repeated, w.waiting = remember(w.repeated, w.waiting, attemptKey(callID, o.Method.String()), how)
		s.callID, s.last, s.wait = callID, o.End, max(s.wait, o.Wait)
	}
}

func attemptKey(callID, method string) string { return callID + " " + method }

// remember puts a value into a table with a list of its keys, the oldest going when there are too many.
func remember[K comparable, V any](table map[K]V, order []K, key K, value V) (map[K]V, []K) {
	if table == nil {
		table = make(map[K]V)
	}
	if _, known := table[key]; !known {
		if len(order) >= maxRetried {
			delete(table, order[0])
			order = order[1:]
		}
		order = append(order, key)
	}
	table[key] = value
	return table, order
}

// refused is what the records of a refused request have in common.
type refused struct {
	method, src, dst, reason string
	status                   int
	cause                    **record.Cause
}

// refusedOf returns what a record says of a request that was refused; it has no cause where that is not what it is about.
func refusedOf(r record.Record) (x refused) {
	switch r := r.(type) {
	case *record.Call:
		x = refused{sip.INVITE.String(), r.Caller.Addr, r.Callee.Addr, r.Reason, r.Status, &r.Cause}
	case *record.Registration:
		x = refused{sip.REGISTER.String(), r.Src, r.Dst, r.Reason, r.Status, &r.Cause}
	case *record.Subscription:
		x = refused{sip.SUBSCRIBE.String(), r.Src, r.Dst, r.Reason, r.Status, &r.Cause}
	case *record.Publication:
		x = refused{sip.PUBLISH.String(), r.Src, r.Dst, r.Reason, r.Status, &r.Cause}
	case *record.Message:
		x = refused{sip.MESSAGE.String(), r.Src, r.Dst, r.Reason, r.Status, &r.Cause}
	case *record.Transaction:
		x = refused{r.Method, r.Src, r.Dst, r.Reason, r.Status, &r.Cause}
	case *record.Failure:
		x = refused{r.Method, r.Src, r.Dst, r.Reason, r.Status, &r.Cause}
	}
	return x
}

// explainRetries gives a refused request another cause when its sender had been refused before under another Call-ID and
// should have waited. A server that said itself why it refused is believed.
func (c *Correlator) explainRetries(r record.Record) {
	if len(c.repeated.repeated) == 0 || c.Explainer == nil {
		return
	}
	x := refusedOf(r)
	if x.cause == nil || *x.cause == nil || (*x.cause).Source != "sip" || (*x.cause).Code != strconv.Itoa(x.status) {
		return
	}
	head := r.Head()
	how, ok := c.repeated.repeated[attemptKey(head.CallID, x.method)]
	if !ok {
		return
	}
	old := *x.cause
	k := evidence.Case{
		Method: x.method, Status: x.status, Phrase: x.reason, Start: head.Start, End: head.End,
		Retry: evidence.Retry{
			Next: how.next, Within: how.within, Requests: how.times, OtherCallIDs: true, Wait: time.Duration(old.RetryAfter) * time.Second,
		},
	}
	k.Src, _ = netip.ParseAddrPort(x.src)
	k.Dst, _ = netip.ParseAddrPort(x.dst)
	k.Origin, _ = netip.ParseAddrPort(old.Origin)
	cause := c.explain(&k)
	if cause == nil || cause.Explanation == old.Explanation || len(cause.Evidence) == 0 {
		return
	}
	// What the case rests on is known from the first time; what the others add stands last.
	added := cause.Evidence[len(cause.Evidence)-1]
	cause.Evidence = append(append([]record.Evidence(nil), old.Evidence...), added)
	*x.cause = cause
}
