package pcapfile

import (
	"errors"
	"io"
	"math"

	"sipspan/capture"
)

// Block types of draft-ietf-opsawg-pcapng.
const (
	blockSection    = 0x0a0d0d0a // section 4.1
	blockInterface  = 1          // section 4.2
	blockPacket     = 2          // obsolete, appendix A
	blockSimple     = 3          // section 4.4
	blockSecrets    = 0x0000000a // section 4.7
	blockStatistics = 5          // section 4.6
	blockEnhanced   = 6          // section 4.3
)

const (
	byteOrderMagic = 0x1a2b3c4d
	sectionMajor   = 1    // the version in use
	maxInterfaces  = 4096 // of one section
)

// Sizes in bytes: what every block has around its body, the smallest section header, and the fixed part of other bodies.
const (
	blockOverhead   = 12 // type, length and the length again
	sectionSize     = 28
	interfaceFixed  = 8
	enhancedFixed   = 20
	simpleFixed     = 4
	statisticsFixed = 12
)

// iface is what an Interface Description Block says.
type iface struct {
	link    capture.LinkType
	snaplen uint32
	clock   clock
	name    string
	slot    int           // index of its counters, noSlot until there is something to count
	lost    capture.Stats // what its last statistics block said
}

// ngReader reads pcapng.
type ngReader struct {
	v       *window
	order   order
	ifaces  []iface // of the current section
	number  uint64
	last    int64 // time of the packet before, for the blocks that have none
	at      int64 // where the block being read begins
	slots   *slots
	path    string
	stopped error
	tell    func(keyLog []byte) // nil: secrets are passed over
}

func (r *ngReader) several() bool { return len(r.ifaces) > 1 }

func (r *ngReader) ready(frames []capture.Frame) (n int, err error) {
	for n < len(frames) && r.holdsBlock() {
		found, err := r.step(&frames[n])
		if err != nil {
			return n, err
		}
		if found {
			n++
		}
	}
	return n, nil
}

// holdsBlock reports whether the next block lies in the window.
func (r *ngReader) holdsBlock() bool {
	b := r.v.rest()
	if len(b) < blockOverhead || r.order.u32(b) == blockSection { // whose byte order is not known
		return false
	}
	return uint64(len(b)) >= uint64(r.order.u32(b[4:]))
}

func (r *ngReader) next(f *capture.Frame) error {
	for {
		if found, err := r.step(f); found || err != nil {
			return err
		}
	}
}

// step reads one more block and reports whether it was a packet.
func (r *ngReader) step(f *capture.Frame) (bool, error) {
	if r.stopped != nil {
		return false, r.stopped
	}
	r.at = r.v.offset()
	found, err := r.block(f)
	if err != nil {
		var broken *capture.InputError
		if errors.As(err, &broken) {
			broken.Offset = r.at
		}
		r.stopped = err
	}
	return found && err == nil, err
}

// block reads one block and reports whether it was a packet.
func (r *ngReader) block(f *capture.Frame) (bool, error) {
	h, ok := r.v.peek(blockOverhead)
	if !ok {
		if len(h) == 0 && r.v.over() {
			return false, io.EOF
		}
		return false, r.v.cut(r.number+1, int64(len(h)), blockOverhead)
	}
	kind := r.order.u32(h)
	if kind == blockSection {
		return false, r.section()
	}
	size := r.order.u32(h[4:])
	if err := r.checkSize(size); err != nil {
		return false, err
	}
	switch kind {
	case blockEnhanced, blockSimple, blockPacket, blockInterface, blockStatistics:
	case blockSecrets:
		return false, r.secrets(size)
	default:
		return false, r.skip(size)
	}
	body, err := r.body(size)
	if err != nil {
		return false, err
	}
	switch kind {
	case blockEnhanced:
		return true, r.enhanced(f, body)
	case blockSimple:
		return true, r.simple(f, body)
	case blockPacket:
		return true, r.packet(f, body)
	case blockInterface:
		return false, r.describe(body)
	default:
		return false, r.statistics(body)
	}
}

func (r *ngReader) checkSize(size uint32) error {
	if size < blockOverhead || size%4 != 0 {
		return r.v.corrupt(r.number+1, "its block claims %d bytes, which is no multiple of 4 from 12 on", size)
	}
	return nil
}

// skip passes over a block that is not wanted, however long.
func (r *ngReader) skip(size uint32) error {
	var tail []byte
	ok := r.v.skip(int64(size) - 4)
	if ok {
		tail, ok = r.v.take(4)
	}
	if !ok {
		return r.v.cut(r.number+1, r.v.offset()-r.at+int64(len(tail)), int64(size))
	}
	if got := r.order.u32(tail); got != size {
		return r.lengths(size, got)
	}
	return nil
}

