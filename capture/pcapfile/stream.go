package pcapfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"sipspan/capture"
)

// maxZstdWindow is what the zstd tool decodes without an option (--long=27).
const maxZstdWindow = 128 << 20

// stream is an opened input with its compression, if any, taken off.
type stream struct {
	io.Reader
	close []func() error
}

// openStream opens the file at path, "-" being standard input. wrap, when not nil, is put around the raw bytes.
func openStream(path string, size int, wrap func(io.Reader) io.Reader) (*stream, error) {
	s := &stream{}
	var raw io.Reader = os.Stdin
	if path != Stdin {
		f, err := os.Open(path)
		if err != nil {
			return nil, &capture.InputError{Err: openReason(err)}
		}
		if fi, err := f.Stat(); err == nil && fi.IsDir() {
			f.Close()
			return nil, &capture.InputError{Err: errors.New("it is a folder, a file was expected")}
		}
		s.close = append(s.close, f.Close)
		raw = f
	}
	if wrap != nil {
		raw = wrap(raw)
	}
	if err := s.unpack(raw, size); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// unpack sets the reader to raw, or to what is compressed in it.
func (s *stream) unpack(raw io.Reader, size int) error {
	var head [magicSize]byte
	n, err := io.ReadFull(raw, head[:])
	if err != nil && !errors.Is(err, io.EOF) && err != io.ErrUnexpectedEOF {
		return &capture.InputError{Err: openReason(err)}
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), raw)
	switch {
	case isGzip(head):
		z, err := gzip.NewReader(bufio.NewReaderSize(whole, size))
		if err != nil {
			return &capture.InputError{Err: damaged("gzip", err)}
		}
		s.Reader = &decompressor{name: "gzip", r: z}
		s.close = append(s.close, z.Close)
	case isZstd(head):
		z, err := zstd.NewReader(bufio.NewReaderSize(whole, size), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return &capture.InputError{Err: damaged("zstd", err)}
		}
		s.Reader = &decompressor{name: "zstd", r: z}
		s.close = append(s.close, func() error { z.Close(); return nil })
	default:
		s.Reader = whole
	}
	return nil
}

func isGzip(h [magicSize]byte) bool { return h[0] == 0x1f && h[1] == 0x8b }

// isZstd knows a frame, and the skippable frame that some writers begin with (RFC 8878 sections 3.1.1 and 3.1.2).
func isZstd(h [magicSize]byte) bool {
	return h == [magicSize]byte{0x28, 0xb5, 0x2f, 0xfd} || h[0]&0xf0 == 0x50 && h[1] == 0x2a && h[2] == 0x4d && h[3] == 0x18
}

// Close closes from the inside out. Standard input stays open: it is not ours.
func (s *stream) Close() error {
	var first error
	for i := len(s.close) - 1; i >= 0; i-- {
		if err := s.close[i](); err != nil && first == nil {
			first = err
		}
	}
	s.close = nil
	return first
}

// decompressor names the format in the errors of a decompressing reader.
type decompressor struct {
	name string
	r    io.Reader
}

func (d *decompressor) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(d.name, err)
	}
	return n, err
}

// damaged is the error of compressed data that does not decompress.
func damaged(format string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the %s data ends too early; what was whole was read. Is it still being written, or was it copied whole?", capture.ErrCut, format)
	}
	return fmt.Errorf("%w: the %s data cannot be unpacked (%w); what was whole was read", capture.ErrCorrupt, format, err)
}

// openReason drops the operation and the path, which the InputError names already, and says what can be done.
func openReason(err error) error {
	reason := err
	var pe *fs.PathError
	if errors.As(err, &pe) {
		reason = pe.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; allow reading it, or run as a user who may", reason)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w; is the name right?", reason)
	}
	return reason
}
