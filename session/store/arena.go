package store

import (
	"encoding/binary"

	"sipspan/internal/invariants"
)

const (
	minChunk = 64 << 10
	maxChunk = 1 << 20

	// Each string is preceded by its length and its owner.
	headSize = 8
	// noOwner marks a string that was freed.
	noOwner = ^uint32(0)
)

// arena keeps byte strings of any length one after the other in chunks outside the garbage-collected heap. Where half of a
// chunk is free, what is left in it moves together, so that freed memory goes back to the system.
type arena struct {
	chunks  []chunk
	unused  []uint32 // places in chunks
	current uint32   // the one that is being filled
	live    int      // bytes of strings with their heads
	size    int      // bytes of chunks

	// moved is told the new place of a string.
	moved func(owner uint32, to place)
}

type chunk struct {
	memory     []byte // nil: unused
	used, live uint32
}

// place is where a string stands.
type place struct{ chunk, off uint32 }

// put keeps a copy of b.
func (a *arena) put(b []byte, owner uint32) place {
	need := headSize + len(b)
	for !a.fits(need) {
		a.begin(need) // which may move strings into the new chunk
	}
	c := &a.chunks[a.current]
	p := place{a.current, c.used}
	binary.LittleEndian.PutUint32(c.memory[c.used:], uint32(len(b)))
	binary.LittleEndian.PutUint32(c.memory[c.used+4:], owner)
	copy(c.memory[c.used+headSize:], b)
	c.used += uint32(need)
	c.live += uint32(need)
	a.live += need
	return p
}

// fits reports whether the current chunk has room for so many bytes.
func (a *arena) fits(need int) bool {
	return len(a.chunks) > 0 && int(a.chunks[a.current].used)+need <= len(a.chunks[a.current].memory)
}

// begin makes a new chunk the current one, and gives up the former one if nothing is left in it.
func (a *arena) begin(need int) {
	size := minChunk
	for size < maxChunk && size < a.size/16 {
		size *= 2
	}
	size = max(size, need)
	former := a.current
	if n := len(a.unused); n > 0 {
		a.current = a.unused[n-1]
		a.unused = a.unused[:n-1]
	} else {
		a.current = uint32(len(a.chunks))
		a.chunks = append(a.chunks, chunk{})
	}
	a.chunks[a.current] = chunk{memory: mapMemory(size)}
	a.size += size
	if former != a.current {
		a.thin(former)
	}
}

// get returns a string, which is valid until the next call of put or free.
func (a *arena) get(p place) []byte {
	memory := a.chunks[p.chunk].memory[p.off:]
	n := binary.LittleEndian.Uint32(memory)
	return memory[headSize : headSize+n : headSize+n]
}

// free gives up a string.
func (a *arena) free(p place) {
	c := &a.chunks[p.chunk]
	memory := c.memory[p.off:]
	n := headSize + binary.LittleEndian.Uint32(memory)
	binary.LittleEndian.PutUint32(memory[4:], noOwner)
	invariants.Poison(memory[headSize:n])
	c.live -= n
	a.live -= int(n)
	if p.chunk != a.current {
		a.thin(p.chunk)
	}
}

// thin gives up a full chunk when half of it is free, and moves what is left in it.
func (a *arena) thin(i uint32) {
	c := a.chunks[i]
	if c.memory == nil || 2*c.live > c.used {
		return
	}
	a.live -= int(c.live) // put counts it again
	for off := uint32(0); off < c.used; {
		n := headSize + binary.LittleEndian.Uint32(c.memory[off:])
		if owner := binary.LittleEndian.Uint32(c.memory[off+4:]); owner != noOwner {
			a.moved(owner, a.put(c.memory[off+headSize:off+n], owner))
		}
		off += n
	}
	a.size -= len(c.memory)
	unmapMemory(c.memory)
	a.chunks[i] = chunk{}
	a.unused = append(a.unused, i)
}

// close gives up all memory.
func (a *arena) close() {
	for i := range a.chunks {
		if m := a.chunks[i].memory; m != nil {
			unmapMemory(m)
		}
	}
	*a = arena{moved: a.moved}
}
