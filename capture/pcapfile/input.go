package pcapfile

import (
	"errors"
	"io"
	"os"
	"time"

	"sipspan/capture"
)

// input is one file of the merge. Between its first look and its turn it is closed, so that a folder of thousands of
// rotated captures costs neither file descriptors nor buffers.
type input struct {
	path    string
	zone    *time.Location // of a text that names none
	date    time.Time      // the day of the first message of a text that names none
	index   int            // position among the arguments: breaks ties of time
	time    int64
	frame   *capture.Frame // the lookahead, the sorter's; only set while open
	s       *stream
	dec     decoder
	sorter  sorter
	secrets func(keyLog []byte) // see Options
}

// open starts reading in. The first frame is not read yet.
func (in *input) open(size int, slots *slots, wrap func(io.Reader) io.Reader) error {
	s, err := openStream(in.path, size, wrap)
	if err != nil {
		return in.named(err)
	}
	dec, err := newDecoder(newWindow(s, size), slots, in.path, in.zone, in.date)
	if err != nil {
		s.Close()
		return in.named(err)
	}
	if ng, ok := dec.(*ngReader); ok {
		ng.tell = in.secrets
	}
	in.s, in.dec = s, dec
	return nil
}

// isOpen reports whether the input's frame can be delivered.
func (in *input) isOpen() bool { return in.dec != nil }

// deliver fills f with the frame that the input has come to.
func (in *input) deliver(f *capture.Frame) {
	*f = *in.frame
	f.Input = uint32(in.index)
}

// probe looks for the time of the first packet and closes the file again.
func (in *input) probe() error {
	if err := in.open(probeSize, new(slots), nil); err != nil {
		return err
	}
	defer in.close()
	var f capture.Frame
	err := in.dec.next(&f)
	in.time = mergeTime(&f)
	if errors.Is(err, io.EOF) {
		return err
	}
	return in.named(err)
}

// reopens reports whether the input can be opened twice: pipes and terminals cannot.
func (in *input) reopens() bool {
	if in.path == Stdin {
		return false
	}
	fi, err := os.Stat(in.path)
	return err == nil && fi.Mode().IsRegular()
}

func (in *input) close() {
	if in.s != nil {
		in.s.Close()
	}
	in.s, in.dec, in.frame, in.sorter = nil, nil, nil, sorter{}
}

// named puts the path into err.
func (in *input) named(err error) error {
	if err == nil {
		return nil
	}
	var broken *capture.InputError
	if errors.As(err, &broken) {
		broken.File = in.path
		return broken
	}
	return &capture.InputError{File: in.path, Err: err}
}
