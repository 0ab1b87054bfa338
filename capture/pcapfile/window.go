package pcapfile

import (
	"io"

	"sipspan/internal/invariants"
)

const (
	readSize  = 128 << 10 // bytes asked from the operating system at once: fits a second-level cache
	probeSize = 4 << 10   // the same where only the first packet is wanted
)

// window shows a stream as a slice that moves forward over it. Bytes taken from it stay valid until the next call.
type window struct {
	src  io.Reader
	buf  []byte
	r, w int   // unread bytes are buf[r:w]
	base int64 // offset in the stream of buf[0]
	err  error // why src ended, io.EOF when it is simply over
}

func newWindow(src io.Reader, size int) *window {
	return &window{src: src, buf: make([]byte, size)}
}

// offset is the position in the stream of the next byte.
func (v *window) offset() int64 { return v.base + int64(v.r) }

// rest is what is there without reading.
func (v *window) rest() []byte { return v.buf[v.r:v.w] }

// peek returns the next n bytes without moving on. ok is false when the stream ends before; what is left of it is returned.
func (v *window) peek(n int) (b []byte, ok bool) {
	if v.w-v.r < n && !v.fill(n) {
		return v.buf[v.r:v.w], false
	}
	return v.buf[v.r : v.r+n : v.r+n], true
}

// take is peek, and moves on by n bytes.
func (v *window) take(n int) (b []byte, ok bool) {
	b, ok = v.peek(n)
	if ok {
		v.r += n
	}
	return b, ok
}

// skip moves on by n bytes, buffered or not. It is false when the stream ends before.
func (v *window) skip(n int64) bool {
	for {
		have := int64(v.w - v.r)
		if n <= have {
			v.r += int(n)
			return true
		}
		n -= have
		v.r = v.w
		if !v.fill(1) {
			return false
		}
	}
}

// fill reads until n bytes are buffered. The buffer grows only when the bytes it holds have really arrived, and at most
// twofold at a time: a length that lies costs no more than the stream is long.
func (v *window) fill(n int) bool {
	for v.w-v.r < n {
		if v.err != nil {
			return false
		}
		if v.r > 0 {
			v.w = copy(v.buf, v.buf[v.r:v.w])
			v.base += int64(v.r)
			v.r = 0
			if invariants.Enabled {
				invariants.Poison(v.buf[v.w:])
			}
		}
		if v.w == len(v.buf) {
			v.buf = append(v.buf, make([]byte, min(len(v.buf), 1<<20))...)
		}
		v.read()
	}
	return true
}

// read appends what one Read gives. A reader that returns nothing again and again is given up, as in package bufio.
func (v *window) read() {
	for range 100 {
		n, err := v.src.Read(v.buf[v.w:])
		v.w += n
		v.err = err
		if n > 0 || err != nil {
			return
		}
	}
	v.err = io.ErrNoProgress
}
