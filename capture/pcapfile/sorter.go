package pcapfile

import (
	"math"

	"sipspan/capture"
)

const (
	// sortWindow is how much earlier than the packets before it a packet may be and still be moved before them. One that is
	// earlier by more was written after the clock was set: it stays where it is.
	sortWindow = second
	// wideSortWindow is the same between the interfaces of one file. Who captures on several of them writes what each has
	// gathered, one after the other, and each is in order itself.
	wideSortWindow = 4 * second

	maxHeldPackets = 8192
	maxHeldBytes   = 16 << 20
	keptHeld       = 2 << 10 // the largest buffer that is kept for the next packet

	maxAhead = 256 // packets that are read ahead

	// Packets are not held any more once so many, over such a time, have come in order, or very many.
	calmTime        = 10 * second
	calmPackets     = 1024
	calmPacketsSoon = 2 * maxHeldPackets
)

// sorter puts the packets of one file in the order of their times, within a window. While a file is in order it looks ahead
// at what lies in memory already, for the price of a comparison. Once something is out of order there, and from the beginning where
// a file has several interfaces, it holds copies of packets for as long as the window is wide. The zero value is for the
// beginning of a file.
type sorter struct {
	started bool
	holding bool
	run     []capture.Frame // read ahead, their Data borrowed from the window, while packets are not held
	at      int             // the next one of them
	newest  int64           // time of the latest packet of the epoch
	epoch   uint32
	own     []int64 // the same by interface
	several bool    // the file has more than one
	since   int64   // time since which all came in order
	calm    int     // packets since then

	heap   []heldFrame
	frames []capture.Frame // by slot, their Data being copies
	free   []int32         // slots
	lent   int32           // one more than the slot of the frame that was handed on last; 0 is none
	bytes  int
	number uint32
	err    error // why nothing more comes
}

// heldFrame is an element of the heap of held frames.
type heldFrame struct {
	time   int64
	epoch  uint32
	number uint32 // in the order of the file, which breaks ties
	slot   int32
}

func (a *heldFrame) before(b *heldFrame) bool {
	switch {
	case a.epoch != b.epoch:
		return int32(a.epoch-b.epoch) < 0
	case a.time != b.time:
		return a.time < b.time
	}
	return int32(a.number-b.number) < 0
}

// next makes in.frame the next packet of in that is wanted.
func (s *sorter) next(fs *Files, in *input) error {
	s.giveBack()
	if !s.holding && len(s.heap) == 0 {
		if s.at == len(s.run) {
			s.readAhead(fs, in)
		}
		if s.at < len(s.run) {
			in.frame = s.ahead()
			return nil
		}
	}
	var f capture.Frame
	for s.err == nil && s.holding && !s.due() {
		if s.err = fs.pull(in, &f); s.err != nil {
			break
		}
		s.several = in.dec.several()
		s.take(fs, &f)
	}
	if len(s.heap) == 0 {
		return s.err
	}
	in.frame = s.pop()
	return nil
}

// ahead returns the next frame of those that were read ahead. There must be one; then none is held.
func (s *sorter) ahead() *capture.Frame {
	f := &s.run[s.at]
	s.at++
	return f
}

// readAhead reads frames as far as they lie in memory. When one of them is out of order, all are held.
func (s *sorter) readAhead(fs *Files, in *input) {
	if s.run == nil {
		s.run = make([]capture.Frame, maxAhead)
	}
	s.run, s.at = s.run[:0], 0
	if s.err != nil {
		return
	}
	all := s.run[:maxAhead]
	if s.err = fs.pull(in, &all[0]); s.err != nil {
		return
	}
	var n int
	n, s.err = fs.pullReady(in, all[1:])
	s.run = all[:1+n]
	s.several = in.dec.several()
	newest := s.newest
	if !s.started {
		s.holding, newest = s.several, all[0].Time
	}
	for i := range s.run {
		if s.run[i].Time < newest {
			s.holding = true
			break
		}
		newest = s.run[i].Time
	}
	if !s.holding {
		s.started, s.newest = true, newest
		return
	}
	for i := range s.own {
		s.own[i] = math.MinInt64
	}
	s.since, s.calm = s.newest, 0
	for i := range s.run {
		s.take(fs, &s.run[i])
	}
	s.run = s.run[:0]
}

