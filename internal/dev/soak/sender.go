//go:build linux

package main

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"sipspan/capture/pcapwrite"
	"sipspan/internal/dev/sipgen"
)

// due is a message that is to be sent.
type due struct{ call, step int }

// sender sends calls at a steady rate, and a flood beside them.
type sender struct {
	socket *wireSocket
	ledger *ledger
	rate   int // calls a second
	flood  int // packets of a flood a second

	playing atomic.Pointer[sipgen.Flood] // nil: none
	blind   atomic.Bool                  // nobody sees what is sent
	ending  atomic.Bool                  // no more calls begin

	sent, visible, flooded atomic.Int64 // packets: all, those sent while they could be seen, and those of floods

	slots   [8192][]due // by millisecond
	rounds  map[string]int
	waiting []pcapwrite.Packet
	random  *rand.Rand
}

func newSender(s *wireSocket, l *ledger, o *options) *sender {
	return &sender{socket: s, ledger: l, rate: o.calls, flood: o.flood, rounds: map[string]int{}, random: rand.New(rand.NewPCG(o.seed, 2))}
}

// run sends until ctx ends. It stays on one thread: each processor has a queue of its own for what a pair of interfaces hands over, and packets
// of one thread that stays where it is keep their order.
func (s *sender) run(ctx context.Context) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begin := time.Now()
	for ms := 0; ctx.Err() == nil; ms++ {
		if wait := time.Until(begin.Add(time.Duration(ms) * time.Millisecond)); wait > 0 {
			time.Sleep(wait)
		}
		s.millisecond(ms)
	}
}

// millisecond sends what is due in one.
func (s *sender) millisecond(ms int) {
	if !s.ending.Load() {
		for range (ms+1)*s.rate/1000 - ms*s.rate/1000 {
			s.begin(ms)
		}
	}
	slot := &s.slots[ms%len(s.slots)]
	for _, d := range *slot {
		if s.put(message(d.call, d.step)) {
			s.ledger.unseen[d.call] = true
		}
	}
	*slot = (*slot)[:0]
	flood := s.playing.Load()
	if flood == nil {
		s.waiting = nil
		return
	}
	for n := (ms+1)*s.flood/1000 - ms*s.flood/1000; n > 0; n-- {
		for len(s.waiting) == 0 {
			s.waiting = flood.Round(s.rounds[flood.Name])
			s.rounds[flood.Name]++
		}
		s.put(append(link[:len(link):len(link)], s.waiting[0].Data...))
		s.flooded.Add(1)
		s.waiting = s.waiting[1:]
	}
}

// begin plans a call.
func (s *sender) begin(ms int) {
	call := int(s.ledger.begun.Load())
	if call >= len(s.ledger.unseen) {
		return
	}
	s.ledger.begun.Add(1)
	end := ms + hold + s.random.IntN(spread)
	for i := range steps {
		at := ms + steps[i].at
		if i >= firstOfEnd {
			at = end + steps[i].at
		}
		slot := &s.slots[at%len(s.slots)]
		*slot = append(*slot, due{call, i})
	}
}

// put sends a frame. It reports whether nobody can have seen it.
func (s *sender) put(frame []byte) (unseen bool) {
	err := s.socket.send(frame)
	if err != nil {
		_ = s.socket.find() // the interface is down or gone, or another one has its name
		err = s.socket.send(frame)
	}
	if err != nil {
		return true
	}
	s.sent.Add(1)
	if s.blind.Load() {
		return true
	}
	s.visible.Add(1)
	return false
}
