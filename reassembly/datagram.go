package reassembly

import (
	"sort"

	"sipspan/internal/packet"
)

// maxDatagram is the greatest length of a joined payload (RFC 791, 3.1; RFC
// 8200, 4.5).
const maxDatagram = 65535

// datagram is one IP datagram of which some fragments have come.
type datagram struct {
	link[datagram]
	key     fragmentKey
	since   int64   // when the first fragment came; when the last one did, once joined
	buf     []byte  // the known bytes of the payload, without holes, as they came; the payload, once joined
	pieces  []piece // where they belong: ascending, none overlaps another
	few     [8]piece
	total   int   // length of the whole payload, -1 until the last fragment has come
	packets int   // fragments, repeated ones included
	proto   uint8 // what the first fragment says that it carries
	joined  bool  // complete and handed on; kept to recognise copies
	dead    bool  // discarded for an overlap; what still comes is, too (RFC 5722)
}

// piece is a range of known bytes of the payload, [from, to), and where in buf they are.
type piece struct{ from, to, at uint16 }

// pieceSize is what a piece takes, in bytes.
const pieceSize = 6

// of returns the bytes of p from lo up to hi, both counted in the payload.
func (p piece) of(buf []byte, lo, hi int) []byte {
	start := int(p.at) - int(p.from)
	return buf[start+lo : start+hi]
}

// end returns the end of the known bytes.
func (d *datagram) end() int {
	if len(d.pieces) == 0 {
		return 0
	}
	return int(d.pieces[len(d.pieces)-1].to)
}

// holds reports whether all bytes of a fragment are known already.
func (d *datagram) holds(f *packet.Fragment, from int, data []byte) bool {
	if !f.More && d.total != from+len(data) {
		return false
	}
	fresh, agrees := d.compare(from, data)
	return fresh == 0 && agrees
}

// complete reports whether every byte is known.
func (d *datagram) complete() bool { return len(d.buf) == d.total }

// inOrder reports whether the known bytes came in the order of the payload, without a hole: buf is its beginning.
func (d *datagram) inOrder() bool { return len(d.pieces) <= 1 && d.end() == len(d.buf) }

// index returns how many bytes the list of pieces takes beside the datagram itself.
func (d *datagram) index() int {
	if cap(d.pieces) <= len(d.few) {
		return 0
	}
	return cap(d.pieces) * pieceSize
}

// after returns the first piece that ends after from.
func (d *datagram) after(from int) int {
	n := len(d.pieces)
	if n == 0 || int(d.pieces[n-1].to) <= from {
		return n
	}
	return sort.Search(n, func(i int) bool { return int(d.pieces[i].to) > from })
}

// compare returns how many of the bytes are not known yet, and whether all others are the same.
func (d *datagram) compare(from int, data []byte) (fresh int, agrees bool) {
	to, fresh := from+len(data), len(data)
	for i := d.after(from); i < len(d.pieces) && int(d.pieces[i].from) < to; i++ {
		p := d.pieces[i]
		lo, hi := max(int(p.from), from), min(int(p.to), to)
		if string(p.of(d.buf, lo, hi)) != string(data[lo-from:hi-from]) {
			return 0, false
		}
		fresh -= hi - lo
	}
	return fresh, true
}

// insert adds those of the bytes that are not known yet. buf must have room for them.
func (d *datagram) insert(from int, data []byte) {
	i := d.after(from)
	for len(data) > 0 {
		n := len(data)
		if i < len(d.pieces) {
			n = min(n, max(0, int(d.pieces[i].from)-from))
		}
		if n > 0 {
			i = d.enter(i, from, data[:n])
			from, data = from+n, data[n:]
		}
		if len(data) > 0 { // the next piece has what follows
			n = min(len(data), int(d.pieces[i].to)-from)
			from, data = from+n, data[n:]
			i++
		}
	}
}

// enter adds bytes of which none is known in front of piece i, and returns where that is then.
func (d *datagram) enter(i, from int, data []byte) int {
	at := len(d.buf)
	d.buf = append(d.buf, data...)
	to := uint16(from + len(data))
	if i > 0 {
		if before := &d.pieces[i-1]; int(before.to) == from && int(before.at)+int(before.to-before.from) == at {
			before.to = to
			return i
		}
	}
	d.pieces = append(d.pieces, piece{})
	copy(d.pieces[i+1:], d.pieces[i:])
	d.pieces[i] = piece{uint16(from), to, uint16(at)}
	return i + 1
}

// join appends the payload to b, in its order.
func (d *datagram) join(b []byte) []byte {
	for _, p := range d.pieces {
		b = append(b, p.of(d.buf, int(p.from), int(p.to))...)
	}
	return b
}

// clear forgets the bytes, which the caller has taken out of buf.
func (d *datagram) clear() {
	d.buf, d.pieces, d.packets = nil, d.few[:0], 0
}
