package transaction

import (
	"net/netip"
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
)

// newCase begins the case of a request from what its transactions show. It is valid until the next one.
func (t *Table) newCase(r *Request) *evidence.Case {
	k := &t.Scratch
	k.Reset()
	n := r.Nearest()
	k.Method = r.MethodName()
	k.Src, k.Dst = n.Src, n.Dst
	if k.Place = evidence.UnknownPlace; r.Captured() {
		k.Start, k.Vias = r.Start, int(n.Vias)
		if k.Place = evidence.Outside; r.Inside {
			k.Place = evidence.Inside
		}
	}
	if k.Request = r.Raw; len(r.Raw) == 0 {
		k.Request = t.sketch(r)
	}
	k.AddRefusal(r.Evidence)
	return k
}

// RequestCause returns why a request failed, nil if it did not. at is when the wait for its answer ended.
func (t *Table) RequestCause(r *Request, p *Parties, timedOut bool, at int64) *record.Cause {
	if r.Open {
		return nil
	}
	plain := r.cause(p, timedOut)
	if plain == nil || t.Explainer == nil {
		return plain
	}
	if r.Explained != nil {
		cause := *r.Explained
		return &cause
	}
	k := t.newCase(r)
	k.Status, k.Phrase, k.End = r.Status, p.Text.Of(r.Reason), at
	if r.Status != 0 {
		k.End, k.Told = r.Final, r.Final
		k.Origin = r.generator()
		k.LowCSeq, k.Crossed, k.Outlived, k.Glare = r.LowCSeq, r.Crossed, r.Outlived, r.Glared
	} else {
		k.Wait = r.Lack()
		k.OneSided = r.Lost
	}
	k.Path = r.Path(k.Path, r.Status, k.Origin)
	k.Looped = r.Looped
	k.Network = t.EventsAbout(k.Network, r, r.Start, k.End)
	r.Explained = t.Explain(k, plain)
	return r.Explained
}

// Lack returns what an unanswered request waits for.
func (r *Request) Lack() evidence.Wait {
	if r.farthest().Responses == ([6]uint32{}) {
		return evidence.NoResponse
	}
	return evidence.NoFinal
}

// farthest returns the transaction of the request at the last hop without a final response.
func (r *Request) farthest() *Transaction {
	last := r.Nearest()
	for i := range r.Transactions {
		if x := &r.Transactions[i]; x.Method == r.Method && x.Final == 0 && x.Vias >= last.Vias {
			last = x
		}
	}
	return last
}

