package reassembly

import "sipspan/internal/packet"

// maxDatagram is the greatest length of a joined payload (RFC 791, 3.1; RFC
// 8200, 4.5).
const maxDatagram = 65535

// datagram is one IP datagram of which some fragments have come.
type datagram struct {
	link[datagram]
	key     fragmentKey
	since   int64  // when the first fragment came; when the last one did, once joined
	buf     []byte // the payload as far as it is known; holes hold anything
	ranges  []span // what is known of buf: ascending, apart from each other
	total   int    // length of the whole payload, -1 until the last fragment has come
	packets int    // fragments, repeated ones included
	proto   uint8  // what the first fragment says that it carries
	joined  bool   // complete and handed on; kept to recognise copies
	dead    bool   // discarded for an overlap; what still comes is, too (RFC 5722)
}

// span is a range of known bytes.
type span struct{ from, to int }

// end returns the end of the known bytes.
func (d *datagram) end() int {
	if len(d.ranges) == 0 {
		return 0
	}
	return d.ranges[len(d.ranges)-1].to
}

// holds reports whether all bytes of a fragment are known already.
func (d *datagram) holds(f *packet.Fragment, from int, data []byte) bool {
	to := from + len(data)
	if !f.More && d.total != to {
		return false
	}
	if len(data) == 0 {
		return true
	}
	for _, r := range d.ranges {
		if r.from <= from && to <= r.to {
			return string(d.buf[from:to]) == string(data)
		}
	}
	return false
}

// complete reports whether every byte is known.
func (d *datagram) complete() bool {
	return d.total >= 0 && (d.total == 0 || len(d.ranges) == 1 && d.ranges[0] == span{0, d.total})
}

// insert puts data at its place. buf must have room. It returns false, with
// nothing changed, when a byte is already known and another one.
func (d *datagram) insert(from int, data []byte) bool {
	to := from + len(data)
	// ranges[i:j] touch or overlap [from, to)
	i := len(d.ranges)
	for i > 0 && d.ranges[i-1].to >= from {
		i--
	}
	j := i
	for j < len(d.ranges) && d.ranges[j].from <= to {
		r := d.ranges[j]
		lo, hi := max(r.from, from), min(r.to, to)
		if lo < hi && string(d.buf[lo:hi]) != string(data[lo-from:hi-from]) {
			return false
		}
		j++
	}
	if len(d.buf) < to {
		d.buf = d.buf[:to]
	}
	copy(d.buf[from:], data)
	if i == j {
		d.ranges = append(d.ranges, span{})
		copy(d.ranges[i+1:], d.ranges[i:])
		d.ranges[i] = span{from, to}
		return true
	}
	d.ranges[i] = span{min(from, d.ranges[i].from), max(to, d.ranges[j-1].to)}
	d.ranges = append(d.ranges[:i+1], d.ranges[j:]...)
	return true
}
