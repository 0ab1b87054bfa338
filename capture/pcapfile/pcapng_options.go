package pcapfile

import (
	"strings"

	"sipspan/capture"
)

// Option codes that matter here.
const (
	optEnd         = 0
	optIfName      = 2
	optIfTsResol   = 9
	optIfTsOffset  = 14
	optEpbFlags    = 2
	optIsbIfDrop   = 5
	optIsbOsDrop   = 7
	defaultTsResol = 6
	optionHeader   = 4
	maxNameLength  = 256
)

// options calls each for every option in b. What does not fit any more ends the list: the block itself is whole.
func (o order) options(b []byte, each func(code uint16, value []byte)) {
	for len(b) >= optionHeader {
		code, size := o.u16(b), int(o.u16(b[2:]))
		b = b[optionHeader:]
		if code == optEnd || size > len(b) {
			return
		}
		each(code, b[:size])
		b = b[min((size+3)&^3, len(b)):]
	}
}

// flags returns the flags among the options of an Enhanced Packet Block, 0 for none.
func (o order) flags(b []byte) uint32 {
	for len(b) >= optionHeader {
		code, size := o.u16(b), int(o.u16(b[2:]))
		b = b[optionHeader:]
		switch {
		case code == optEnd || size > len(b):
			return 0
		case code == optEpbFlags && size == 4:
			return o.u32(b)
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return 0
}

// describe reads an Interface Description Block.
func (r *ngReader) describe(b []byte) error {
	if len(b) < interfaceFixed {
		return r.short("an interface description", len(b))
	}
	if len(r.ifaces) == maxInterfaces {
		return r.v.corrupt(r.number+1, "one section describes more than %d interfaces", maxInterfaces)
	}
	in := iface{link: capture.LinkType(r.order.u16(b)), snaplen: r.order.u32(b[4:]), name: r.path, slot: noSlot}
	resolution, offset := byte(defaultTsResol), int64(0)
	r.order.options(b[interfaceFixed:], func(code uint16, v []byte) {
		switch {
		case code == optIfName && len(v) > 0:
			in.name = interfaceName(v)
		case code == optIfTsResol && len(v) == 1:
			resolution = v[0]
		case code == optIfTsOffset && len(v) == 8:
			offset = int64(r.order.u64(v))
		}
	})
	in.clock = newClock(resolution, offset)
	r.ifaces = append(r.ifaces, in)
	return nil
}

// statistics reads an Interface Statistics Block: what the capturing program lost. Its counts are totals since the
// capture began, so a second block of an interface adds only what is new in it.
func (r *ngReader) statistics(b []byte) error {
	if len(b) < statisticsFixed {
		return r.short("interface statistics", len(b))
	}
	id := r.order.u32(b)
	if uint64(id) >= uint64(len(r.ifaces)) {
		return r.v.corrupt(r.number+1, "statistics of interface %d, %d are described", id, len(r.ifaces))
	}
	in := &r.ifaces[id]
	now := in.lost
	r.order.options(b[statisticsFixed:], func(code uint16, v []byte) {
		switch {
		case len(v) != 8:
		case code == optIsbIfDrop:
			now.InterfaceDropped = max(now.InterfaceDropped, r.order.u64(v))
		case code == optIsbOsDrop:
			now.KernelDropped = max(now.KernelDropped, r.order.u64(v))
		}
	})
	if now == in.lost {
		return nil
	}
	if in.slot == noSlot {
		in.slot = r.slots.add(in.name)
	}
	to := &r.slots.list[in.slot]
	to.InterfaceDropped += now.InterfaceDropped - in.lost.InterfaceDropped
	to.KernelDropped += now.KernelDropped - in.lost.KernelDropped
	in.lost = now
	return nil
}

// interfaceName returns an if_name as text of a bounded length.
func interfaceName(v []byte) string {
	return strings.ToValidUTF8(strings.TrimRight(string(v[:min(len(v), maxNameLength)]), "\x00"), "?")
}