// Path appends the hops from the sender to the one from whom the status came, or who did not answer; of a loop, as far
// as it was seen.
func (r *Request) Path(list []evidence.Hop, status int, from netip.AddrPort) []evidence.Hop {
	x := r.farthest()
	if status != 0 && !r.Looped {
		x = r.Nearest()
		for i := range r.Transactions {
			if y := &r.Transactions[i]; y.Method == r.Method && int(y.Status) == status && y.Answerer == from && (x.Answerer != from || y.Final <= x.Final) {
				x = y
			}
		}
	}
	for {
		list = append(list, evidence.Hop{Src: x.Src, Dst: x.Dst, Status: int(x.Status)})
		if x = r.before(x); x == nil {
			break
		}
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// before returns the transaction of the hop before x, nil if it was not seen: the one with the most Vias of those that
// have fewer than x, and rather one that led to the sender of x.
func (r *Request) before(x *Transaction) (best *Transaction) {
	fits := func(y *Transaction) bool { return y.Dst.Addr() == x.Src.Addr() }
	for i := range r.Transactions {
		y := &r.Transactions[i]
		if y.Method != r.Method || y.Vias >= x.Vias {
			continue
		}
		if best == nil || fits(y) && !fits(best) || fits(y) == fits(best) && y.Vias > best.Vias {
			best = y
		}
	}
	return best
}

// ShortTalk is up to how long people talk into a call that they cannot hear.
const ShortTalk = 15 * time.Second

// Unseen reports whether a request without any response may have had one that was not captured: over UDP its sender
// repeats what is not answered (RFC 3261 section 17.1.2.2, Timer E), and it did not, though the network did not tell it
// to give up.
func (t *Table) Unseen(r *Request, at int64) bool {
	n := r.Nearest()
	return r.Status == 0 && r.Repeats == 0 && n.Transport == wire.UDP && !n.WasAnswered() && at-r.Start >= 2*int64(t.Config.T1) &&
		r.First != 0 && !r.Unanswered() && len(t.EventsAbout(nil, r, r.Start, at)) == 0
}

// sketch writes a request of which nothing was kept from what every request keeps. It is valid until the next one.
func (t *Table) sketch(r *Request) []byte {
	if r.URI.Len == 0 {
		return nil // it was not seen
	}
	buf := append(t.Sketched[:0], r.MethodName()...)
	buf = append(append(append(buf, ' '), r.Text.Of(r.URI)...), " SIP/2.0\r\nTo: <"...)
	buf = append(append(buf, r.Text.Of(r.ToURI)...), '>')
	if r.ToTag.Len > 0 {
		buf = append(append(buf, ";tag="...), r.Text.Of(r.ToTag)...)
	}
	buf = append(buf, "\r\n"...)
	if r.Event.Len > 0 {
		buf = evidence.AppendField(buf, []byte("Event"), r.Text.Of(r.Event))
	}
	if r.Expires >= 0 {
		buf = append(strconv.AppendInt(append(buf, "Expires: "...), int64(r.Expires), 10), "\r\n"...)
	}
	t.Sketched = buf
	return buf
}

// KeepRequest keeps of a request what its refusal may be about. Of most requests their own strings are enough, see sketch.
func (t *Table) KeepRequest(m *sip.Message) []byte {
	if t.Explainer == nil {
		return nil
	}
	return t.Evidence.Request(m)
}

// KeepResponse keeps a final response that is no 2xx.
func (t *Table) KeepResponse(r *Request, x *Transaction, v *View) {
	if t.Explainer == nil || x.Method != r.Method {
		return
	}
	if r.Evidence == nil {
		r.Evidence = t.Evidence.NewRefusal()
	}
	passedOn := Preference(true, v.Message.Status) <= Preference(true, r.Evidence.Status())
	t.Evidence.KeepResponse(r.Evidence, v.Message, x.Below, passedOn)
}

// Inherit hands what is kept of an earlier try on to the next one of the same request.
func (t *Table) Inherit(r *Request, raw *[]byte, e *evidence.Refusal, final int64) {
	if !e.Failed() {
		return
	}
	if r.Evidence == nil {
		r.Evidence = t.Evidence.NewRefusal()
	}
	t.Evidence.Inherit(r.Evidence, r.Start, e, raw, final)
}

// follow gives a request what is kept of the earlier ones that it repeats.
func (t *Table) follow(r, earlier *Request) {
	if earlier.Method == r.Method && earlier.Role == r.Role && earlier.CSeq < r.CSeq && earlier.Final != 0 {
		t.Inherit(r, &earlier.Raw, earlier.Evidence, earlier.Final)
	}
}

// MaxNetworkEvents bounds the network events that a tracker remembers. They are looked at only when a request fails.
const MaxNetworkEvents = 64

// EventsAbout appends the network events that concern a request between two times, the oldest first.
func (t *Table) EventsAbout(list []evidence.NetworkEvent, r *Request, from, to int64) []evidence.NetworkEvent {
	for i := range t.Events {
		e := &t.Events[(t.OldestEvent+i)%len(t.Events)]
		if e.Time < from || e.Time > to {
			continue
		}
		if toward, ok := r.concernedBy(e); ok {
			list = append(list, evidence.NetworkEvent{NetworkEvent: *e, Toward: toward})
		}
	}
	return list
}

// concernedBy reports whether a network event is about a hop of the request, and where that led: its own datagram, its
// connection, or a connection that the element tried in vain which then answered that it could not go on. An element that was
// seen to pass the request on tried that connection for another request, as busy ones do all the time. A hop that had its
// final response was not held up by anything.
func (r *Request) concernedBy(e *wire.NetworkEvent) (toward netip.AddrPort, ok bool) {
	for i := range r.Transactions {
		x := &r.Transactions[i]
		switch {
		case x.Method != r.Method:
		case x.Final == 0 && e.Src == x.Src && e.Dst == x.Dst:
			return x.Dst, true
		case e.Kind < wire.ConnectionRefused:
		case x.Final == 0 && e.Src == x.Dst && e.Dst == x.Src:
			return x.Dst, true
		case !e.Kind.EndsConnection() && x.Status != 0 && e.Src.Addr() == x.Answerer.Addr() && e.Dst.Addr() != x.Src.Addr() &&
			!r.passedOnBy(x.Answerer.Addr()):
			return e.Dst, true
		}
	}
	return netip.AddrPort{}, false
}

// passedOnBy reports whether an element was seen to send the request on.
func (r *Request) passedOnBy(element netip.Addr) bool {
	for i := range r.Transactions {
		if x := &r.Transactions[i]; x.Method == r.Method && x.Src.Addr() == element {
			return true
		}
	}
	return false
}

// destination returns where the request went at the hop farthest from its sender.
func (r *Request) destination() netip.AddrPort {
	far := r.Nearest()
	for i := range r.Transactions {
		if x := &r.Transactions[i]; x.Method == r.Method && x.Vias > far.Vias {
			far = x
		}
	}
	return far.Dst
}
