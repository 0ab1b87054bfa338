package transaction

import (
	"math"
	"net/netip"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/value"
)

// MaxHops bounds the transactions of one request, and the hops of one call.
const MaxHops = 64

// Transaction is what one hop saw of a request (RFC 3261 section 17): matched by the top Via, which is the same for
// repeated messages and other for the same request at another hop. The ACKs and CANCELs of an INVITE are transactions of
// the same request.
type Transaction struct {
	// What matching a message and hearing a response touch is one line of the cache.
	Via       uint64    // see view.via
	Final     int64     // when the final response came
	Start     int64     // when the request did
	Responses [6]uint32 // fingerprints of the last ones
	Next      uint8     // place of the next fingerprint
	Method    sip.Method
	Transport wire.Transport
	Below     bool   // another hop nearer to the sender was seen, see arrange
	Hop       uint8  // index of the hop in the call plus one, 0 for none
	Status    uint16 // final status
	Vias      uint16
	Attempt   uint16 // of the call, that the hop belongs to

	Src, Dst netip.AddrPort

	Answerer netip.AddrPort   // where the final response came from
	Target   uint64           // where the request was to go, at a further hop: see targetOf
	Lower    [KeptVias]uint64 // see view.lowerVias
}

// AddTransaction adds a hop. Beyond maxHops the last one is used again.
func (r *Request) AddTransaction(v *View, method sip.Method) *Transaction {
	if len(r.Transactions) >= MaxHops {
		r.Transactions = r.Transactions[:MaxHops-1]
	}
	last := len(r.Transactions)
	r.Transactions = append(r.Transactions, Transaction{})
	x := &r.Transactions[last]
	x.Start = v.At
	x.Src, x.Dst = v.Meta.Src, v.Meta.Dst
	if !v.Message.Request {
		x.Src, x.Dst = x.Dst, x.Src
	}
	x.Via, x.Vias = v.Via, uint16(min(v.Vias(), math.MaxUint16))
	x.Method, x.Transport = method, v.Meta.Transport
	if method != r.Method {
		return x // an ACK or CANCEL has no place of its own in the tree of branches
	}
	if x.Vias > 1 {
		x.Lower = v.lowerVias()
	}
	if last > 0 {
		r.arrange(x)
		r.Lead()
	}
	return x
}

// Match finds the transaction that a request message repeats. Without the magic cookie the Via is not enough (RFC 3261
// section 17.2.3): the message must go the same way, too.
func (r *Request) Match(v *View, method sip.Method) *Transaction {
	for i := range r.Transactions {
		x := &r.Transactions[i]
		if x.Method == method && x.Via == v.Via && (v.Cookie || SameWay(x.Src, x.Dst, v.Meta.Src, v.Meta.Dst)) {
			return x
		}
	}
	return nil
}

// SameWay reports whether both messages went between the same hosts in the same direction.
func SameWay(src, dst, otherSrc, otherDst netip.AddrPort) bool {
	return src.Addr() == otherSrc.Addr() && dst.Addr() == otherDst.Addr()
}

// How well a response fits a transaction. A Via without the magic cookie needs the way back to be the same; a response
// with an unknown Via may have been captured at another place of the same element, which the way alone shows.
const (
	fitNone = iota
	fitFlow
	fitVia
	fitViaWay
	fitViaFlow
	fitCookie
)

func (x *Transaction) fit(v *View) int {
	if x.Method != v.Message.Method {
		return fitNone
	}
	if x.Via == v.Via && v.Cookie {
		return fitCookie
	}
	flow := x.Src == v.Meta.Dst && x.Dst == v.Meta.Src
	switch {
	case x.Via != v.Via:
		if flow {
			return fitFlow
		}
		return fitNone
	case flow:
		return fitViaFlow
	case SameWay(x.Src, x.Dst, v.Meta.Dst, v.Meta.Src):
		return fitViaWay
	}
	return fitVia
}

// Answered finds the transaction that a response answers. Of several that fit alike, it is the latest.
func (g *Group) Answered(v *View) (*Request, *Transaction) {
	var request *Request
	var best *Transaction
	fit := fitNone
	key := RequestKey(v.CSeq, v.Method)
	for i := len(g.Keys) - 1; i >= 0; i-- {
		if g.Keys[i] != key {
			continue
		}
		r := g.Requests[i]
		same := r.Sender == v.Sender
		for j := len(r.Transactions) - 1; j >= 0 && fit < fitCookie; j-- {
			f := r.Transactions[j].fit(v)
			if !same && f < fitViaFlow {
				continue
			}
			if f > fit {
				fit, request, best = f, r, &r.Transactions[j]
			}
		}
		if fit >= fitViaFlow {
			break
		}
	}
	if request != nil {
		g.Latest = request
	}
	return request, best
}

// Repeats reports whether the transaction has seen this response before, and remembers it: the same status and To tag,
// and of a provisional one the same RSeq (RFC 3262), phrase and body, which it may report progress with.
func (x *Transaction) Repeats(v *View) bool {
	f := uint32(v.Fingerprint()) | 1
	for _, h := range x.Responses {
		if h == f {
			return true
		}
	}
	x.Responses[x.Next] = f
	x.Next = (x.Next + 1) % uint8(len(x.Responses))
	return false
}

// Fingerprint distinguishes the responses to a request: by status and To tag, and provisional ones by what they report, too.
func (v *View) Fingerprint() uint64 {
	f := xxhash.Sum64(v.ToTag) ^ uint64(v.Message.Status)*0x9e3779b97f4a7c15
	if v.Message.Status < 200 {
		f += xxhash.Sum64(v.Message.ReasonPhrase())
		if body := v.Message.Body(); len(body) > 0 {
			f += xxhash.Sum64(body)
		}
		if rseq := v.Message.Header(sip.HeaderRSeq); len(rseq) > 0 {
			f += xxhash.Sum64(rseq)
		}
	}
	return f
}

// DecidedFor reports whether the request of an ACK has the final response that it acknowledges, as far as the capture
// shows: on the same branch one other than 2xx (RFC 3261 section 17.1.1.3), else a 2xx on any.
func (r *Request) DecidedFor(v *View) bool {
	if x := r.Match(v, sip.INVITE); x != nil && v.Cookie {
		return x.Final != 0
	}
	for i := range r.Transactions {
		if x := &r.Transactions[i]; x.Method == sip.INVITE && x.Final != 0 && (value.Success(int(x.Status)) || !v.Cookie) {
			return true
		}
	}
	return false
}

// OnFlow returns the latest INVITE transaction that went the way of the message.
func (r *Request) OnFlow(v *View) *Transaction {
	for i := len(r.Transactions) - 1; i >= 0; i-- {
		if x := &r.Transactions[i]; x.Method == sip.INVITE && SameWay(x.Src, x.Dst, v.Meta.Src, v.Meta.Dst) {
			return x
		}
	}
	return nil
}
