package session

import "github.com/cespare/xxhash/v2"

// aheadOf is how many messages are looked ahead at a time: about as many as a processor fetches lines of memory at once.
const aheadOf = 16

// Ahead looks up what the next messages will touch, several messages at a time. It changes nothing but the time that
// they take: a session that nothing was heard of for a while has left the caches, and a processor waits for the lines of
// one session one after the other, but for those of several sessions at the same time.
type Ahead struct {
	groups   [aheadOf]*group
	calls    [aheadOf]*call
	requests [aheadOf]*request
	n        int
	sum      uint64 // of what was read, so that it is
}

// HashCallID returns the hash of a Call-ID that Ahead.Add takes.
func HashCallID(callID []byte) uint64 { return xxhash.Sum64(clip(callID)) }

// Add notes that a message of the Call-ID with this hash comes next for the tracker. It reports false when it has enough.
func (a *Ahead) Add(t *Tracker, callID uint64) bool {
	if slots := t.groups.slots; len(slots) > 0 {
		g := slots[t.groups.home(callID)]
		if g.hash != callID {
			g.group = nil
		}
		a.groups[a.n] = g.group
		a.n++
	}
	return a.n < aheadOf
}

// Fetch reads what the sessions of the messages noted consist of.
func (a *Ahead) Fetch() {
	sum := uint64(0)
	n := 0
	for _, g := range a.groups[:a.n] {
		if g != nil {
			a.calls[n], a.requests[n] = g.call, g.latest
			sum += uint64(len(g.subscriptions))
			a.groups[n] = g
			n++
		}
	}
	for i, g := range a.groups[:n] {
		sum += uint64(g.callID[0])
		if len(g.keys) > 0 {
			sum += g.keys[0]
		}
		if c := a.calls[i]; c != nil {
			sum += c.touch()
		}
		if r := a.requests[i]; r != nil {
			sum += r.touch()
		}
	}
	for i := range n {
		if c := a.calls[i]; c != nil && len(c.hops) > 0 {
			h := &c.hops[0]
			sum += uint64(h.start) + uint64(h.status)
		}
		if r := a.requests[i]; r != nil && len(r.transactions) > 0 {
			x := &r.transactions[len(r.transactions)-1]
			sum += x.via + uint64(x.status)
		}
	}
	a.sum += sum
	a.n = 0
}

// touch reads one word of every line of the call that most messages read.
func (c *call) touch() uint64 {
	return uint64(c.deadline) + uint64(c.start) + uint64(c.origin) + uint64(c.provisional) + uint64(c.byeDone) + uint64(c.messages)
}

// touch reads one word of every line of the request that most messages read.
func (r *request) touch() uint64 {
	return uint64(r.deadline) + uint64(r.sender) + uint64(r.start) + uint64(r.expires)
}
