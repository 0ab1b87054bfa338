package timeline

import "sipspan/capture"

// maxHeld is how many frames are held until it is known what their timestamps mean.
const maxHeld = 8

// heldFrames holds copies of frames whose timestamps are not close to the clock, in the order of arrival.
type heldFrames struct {
	frames [maxHeld]heldFrame
	stamps []int64 // of the frames that are held
	begin  int     // where the first of them is
}

// heldFrame is a frame with memory of its own, which is reused.
type heldFrame struct {
	frame capture.Frame
	buf   []byte
}

// add copies a frame.
func (h *heldFrames) add(f *capture.Frame) {
	held := &h.frames[(h.begin+len(h.stamps))%maxHeld]
	held.buf = append(held.buf[:0], f.Data...)
	held.frame = *f
	held.frame.Data = held.buf
	h.stamps = append(h.stamps, f.Time)
}

// first returns the first frame, valid until it was removed and another one is added.
func (h *heldFrames) first() *capture.Frame { return &h.frames[h.begin].frame }

// remove removes the first frame.
func (h *heldFrames) remove() {
	h.begin = (h.begin + 1) % maxHeld
	h.stamps = append(h.stamps[:0], h.stamps[1:]...)
}
