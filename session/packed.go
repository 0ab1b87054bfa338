package session

import (
	"bytes"
	"encoding/binary"

	"sipspan/session/subscription"
	"sipspan/session/transaction"
)

// packedVersion is the first byte of a packed session. It changes with the layout.
const packedVersion = 2

// packer packs the groups of a tracker: a call or one subscription, with its requests.
type packer struct {
	transaction.Packer
	tracker *Tracker
	number  uint64                     // of the session, as its head has it
	only    *subscription.Subscription // that is packed, nil for a call
}

// packedUnder reports whether a packed session has the Call-ID.
func packedUnder(packed, callID []byte) bool {
	n := len(callID)
	if n >= 0x80 {
		if len(packed) < 3 || packed[1] != byte(n)|0x80 || packed[2] != byte(n>>7) {
			return false
		}
		return bytes.HasPrefix(packed[3:], callID)
	}
	return len(packed) > 2 && packed[1] == byte(n) && bytes.HasPrefix(packed[2:], callID)
}

// PackedCallID returns the Call-ID of a packed session, and whether it is one that Resume may read.
func PackedCallID(packed []byte) (id []byte, ok bool) {
	if len(packed) < 2 || packed[0] != packedVersion {
		return nil, false
	}
	n, size := binary.Uvarint(packed[1:])
	if size <= 0 || n > uint64(len(packed)-1-size) {
		return nil, false
	}
	return packedCallID(packed), true
}

// packedCallID returns the Call-ID of a session that was packed in this run.
func packedCallID(packed []byte) []byte {
	n, size := binary.Uvarint(packed[1:])
	return packed[1+size:][:n]
}

// packedNumber returns the number of a packed session, 0 when its call is over.
func packedNumber(packed []byte) uint64 {
	n, size := binary.Uvarint(packed[1:])
	number, _ := binary.Uvarint(packed[1+size+int(n):])
	return number
}

// head is what a packed session begins with, in clear.
func (p *packer) head(g *transaction.Group) {
	version := uint64(packedVersion)
	if p.Uint64(&version); version != packedVersion {
		p.Fail()
	}
	p.String(&g.CallID)
	number := uint64(0)
	switch {
	case p.only != nil:
		number = p.only.Number()
	case g.Call != nil:
		number = p.tracker.calls.Number(g)
	}
	if p.Uint64(&number); p.Unpacking() {
		p.number = number
	}
}

// group is a group with its call or one of its subscriptions, and the requests of that.
func (p *packer) group(g *transaction.Group) {
	located := g.Origin != 0
	if p.Bools(&g.Buried, &g.Shared, &located); located {
		origin := uint64(g.Origin)
		p.Uint64(&origin)
		g.Origin = uint32(origin)
	}
	p.Numbers(&g.Numbers)
	if p.Has(g.Call != nil && p.only == nil) {
		p.tracker.calls.Pack(&p.Packer, g, p.number)
	} else {
		began := int64(0)
		switch {
		case p.only != nil:
			began = p.only.Seen()
		case len(g.Requests) > 0:
			began = g.Requests[0].Start
		}
		p.Base(&began)
	}
	if p.Has(p.only != nil) {
		s := p.only
		if p.Unpacking() {
			s = p.tracker.subscriptions.Blank(g, p.number)
		}
		s.Pack(&p.Packer)
	}
	p.requests(g)
}

// requests are those of what is packed.
func (p *packer) requests(g *transaction.Group) {
	n := 0
	for _, r := range g.Requests {
		if p.packs(r) {
			n++
		}
	}
	for n = p.Len(n, transaction.MaxRequests); p.Unpacking() && len(g.Requests) < n; {
		r := p.Table.SpareRequest()
		r.Group = g
		if len(g.Subscriptions) > 0 {
			r.Subscription = g.Subscriptions[0]
		}
		g.Requests = append(g.Requests, r)
	}
	for _, r := range g.Requests {
		if !p.Unpacking() && !p.packs(r) {
			continue
		}
		p.Request(r)
		ofCall := r.Call != nil
		p.Bools(&ofCall)
		if !p.Unpacking() {
			continue
		}
		if ofCall {
			r.Call = g.Call
		}
		g.Keys = append(g.Keys, transaction.RequestKey(r.CSeq, r.Method))
		g.NextDeadline = min(g.NextDeadline, r.Deadline)
	}
}

// packs reports whether a request is packed with what is packed of its group: the requests of a subscription go with that.
func (p *packer) packs(r *transaction.Request) bool {
	if p.only == nil {
		return r.Subscription == nil
	}
	return r.Subscription == transaction.Session(p.only)
}