// take judges and holds a frame.
func (s *sorter) take(fs *Files, f *capture.Frame) {
	if s.judge(f) {
		fs.slots.list[f.Interface].Reordered++
	}
	s.hold(f)
}

// judge notes the time of a packet, and reports whether it belongs before a packet that was read earlier.
func (s *sorter) judge(f *capture.Frame) bool {
	if !s.started {
		s.started = true
		s.begin(f)
		return false
	}
	own := s.ownOf(f)
	late := f.Time < s.newest
	switch {
	case late && (before(f.Time, s.newest) > s.window() || before(f.Time, own) > sortWindow):
		s.epoch++
		s.begin(f)
		return false
	case late:
		s.since, s.calm = s.newest, 0
	default:
		s.newest = f.Time
		s.calm++
		if s.calm > calmPacketsSoon || s.calm > calmPackets && before(s.since, s.newest) > calmTime {
			s.holding = false
		}
	}
	return late
}

// ownOf returns the time of the latest packet before f of the same interface, and notes that of f.
func (s *sorter) ownOf(f *capture.Frame) int64 {
	for len(s.own) <= f.Interface {
		s.own = append(s.own, math.MinInt64)
	}
	own := s.own[f.Interface]
	s.own[f.Interface] = max(own, f.Time)
	return own
}

// begin begins an epoch with f.
func (s *sorter) begin(f *capture.Frame) {
	for i := range s.own {
		s.own[i] = math.MinInt64
	}
	s.ownOf(f)
	s.newest, s.since, s.calm = f.Time, f.Time, 0
}

func (s *sorter) window() uint64 {
	if s.several {
		return wideSortWindow
	}
	return sortWindow
}

// before returns how far a lies before b, 0 when it does not.
func before(a, b int64) uint64 {
	if a >= b {
		return 0
	}
	return uint64(b) - uint64(a)
}

// due reports whether nothing that belongs before the first of the held frames can come any more, or no more can be held.
func (s *sorter) due() bool {
	if len(s.heap) == 0 {
		return false
	}
	first := &s.heap[0]
	return first.epoch != s.epoch || before(first.time, s.newest) >= s.window() || len(s.heap) >= maxHeldPackets || s.bytes >= maxHeldBytes
}

// hold copies a frame.
func (s *sorter) hold(f *capture.Frame) {
	var slot int32
	if n := len(s.free); n > 0 {
		slot, s.free = s.free[n-1], s.free[:n-1]
	} else {
		slot = int32(len(s.frames))
		s.frames = append(s.frames, capture.Frame{})
	}
	held := &s.frames[slot]
	data := held.Data
	if cap(data) < len(f.Data) {
		data = make([]byte, 0, max(len(f.Data), 256))
	}
	*held = *f
	held.Data = append(data[:0], f.Data...)
	s.bytes += cap(held.Data)
	s.number++
	s.push(heldFrame{time: f.Time, epoch: s.epoch, number: s.number, slot: slot})
}

// giveBack takes the slot of the frame that was handed on last.
func (s *sorter) giveBack() {
	if s.lent == 0 {
		return
	}
	slot := s.lent - 1
	s.lent = 0
	f := &s.frames[slot]
	s.bytes -= cap(f.Data)
	if cap(f.Data) > keptHeld {
		f.Data = nil
	}
	s.free = append(s.free, slot)
	if !s.holding && len(s.heap) == 0 {
		s.heap, s.frames, s.free = nil, nil, nil
	}
}

func (s *sorter) push(e heldFrame) {
	s.heap = append(s.heap, e)
	h := s.heap
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h[i].before(&h[parent]) {
			return
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

// pop hands on the first of the held frames. Its slot stays taken until giveBack.
func (s *sorter) pop() *capture.Frame {
	h := s.heap
	slot, last := h[0].slot, len(h)-1
	h[0] = h[last]
	h = h[:last]
	s.heap = h
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if h[child].before(&h[least]) {
				least = child
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	s.lent = slot + 1
	return &s.frames[slot]
}