// body takes a whole block and returns what is between its lengths.
func (r *ngReader) body(size uint32) ([]byte, error) {
	if size > maxBlock {
		return nil, r.v.corrupt(r.number+1, "its block claims %d bytes, the largest is %d", size, maxBlock)
	}
	b, ok := r.v.peek(int(size))
	if !ok {
		return nil, r.v.cut(r.number+1, int64(len(b)), int64(size))
	}
	if got := r.order.u32(b[size-4:]); got != size {
		return nil, r.lengths(size, got)
	}
	r.v.take(int(size))
	return b[8 : size-4], nil
}

// section starts a new section: its own byte order and no interfaces yet.
func (r *ngReader) section() error {
	h, ok := r.v.peek(sectionSize)
	if !ok {
		return r.v.cut(r.number+1, int64(len(h)), sectionSize)
	}
	switch {
	case bigEndian.u32(h[8:]) == byteOrderMagic:
		r.order = bigEndian
	case littleEndian.u32(h[8:]) == byteOrderMagic:
		r.order = littleEndian
	default:
		return r.v.corrupt(r.number+1, "a section begins without the byte order magic")
	}
	if major := r.order.u16(h[12:]); major != sectionMajor {
		return r.v.corrupt(r.number+1, "a section has version %d, version 1 is known", major)
	}
	size := r.order.u32(h[4:])
	if size < sectionSize {
		return r.v.corrupt(r.number+1, "a section header claims %d bytes", size)
	}
	if err := r.checkSize(size); err != nil {
		return err
	}
	r.ifaces = r.ifaces[:0]
	return r.skip(size)
}

// enhanced reads an Enhanced Packet Block.
func (r *ngReader) enhanced(f *capture.Frame, b []byte) error {
	if len(b) < enhancedFixed {
		return r.short("an enhanced packet block", len(b))
	}
	o := r.order
	rest := b[enhancedFixed:]
	err := r.frame(f, o.u32(b), uint64(o.u32(b[4:]))<<32|uint64(o.u32(b[8:])), o.u32(b[12:]), o.u32(b[16:]), rest)
	if padded := (uint64(o.u32(b[12:])) + 3) &^ 3; err == nil && uint64(len(rest)) > padded {
		f.Flags = o.flags(rest[padded:])
	}
	return err
}

// packet reads the old Packet Block: an interface number of 16 bits and a drop count share the first word.
func (r *ngReader) packet(f *capture.Frame, b []byte) error {
	if len(b) < enhancedFixed {
		return r.short("a packet block", len(b))
	}
	o := r.order
	return r.frame(f, uint32(o.u16(b)), uint64(o.u32(b[4:]))<<32|uint64(o.u32(b[8:])), o.u32(b[12:]), o.u32(b[16:]), b[enhancedFixed:])
}

// frame fills f and checks what the block says of itself.
func (r *ngReader) frame(f *capture.Frame, id uint32, ticks uint64, size, length uint32, rest []byte) error {
	if uint64(id) >= uint64(len(r.ifaces)) {
		return r.v.corrupt(r.number+1, "it came over interface %d, %d are described", id, len(r.ifaces))
	}
	if uint64(size) > uint64(len(rest)) {
		return r.v.corrupt(r.number+1, "%d captured bytes in a block with room for %d", size, len(rest))
	}
	in := &r.ifaces[id]
	r.last = in.clock.unix(ticks)
	r.fill(f, in, rest[:size:size], length)
	return nil
}

// simple reads a Simple Packet Block: interface 0, cut at its snapshot length, and no time. Its Time
// is that of the packet before, which says only where it stands.
func (r *ngReader) simple(f *capture.Frame, b []byte) error {
	if len(b) < simpleFixed {
		return r.short("a simple packet block", len(b))
	}
	if len(r.ifaces) == 0 {
		return r.v.corrupt(r.number+1, "a simple packet block comes before any interface is described")
	}
	in, length := &r.ifaces[0], r.order.u32(b)
	size := min(length, uint32(len(b)-simpleFixed))
	if in.snaplen != 0 {
		size = min(size, in.snaplen)
	}
	r.fill(f, in, b[simpleFixed:][:size:size], length)
	f.Clock = capture.ClockNone
	return nil
}

func (r *ngReader) fill(f *capture.Frame, in *iface, data []byte, length uint32) {
	if in.slot == noSlot {
		in.slot = r.slots.add(in.name)
	}
	r.number++
	f.Time, f.Clock = r.last, capture.ClockKnown
	f.Data = data
	f.Length = max(int(min(length, math.MaxInt32)), len(data))
	f.Link = in.link
	f.Interface = in.slot
	f.Flags = 0
	f.Number = r.number
}

// lengths is the error of a block whose two length fields differ.
func (r *ngReader) lengths(first, second uint32) error {
	return r.v.corrupt(r.number+1, "a block of %d bytes ends with the length %d", first, second)
}

// short is the error of a block too small for its type.
func (r *ngReader) short(what string, size int) error {
	return r.v.corrupt(r.number+1, "%s with a body of %d bytes", what, size)
}
