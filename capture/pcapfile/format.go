package pcapfile

import (
	"encoding/binary"
	"fmt"
	"time"

	"sipspan/capture"
)

// decoder reads the packets of one uncompressed capture.
type decoder interface {
	// next fills f with the next packet; f.Data is borrowed until the call after. It returns io.EOF at a clean end and a
	// *capture.InputError without File otherwise, and the same again when called again.
	next(f *capture.Frame) error
	// ready fills frames with the next packets as far as the window holds all of them already, so that no frame before them is
	// moved, and returns how many. The error is about the packet after those.
	ready(frames []capture.Frame) (int, error)
	// several reports whether the packets come from more than one interface.
	several() bool
}

// magicSize is the number of bytes by which the formats are recognised.
const magicSize = 4

// Magic numbers as the first four bytes read in network byte order.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34
	magicSection  = 0x0a0d0d0a
)

// newDecoder finds out by content what the stream under v is. zone and date are those of texts that name none.
func newDecoder(v *window, slots *slots, path string, zone *time.Location, date time.Time) (decoder, error) {
	head, ok := v.peek(magicSize)
	if !ok {
		return nil, v.noHead(head)
	}
	be, le := binary.BigEndian.Uint32(head), binary.LittleEndian.Uint32(head)
	switch {
	case be == magicSection:
		return &ngReader{v: v, slots: slots, path: path}, nil
	case isPcapMagic(be):
		return newPcapReader(v, bigEndian, be, slots, path)
	case isPcapMagic(le):
		return newPcapReader(v, littleEndian, le, slots, path)
	}
	if err := foreignFormat(head); err != nil {
		return nil, &capture.InputError{Err: err}
	}
	return newTextReader(v, slots, path, zone, date)
}

func isPcapMagic(m uint32) bool {
	return m == magicMicro || m == magicNano || m == magicModified
}

// noHead is the error of a stream that ends before its format shows.
func (v *window) noHead(head []byte) error {
	if !v.over() {
		return v.broken(0)
	}
	if len(head) == 0 {
		return &capture.InputError{Err: fmt.Errorf("%w: it holds not even a file header; was the capture started and allowed to write?", capture.ErrEmpty)}
	}
	return &capture.InputError{Err: notCapture(head)}
}

// foreign names what is often taken for a capture.
var foreign = []struct{ magic, what string }{
	{"snoop\x00", "it is a snoop file; convert it with: editcap -F pcapng IN OUT"},
	{"GMBU", "it is a Network Monitor file; convert it with: editcap -F pcapng IN OUT"},
	{"RTSS", "it is a Network Monitor file; convert it with: editcap -F pcapng IN OUT"},
	{"\xfd7zXZ", "it is compressed with xz; unpack it first (gzip and zstd are read as they are)"},
	{"BZh", "it is compressed with bzip2; unpack it first (gzip and zstd are read as they are)"},
	{"\x04\x22\x4d\x18", "it is compressed with lz4; unpack it first (gzip and zstd are read as they are)"},
	{"PK\x03\x04", "it is a zip archive; unpack it first (gzip and zstd are read as they are)"},
}

// notCapture returns an error that names what the file is instead, as far as its first bytes show.
func notCapture(head []byte) error {
	if err := foreignFormat(head); err != nil {
		return err
	}
	return fmt.Errorf("%w: it begins with the bytes % x; pcap, pcapng and SIP trace logs are read, also within gzip or zstd", capture.ErrNotCapture, head)
}

// foreignFormat returns an error that names what is often taken for a capture, nil if the file is none of that.
func foreignFormat(head []byte) error {
	for _, f := range foreign {
		n := min(len(head), len(f.magic))
		if n > 2 && string(head[:n]) == f.magic[:n] {
			return fmt.Errorf("%w: %s", capture.ErrNotCapture, f.what)
		}
	}
	return nil
}
