package reassembly

import (
	"math/bits"

	"sipspan/internal/invariants"
)

// buffers hands out byte slices of the capacities 2 KiB, 4 KiB, … and takes
// them back to be used again. Some are kept for that.
type buffers struct {
	idle [bufferClasses][][]byte
	out  int // bytes of capacity handed out and not yet given back
	kept int // bytes of capacity waiting for use
}

const (
	leastBuffer   = 2 << 10
	bufferClasses = 10      // up to 1 MiB; larger ones are not kept
	keepBytes     = 4 << 20 // no more than this waits for use
)

// classOf returns the size class that holds n bytes, and its capacity.
func classOf(n int) (class, size int) {
	if n <= leastBuffer {
		return 0, leastBuffer
	}
	class = bits.Len(uint(n-1)) - bits.Len(uint(leastBuffer-1))
	return class, leastBuffer << class
}

// get returns an empty slice with room for n bytes.
func (p *buffers) get(n int) []byte {
	class, size := classOf(n)
	p.out += size
	if class < bufferClasses {
		if l := len(p.idle[class]); l > 0 {
			b := p.idle[class][l-1]
			p.idle[class] = p.idle[class][:l-1]
			p.kept -= size
			return b
		}
	}
	return make([]byte, 0, size)
}

// waits reports whether get for n bytes finds a buffer that waits for use.
func (p *buffers) waits(n int) bool {
	class, _ := classOf(n)
	return class < bufferClasses && len(p.idle[class]) > 0
}

// put takes b back. The caller must not use it afterwards.
func (p *buffers) put(b []byte) {
	size := cap(b)
	if size == 0 {
		return
	}
	p.out -= size
	invariants.Poison(b[:size])
	class, _ := classOf(size)
	if class < bufferClasses && p.kept+size <= keepBytes {
		p.idle[class] = append(p.idle[class], b[:0])
		p.kept += size
	}
}

// grow returns b with room for n bytes in all, moved into a larger buffer when
// it must be.
func (p *buffers) grow(b []byte, n int) []byte {
	if n <= cap(b) {
		return b
	}
	larger := append(p.get(n), b...)
	p.put(b)
	return larger
}

// drain releases the buffers that wait for use.
func (p *buffers) drain() {
	for i := range p.idle {
		clear(p.idle[i])
		p.idle[i] = p.idle[i][:0]
	}
	p.kept = 0
}
