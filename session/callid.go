package session

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/store"
)

// maxRequests bounds the requests that one Call-ID keeps in hand at a time.
const maxRequests = 256

// group is everything under one Call-ID.
type group struct {
	callID        string
	keys          []uint64   // of the requests, see requestKey: most questions need no other look at them
	call          Session    // nil if there is none
	latest        *request   // that a message belonged to last, if it is still there
	nextDeadline  int64      // no request has an earlier deadline
	numbers       numbers    // of the two sides of its call
	requests      []*request // in order of sight
	alarm         store.Timer[any]
	subscriptions []Session
	hash          uint64       // of the Call-ID
	ref           store.Ref    // of its place among the busy ones
	arrival       uint64       // of the call, in the table of calls
	buried        bool         // a call under this Call-ID was written lately: what is left of it opens no other
	shared        bool         // other groups have the same Call-ID
	idle          bool         // it has a place in Tracker.idles
	use           uint32       // of this memory
	held          *heldMessage // the first that came ahead, nil if none did
	bytes         int32        // see ledger
	origin        uint32       // where its first message was captured, see wire.Meta
}

// requestKey is what a message shares with the requests it may belong to.
func requestKey(cseq uint32, method sip.Method) uint64 { return uint64(cseq)<<8 | uint64(method) }

// find returns the request that the message is, at this hop or another: the same method, CSeq and From.
func (g *group) find(v *view) *request {
	key := requestKey(v.cseq, v.method)
	for i := len(g.keys) - 1; i >= 0; i-- {
		if g.keys[i] != key {
			continue
		}
		if r := g.requests[i]; r.sender == v.sender {
			g.latest = r
			return r
		}
	}
	return nil
}

// waits reports whether nothing is left of a group but a call that waits for its next message or its deadline.
func (g *group) waits() bool {
	return g.call != nil && len(g.requests) == 0 && len(g.subscriptions) == 0 && g.held == nil && !g.shared
}

func (g *group) first() int64 {
	first := g.nextDeadline
	if g.call != nil {
		first = min(first, g.call.Due())
	}
	for _, s := range g.subscriptions {
		first = min(first, s.Due())
	}
	return first
}

// never is the deadline of what waits for something else.
const never = int64(1<<63 - 1)

// awaits reports whether the request of a response that nobody knows may still come.
func (g *group) awaits(v *view) bool {
	switch v.m.Method {
	case sip.INVITE, sip.BYE:
		return g.call != nil || !g.buried
	case sip.ACK:
		return false
	}
	return true
}

// heldMessage is a message that came ahead.
type heldMessage struct {
	group *group
	next  *heldMessage // of the same group, in the order of the capture
	until int64

	sender  uint64
	cseq    uint32
	request bool

	meta wire.Meta
	raw  []byte // owned
}
