package hep

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// ErrTooLarge is what Inflate returns for a payload that is larger than it may become.
var ErrTooLarge = errors.New("the compressed payload becomes too large")

// Inflater takes the compression off payloads. Agents compress with zlib, gzip or DEFLATE alone; the content shows which. Its memory
// is used again. The zero value is ready.
type Inflater struct {
	in    bytes.Reader
	zlib  io.ReadCloser
	gzip  *gzip.Reader
	plain io.ReadCloser
	out   []byte
}

// Inflate returns what was compressed, up to limit bytes. The result is good until the next call.
func (x *Inflater) Inflate(payload []byte, limit int) ([]byte, error) {
	x.in.Reset(payload)
	defer x.in.Reset(nil)
	r, err := x.open(payload)
	if err != nil {
		return nil, err
	}
	if x.out == nil {
		x.out = make([]byte, 0, 4<<10)
	}
	x.out = x.out[:0]
	for {
		if len(x.out) == cap(x.out) {
			x.out = append(x.out, 0)[:len(x.out)]
		}
		n, err := r.Read(x.out[len(x.out):min(cap(x.out), limit+1)])
		x.out = x.out[:len(x.out)+n]
		switch {
		case len(x.out) > limit:
			return nil, ErrTooLarge
		case errors.Is(err, io.EOF):
			return x.out, nil
		case err != nil:
			return nil, err
		}
	}
}

// open returns the reader for how a payload is compressed.
func (x *Inflater) open(payload []byte) (r io.Reader, err error) {
	switch {
	case len(payload) > 2 && payload[0] == 0x1f && payload[1] == 0x8b: // RFC 1952 section 2.3.1
		if x.gzip == nil {
			x.gzip = new(gzip.Reader)
		}
		return x.gzip, x.gzip.Reset(&x.in)
	case len(payload) > 2 && payload[0]&15 == 8 && (int(payload[0])<<8|int(payload[1]))%31 == 0: // RFC 1950 section 2.2
		if x.zlib == nil {
			x.zlib, err = zlib.NewReader(&x.in)
			return x.zlib, err
		}
		return x.zlib, x.zlib.(zlib.Resetter).Reset(&x.in, nil)
	}
	if x.plain == nil {
		x.plain = flate.NewReader(&x.in)
		return x.plain, nil
	}
	return x.plain, x.plain.(flate.Resetter).Reset(&x.in, nil)
}
