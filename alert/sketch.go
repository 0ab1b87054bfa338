package alert

import (
	"encoding/binary"
	"math"
	"net/netip"
	"time"
)

// sketch counts, in a size that is fixed, how often something happened to an address within the last hour or two. It is a
// count-min sketch with two rows in one: of two addresses that share both of their places it says too many.
type sketch struct {
	began     int64
	cur, prev [places]uint16
}

const (
	places     = 1 << 13
	sketchHour = int64(time.Hour)
)

// spot is the pair of places of an address.
type spot struct{ a, b uint16 }

func spotOf(addr netip.Addr) spot {
	raw := addr.As16()
	h := binary.LittleEndian.Uint64(raw[:8])*0x9e3779b97f4a7c15 ^ binary.LittleEndian.Uint64(raw[8:])
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 29
	return spot{uint16(h % places), uint16(h >> 32 % places)}
}

// roll begins the next hour when the one that runs is over.
func (c *sketch) roll(at int64) {
	switch passed := at - c.began; {
	case passed >= 2*sketchHour:
		clear(c.cur[:])
		clear(c.prev[:])
		c.began = at - at%sketchHour
	case passed >= sketchHour:
		c.prev = c.cur
		clear(c.cur[:])
		c.began += sketchHour
	}
}

func (c *sketch) add(s spot) {
	if c.cur[s.a] < math.MaxUint16 {
		c.cur[s.a]++
	}
	if s.a != s.b && c.cur[s.b] < math.MaxUint16 {
		c.cur[s.b]++
	}
}

// takeBack takes one away that was counted before it was known to be none.
func (c *sketch) takeBack(s spot) {
	if c.cur[s.a] > 0 {
		c.cur[s.a]--
	}
	if s.a != s.b && c.cur[s.b] > 0 {
		c.cur[s.b]--
	}
}

// of returns how many there were.
func (c *sketch) of(s spot) uint32 {
	return uint32(min(c.cur[s.a], c.cur[s.b])) + uint32(min(c.prev[s.a], c.prev[s.b]))
}
