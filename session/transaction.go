package session

import (
	"math"
	"net/netip"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/value"
)

// maxHops bounds the transactions of one request, and the hops of one call.
const maxHops = 64

// transaction is what one hop saw of a request (RFC 3261 section 17): matched by the top Via, which is the same for
// repeated messages and other for the same request at another hop. The ACKs and CANCELs of an INVITE are transactions of
// the same request.
type transaction struct {
	// What matching a message and hearing a response touch is one line of the cache.
	via       uint64    // see view.via
	final     int64     // when the final response came
	start     int64     // when the request did
	responses [6]uint32 // fingerprints of the last ones
	next      uint8     // place of the next fingerprint
	method    sip.Method
	transport wire.Transport
	below     bool   // another hop nearer to the sender was seen, see arrange
	hop       uint8  // index of the hop in the call plus one, 0 for none
	status    uint16 // final status
	vias      uint16
	attempt   uint16 // of the call, that the hop belongs to

	src, dst netip.AddrPort

	answerer netip.AddrPort   // where the final response came from
	target   uint64           // where the request was to go, at a further hop: see targetOf
	lower    [keptVias]uint64 // see view.lowerVias
}

// addTransaction adds a hop. Beyond maxHops the last one is used again.
func (r *request) addTransaction(v *view, method sip.Method) *transaction {
	if len(r.transactions) >= maxHops {
		r.transactions = r.transactions[:maxHops-1]
	}
	last := len(r.transactions)
	r.transactions = append(r.transactions, transaction{})
	x := &r.transactions[last]
	x.start = v.at
	x.src, x.dst = v.meta.Src, v.meta.Dst
	if !v.m.Request {
		x.src, x.dst = x.dst, x.src
	}
	x.via, x.vias = v.via, uint16(min(v.vias(), math.MaxUint16))
	x.method, x.transport = method, v.meta.Transport
	if method != r.method {
		return x // an ACK or CANCEL has no place of its own in the tree of branches
	}
	if x.vias > 1 {
		x.lower = v.lowerVias()
	}
	if last > 0 {
		r.arrange(x)
		r.lead()
	}
	return x
}

// match finds the transaction that a request message repeats. Without the magic cookie the Via is not enough (RFC 3261
// section 17.2.3): the message must go the same way, too.
func (r *request) match(v *view, method sip.Method) *transaction {
	for i := range r.transactions {
		x := &r.transactions[i]
		if x.method == method && x.via == v.via && (v.cookie || sameWay(x.src, x.dst, v.meta.Src, v.meta.Dst)) {
			return x
		}
	}
	return nil
}

// sameWay reports whether both messages went between the same hosts in the same direction.
func sameWay(src, dst, otherSrc, otherDst netip.AddrPort) bool {
	return src.Addr() == otherSrc.Addr() && dst.Addr() == otherDst.Addr()
}

// How well a response fits a transaction. A Via without the magic cookie needs the way back to be the same; a response
// whose Via nobody knows may have been caught at another place of the same element, which the way alone tells.
const (
	fitNone = iota
	fitFlow
	fitVia
	fitViaWay
	fitViaFlow
	fitCookie
)

func (x *transaction) fit(v *view) int {
	if x.method != v.m.Method {
		return fitNone
	}
	if x.via == v.via && v.cookie {
		return fitCookie
	}
	flow := x.src == v.meta.Dst && x.dst == v.meta.Src
	switch {
	case x.via != v.via:
		if flow {
			return fitFlow
		}
		return fitNone
	case flow:
		return fitViaFlow
	case sameWay(x.src, x.dst, v.meta.Dst, v.meta.Src):
		return fitViaWay
	}
	return fitVia
}

// answered finds the transaction that a response answers. Of several that fit alike, it is the latest.
func (g *group) answered(v *view) (*request, *transaction) {
	var request *request
	var best *transaction
	fit := fitNone
	key := requestKey(v.cseq, v.method)
	for i := len(g.keys) - 1; i >= 0; i-- {
		if g.keys[i] != key {
			continue
		}
		r := g.requests[i]
		same := r.sender == v.sender
		for j := len(r.transactions) - 1; j >= 0 && fit < fitCookie; j-- {
			f := r.transactions[j].fit(v)
			if !same && f < fitViaFlow {
				continue
			}
			if f > fit {
				fit, request, best = f, r, &r.transactions[j]
			}
		}
		if fit >= fitViaFlow {
			break
		}
	}
	if request != nil {
		g.latest = request
	}
	return request, best
}

// repeats reports whether the transaction has seen this response before, and remembers it: the same status and To tag,
// and of a provisional one the same RSeq (RFC 3262), phrase and body, which it may report progress with.
func (x *transaction) repeats(v *view) bool {
	f := uint32(v.fingerprint()) | 1
	for _, h := range x.responses {
		if h == f {
			return true
		}
	}
	x.responses[x.next] = f
	x.next = (x.next + 1) % uint8(len(x.responses))
	return false
}

func (v *view) fingerprint() uint64 {
	f := xxhash.Sum64(v.toTag) ^ uint64(v.m.Status)*0x9e3779b97f4a7c15
	if v.m.Status < 200 {
		f += xxhash.Sum64(v.m.ReasonPhrase())
		if body := v.m.Body(); len(body) > 0 {
			f += xxhash.Sum64(body)
		}
		if rseq := v.m.Header(sip.HeaderRSeq); len(rseq) > 0 {
			f += xxhash.Sum64(rseq)
		}
	}
	return f
}

// decidedFor reports whether the request of an ACK has the final response that it acknowledges, as far as the capture
// shows: on the same branch one other than 2xx (RFC 3261 section 17.1.1.3), else a 2xx on any.
func (r *request) decidedFor(v *view) bool {
	if x := r.match(v, sip.INVITE); x != nil && v.cookie {
		return x.final != 0
	}
	for i := range r.transactions {
		if x := &r.transactions[i]; x.method == sip.INVITE && x.final != 0 && (value.Success(int(x.status)) || !v.cookie) {
			return true
		}
	}
	return false
}

// onFlow returns the latest INVITE transaction that went the way of the message.
func (r *request) onFlow(v *view) *transaction {
	for i := len(r.transactions) - 1; i >= 0; i-- {
		if x := &r.transactions[i]; x.method == sip.INVITE && sameWay(x.src, x.dst, v.meta.Src, v.meta.Dst) {
			return x
		}
	}
	return nil
}
