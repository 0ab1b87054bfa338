package transaction

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/store"
)

// MaxRequests bounds the requests that one Call-ID keeps in hand at a time.
const MaxRequests = 256

// Group is everything under one Call-ID.
type Group struct {
	CallID        string
	Keys          []uint64   // of the requests, see requestKey: most questions need no other look at them
	Call          Session    // nil if there is none
	Latest        *Request   // that a message belonged to last, if it is still there
	NextDeadline  int64      // no request has an earlier deadline
	Numbers       Numbers    // of the two sides of its call
	Requests      []*Request // in order of sight
	Alarm         store.Timer[any]
	Subscriptions []Session
	Hash          uint64    // of the Call-ID
	Ref           store.Ref // of its place among the busy ones
	Arrival       uint64    // of the call, in the table of calls
	Renewed       int64     // when it got that
	Buried        bool      // a call under this Call-ID was written recently: what is left of it opens no other
	Shared        bool      // other groups have the same Call-ID
	Idle          bool      // it is noted as one that waits
	Use           uint32    // of this memory
	Held          *Held     // the first that came ahead, nil if none did
	Bytes         int32     // see ledger
	Origin        uint32    // where its first message was captured, see wire.Meta
}

// RequestKey is what a message shares with the requests it may belong to.
func RequestKey(cseq uint32, method sip.Method) uint64 { return uint64(cseq)<<8 | uint64(method) }

// Find returns the request that the message is, at this hop or another: the same method, CSeq and From.
func (g *Group) Find(v *View) *Request {
	key := RequestKey(v.CSeq, v.Method)
	for i := len(g.Keys) - 1; i >= 0; i-- {
		if g.Keys[i] != key {
			continue
		}
		if r := g.Requests[i]; r.Sender == v.Sender {
			g.Latest = r
			return r
		}
	}
	return nil
}

// Waits reports whether nothing is left of a group but a call, or one subscription, that waits for its next message or its
// deadline.
func (g *Group) Waits() bool {
	one := g.Call != nil && len(g.Subscriptions) == 0 || g.Call == nil && len(g.Subscriptions) == 1
	return one && len(g.Requests) == 0 && g.Held == nil && !g.Shared
}

// NextDue returns when something is to be done in the group, Never if nothing is.
func (g *Group) NextDue() int64 {
	first := g.NextDeadline
	if g.Call != nil {
		first = min(first, g.Call.Due())
	}
	for _, s := range g.Subscriptions {
		first = min(first, s.Due())
	}
	return first
}

// Never is the deadline of what waits for something else.
const Never = int64(1<<63 - 1)

// Awaits reports whether the request of a response that fits none may still come.
func (g *Group) Awaits(v *View) bool {
	switch v.Message.Method {
	case sip.INVITE, sip.BYE:
		return g.Call != nil || !g.Buried
	case sip.ACK:
		return false
	}
	return true
}

// Held is a message that came ahead.
type Held struct {
	Group *Group
	Next  *Held // of the same group, in the order of the capture
	Until int64

	Sender  uint64
	CSeq    uint32
	Request bool

	Meta        wire.Meta
	Raw         []byte // owned
	Correlation []byte // likewise, see View
}

// Session is what a usage keeps under a Call-ID: a call or a subscription.
type Session interface {
	// Due returns when something is to be done for the session if no message comes before.
	Due() int64
}
