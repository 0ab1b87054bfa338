package pcapfile

import (
	"io"

	"sipspan/capture"
)

const (
	pcapHeaderSize   = 24
	pcapRecordSize   = 16
	pcapModifiedSize = 24     // the record header of the modified format: interface, protocol and packet type follow
	pcapLinkMask     = 0xffff // above it: FCS length and its flag
	pcapMajor        = 2
	pcapMinorSwapped = 3 // below, a record has its two lengths the other way round; in this version either way
)

// The largest frame a pcap may claim, which is the largest snapshot length libpcap knows, and the largest block of packets
// or descriptions a pcapng may. A pcap whose header announces more than maxFrame gets it, up to maxBlock.
const (
	maxFrame = 256 << 10
	maxBlock = 16 << 20
)

// pcapReader reads the classic format of draft-ietf-opsawg-pcap, and the modified one of early Linux libpcap patches.
type pcapReader struct {
	v       *window
	order   order
	nanos   int64 // nanoseconds per unit of the fraction
	record  int   // size of a record's header
	limit   uint32
	link    capture.LinkType
	minor   uint16
	slot    int
	number  uint64
	slots   *slots
	path    string
	stopped error
}

func newPcapReader(v *window, o order, magic uint32, slots *slots, path string) (*pcapReader, error) {
	head, ok := v.peek(pcapHeaderSize)
	if !ok {
		return nil, v.cut(1, int64(len(head)), pcapHeaderSize)
	}
	r := &pcapReader{v: v, order: o, nanos: 1000, record: pcapRecordSize, slots: slots, path: path, slot: noSlot}
	switch magic {
	case magicNano:
		r.nanos = 1
	case magicModified:
		r.record = pcapModifiedSize
	}
	if major := o.u16(head[4:]); major != pcapMajor {
		return nil, v.corrupt(1, "its header says version %d.%d, 2.4 is the one in use", major, o.u16(head[6:]))
	}
	r.minor = o.u16(head[6:])
	r.limit = min(max(o.u32(head[16:]), maxFrame), maxBlock)
	r.link = capture.LinkType(o.u32(head[20:]) & pcapLinkMask)
	v.take(pcapHeaderSize)
	return r, nil
}

func (r *pcapReader) several() bool { return false }

func (r *pcapReader) next(f *capture.Frame) error {
	if r.stopped != nil {
		return r.stopped
	}
	h, ok := r.v.peek(r.record)
	if !ok {
		return r.end(len(h))
	}
	size, length := r.sizes(h)
	if size > r.limit {
		return r.stop(r.v.corrupt(r.number+1, "its record claims %d captured bytes, the largest frame is %d", size, r.limit))
	}
	need := r.record + int(size)
	b, ok := r.v.take(need)
	if !ok {
		return r.stop(r.v.cut(r.number+1, int64(len(b)), int64(need)))
	}
	r.fill(f, b, size, length)
	return nil
}

func (r *pcapReader) ready(frames []capture.Frame) (n int, err error) {
	if r.stopped != nil {
		return 0, r.stopped
	}
	rest := r.v.rest()
	for n < len(frames) && len(rest) >= r.record {
		size, length := r.sizes(rest)
		need := r.record + int(size)
		if size > r.limit || len(rest) < need { // next says what is wrong
			break
		}
		r.fill(&frames[n], rest[:need:need], size, length)
		rest = rest[need:]
		n++
	}
	r.v.r = r.v.w - len(rest)
	return n, nil
}

// sizes returns captured and wire length from the header of a record.
func (r *pcapReader) sizes(h []byte) (size, length uint32) {
	size, length = r.order.u32(h[8:]), r.order.u32(h[12:])
	if r.minor <= pcapMinorSwapped && r.swapped(size, length) {
		size, length = length, size
	}
	return size, length
}

// fill fills in f from a record.
func (r *pcapReader) fill(f *capture.Frame, b []byte, size, length uint32) {
	if r.slot == noSlot {
		r.slot = r.slots.add(r.path)
	}
	r.number++
	f.Time = int64(r.order.u32(b))*second + int64(r.order.u32(b[4:]))*r.nanos
	f.Data = b[r.record:]
	f.Length = int(max(length, size))
	f.Link = r.link
	f.Interface = r.slot
	f.Flags = 0
	f.Number = r.number
}

// swapped reports whether an old file has the wire length before the captured length.
func (r *pcapReader) swapped(first, second uint32) bool {
	return r.minor < pcapMinorSwapped || first > second
}

// end is called where no whole record header is left.
func (r *pcapReader) end(left int) error {
	if left == 0 && r.v.over() {
		return r.stop(io.EOF)
	}
	return r.stop(r.v.cut(r.number+1, int64(left), int64(r.record)))
}

func (r *pcapReader) stop(err error) error {
	r.stopped = err
	return err
}
