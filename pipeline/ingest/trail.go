package ingest

import (
	"net/netip"
	"time"

	"sipspan/capture"
	"sipspan/internal/packet"
	"sipspan/reassembly"
)

// Carrier is a frame that carried a message or a part of it.
type Carrier struct {
	Input  uint32 // see capture.Frame
	Number uint64 // of the frame in its input
	Copy   bool   // all that it carried of the message had been in frames before it
}

// Follower is told of frames that carry a message again.
type Follower interface {
	// Again takes the frames that carry once more, or carry parts of, the message for which Ingest.Carriers was last asked with this
	// Call-ID: a packet that was captured twice, or a segment that was sent again. at is packet time. carriers is borrowed.
	Again(callID string, at int64, carriers []Carrier)
}

// trail remembers which frames carried what, for as long as messages are put together from it. It is made only where somebody asks, see
// Options.Follow. Its memory is bounded: what it keeps is given up by age.
type trail struct {
	follower  Follower
	timeout   int64     // of fragments
	hand      []Carrier // the frames of the packet in hand: one, or those of its fragments
	joined    *bundle   // whose frames hand holds, nil where there were no fragments
	fragments generations[fragmentKey, *bundle]
	pending   *bundle // of the fragment in hand
	ways      generations[way, *stretch]
	marks     generations[uint64, []Carrier] // of packets that came in several frames
	lastMark  uint64
	span      span
	found     []Carrier
}

// span is where the message in hand was: in bytes of a stream, in SCTP packets with these marks, or, with neither, in the packet in
// hand.
type span struct {
	flow     *reassembly.Flow
	from, to uint32
	marks    []uint64
}

// bundle is the frames of one datagram that came in fragments.
type bundle struct {
	since    int64
	carriers []Carrier
	done     bool   // the datagram was whole
	callID   string // of the message in it, if anybody asked for its carriers
}

// fragmentKey is what the fragments of a datagram have in common.
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	proto    uint8
}

const (
	maxTrailBundles  = 1 << 14
	maxTrailWays     = 1 << 16
	maxTrailMarks    = 1 << 14
	maxTrailSegments = 1 << 19 // of all directions
)

func newTrail(f Follower, timeout time.Duration) *trail {
	return &trail{
		follower: f, timeout: int64(timeout),
		fragments: generations[fragmentKey, *bundle]{most: maxTrailBundles},
		ways:      generations[way, *stretch]{most: maxTrailWays, mostWeight: maxTrailSegments, weigh: (*stretch).weight},
		marks:     generations[uint64, []Carrier]{most: maxTrailMarks},
	}
}

// frame begins with the next frame.
func (t *trail) frame(f *capture.Frame) {
	t.hand = append(t.hand[:0:0], Carrier{Input: f.Input, Number: f.Number})
	t.joined, t.span = nil, span{}
}

// fragment notes a fragment before it is joined with others.
func (t *trail) fragment(f *packet.Fragment, now int64) {
	key := fragmentKey{f.Src, f.Dst, f.ID, f.Proto}
	if f.Src.Is6() {
		key.proto = 0
	}
	t.pending, _ = t.fragments.get(key)
	if b := t.pending; b == nil || now-b.since > t.timeout {
		t.pending = &bundle{since: now}
		t.fragments.put(key, t.pending)
	}
}

// fragmentTaken notes what became of the fragment: copied is whether it had been there before, whole whether its datagram is in hand now.
func (t *trail) fragmentTaken(at int64, copied, whole bool) {
	b := t.pending
	switch {
	case copied && b.done:
		if b.callID != "" {
			t.follower.Again(b.callID, at, t.copies())
		}
		return
	case b.done: // another datagram with the same number
		*b = bundle{since: at}
	}
	for _, c := range t.hand {
		c.Copy = copied
		b.carriers = append(b.carriers, c)
	}
	if whole {
		b.done = true
		t.hand, t.joined = b.carriers, b
	}
}

// copies returns the frames in hand as copies.
func (t *trail) copies() []Carrier {
	t.found = append(t.found[:0], t.hand...)
	for i := range t.found {
		t.found[i].Copy = true
	}
	return t.found
}

// again reports that the packet in hand carries a message that was delivered before.
func (t *trail) again(callID string, at int64) {
	if callID != "" {
		t.follower.Again(callID, at, t.copies())
	}
}

// mark returns a number for the packet in hand, which stands for its frames.
func (t *trail) mark() uint64 {
	t.lastMark++
	t.marks.put(t.lastMark, t.hand)
	return t.lastMark
}

// carriers returns the frames of the message in hand, and notes that it is followed.
func (t *trail) carriers(callID string) []Carrier {
	switch s := &t.span; {
	case s.flow != nil:
		return t.carriersOf(s, callID)
	case s.marks != nil:
		var all []Carrier
		for _, m := range s.marks {
			frames, _ := t.marks.get(m)
			all = append(all, frames...)
		}
		return all
	}
	if t.joined != nil {
		t.joined.callID = callID
	}
	return append([]Carrier(nil), t.hand...)
}

// generations is a table that forgets what was not used for long: when its newer half is full, the older half is given up.
type generations[K comparable, V any] struct {
	most, mostWeight int
	weigh            func(V) int // nil: values have no weight
	weight           int
	newer, older     map[K]V
}

// get returns what is known by a key.
func (g *generations[K, V]) get(key K) (V, bool) {
	v, ok := g.newer[key]
	if !ok {
		if v, ok = g.older[key]; ok {
			g.put(key, v)
		}
	}
	return v, ok
}

// put puts a value into the table.
func (g *generations[K, V]) put(key K, v V) {
	if g.newer == nil || len(g.newer) >= g.most {
		g.turn()
	}
	g.newer[key] = v
	if g.weigh != nil {
		g.add(g.weigh(v))
	}
}

// add adds to the weight of what was put or used since the last turn.
func (g *generations[K, V]) add(weight int) {
	if g.weight += weight; g.mostWeight > 0 && g.weight >= g.mostWeight {
		g.turn()
	}
}

func (g *generations[K, V]) turn() {
	g.older, g.newer, g.weight = g.newer, make(map[K]V), 0
}
