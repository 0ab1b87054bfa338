package pcapfile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"sipspan/capture"
	"sipspan/capture/tracelog"
)

// textSize is how much of an input is looked at to tell whether it is a text.
const textSize = 4 << 10

var errNoMessage = fmt.Errorf("%w: it is text, and there is no SIP message in it; the trace logs of servers and tools are read, with messages as they were sent",
	capture.ErrNotCapture)

// textReader reads the messages of a text. The first one is read when it is made: a text without messages is none to be read.
type textReader struct {
	log   *tracelog.Reader
	slot  int
	first capture.Frame
	begun bool
}

var _ decoder = (*textReader)(nil)

func newTextReader(v *window, slots *slots, path string, zone *time.Location, date time.Time) (decoder, error) {
	v.peek(textSize)
	head := v.rest()
	if !tracelog.IsText(head[:min(len(head), textSize)]) {
		return nil, &capture.InputError{Err: notCapture(head[:min(len(head), magicSize)])}
	}
	t := &textReader{log: tracelog.New(v)}
	t.log.SetZone(zone)
	t.log.SetDate(date)
	if err := t.log.Next(&t.first); err != nil {
		if errors.Is(err, io.EOF) {
			err = &capture.InputError{Err: errNoMessage}
		}
		return nil, err
	}
	t.slot = slots.add(path)
	return t, nil
}

func (t *textReader) next(f *capture.Frame) error {
	if !t.begun {
		t.begun = true
		*f = t.first
	} else if err := t.log.Next(f); err != nil {
		return err
	}
	f.Interface = t.slot
	return nil
}

// ready implements decoder: every message is put together where the one before was.
func (t *textReader) ready([]capture.Frame) (int, error) { return 0, nil }

func (t *textReader) several() bool { return false }

// Read implements io.Reader.
func (v *window) Read(p []byte) (int, error) {
	if v.r == v.w && !v.fill(1) {
		return 0, v.err
	}
	n := copy(p, v.rest())
	v.r += n
	return n, nil
}

// mergeTime returns the time by which a frame is merged with those of other files. What nobody knows the time of comes after all others,
// file after file, but for a packet without a time that follows others in its file: it stays with them.
func mergeTime(f *capture.Frame) int64 {
	if f.Clock != capture.ClockKnown && (f.Link == capture.LinkUpperPDU || f.Time == 0) {
		return math.MaxInt64
	}
	return f.Time
}
