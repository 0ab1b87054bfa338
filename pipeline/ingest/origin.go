package ingest

import (
	"sync"

	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/record"
)

const (
	// maxOrigins bounds the places that packets can have come from.
	maxOrigins = 1 << 16
	// manyOrigins is the number of them after which the identification of a tunnel is left out: where each subscriber has a
	// tunnel there are more than anybody tells apart.
	manyOrigins = maxOrigins / 2
)

// Origins numbers the places that packets come from, so that a message carries a number of four bytes. All sources share it. The
// zero value is empty.
type Origins struct {
	mu      sync.Mutex
	numbers map[origin]uint32
	places  []*record.Capture // by number, from 1
}

// origin is an interface, "" for the only one, and what was around the packet there, or the agent that handed it on.
type origin struct {
	iface string
	outer packet.Outer
	node  string
}

// Capture returns what a number stands for, nil for 0. Nobody may change it.
func (o *Origins) Capture(number uint32) *record.Capture {
	o.mu.Lock()
	defer o.mu.Unlock()
	if number == 0 || int(number) > len(o.places) {
		return nil
	}
	return o.places[number-1]
}

// number returns the number of a place, 0 for one interface without tunnels and when there are too many places.
func (o *Origins) number(place origin) uint32 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.places) >= manyOrigins {
		place.outer.ID = 0
	}
	if n, ok := o.numbers[place]; ok {
		return n
	}
	if place == (origin{}) || len(o.places) >= maxOrigins {
		return 0
	}
	c := &record.Capture{Interface: place.iface, Tunnel: string(place.outer.AppendPath(nil)), VNI: int(place.outer.ID), Node: place.node}
	if place.outer.Src.IsValid() {
		c.OuterSrc, c.OuterDst = place.outer.Src.String(), place.outer.Dst.String()
	}
	if o.numbers == nil {
		o.numbers = map[origin]uint32{}
	}
	o.places = append(o.places, c)
	o.numbers[place] = uint32(len(o.places))
	return uint32(len(o.places))
}

// origins is what one Ingest has asked Origins for.
type origins struct {
	shared *Origins
	iface  string
	plain  uint32 // of what is in no tunnel
	outer  packet.Outer
	last   uint32 // of outer
}

// of returns the number of where a message comes from, found in a packet or after it. A message of a stream may be delivered while a packet of
// another connection is in hand, as when a gap is given up: then only the interface is known.
func (o *origins) of(p *packet.Packet, m *wire.Meta) uint32 {
	if p.Depth == 0 || o.shared == nil {
		return o.plain
	}
	if m.Stream != 0 && (p.Src != m.Src || p.Dst != m.Dst) && (p.Src != m.Dst || p.Dst != m.Src) {
		return o.plain
	}
	if o.last == 0 || o.outer != p.Outer {
		o.outer = p.Outer
		o.last = o.shared.number(origin{iface: o.iface, outer: p.Outer})
	}
	return o.last
}
