package extract

import (
	"context"
	"errors"
	"io"
	"slices"

	"sipspan/capture/pcapfile"
	"sipspan/internal/app"
	"sipspan/record"
)

// Wanted holds what is to be extracted.
type Wanted struct {
	app.Looking
	Matches   func(record.Record) bool
	Related   bool // also the other legs of the conversations
	Media     bool // also RTP and RTCP of the sessions
	NoKeys    bool // leave out the secrets of TLS connections
	Pseudonym bool // write the messages anew with other names, instead of their frames
	Output    io.Writer
}

// Done is what was extracted.
type Done struct {
	Records  int // that matched
	Messages int
	Frames   int
	Secrets  int // TLS connections whose secrets were written
	Left     int // messages that could not be written with other names
}

// Run finds the records that match, and copies the frames of their messages, unchanged and in the order of their times, to Output as
// pcapng. Of a connection all segments are copied up to the last message, because its stream can only then be put together without a gap, and
// those that end it: what it carries of other sessions is copied with them. What could not be read is in the error, and
// what could be read is copied nevertheless. Nothing is written where nothing matches.
//
// Where the inputs are stores and no captures, there are no frames: the messages are written in packets made anew, which their comments say.
//
// With Pseudonym no frame is copied: the messages are written anew, each in packets of its own, with other names and addresses.
func Run(ctx context.Context, w Wanted) (Done, error) {
	captures := app.Captures(w.Inputs)
	stored := len(captures) == 0 && app.HoldStores(w.Inputs)
	switch {
	case stored && w.Media:
		return Done{}, errors.New("a store holds no media: name the captures that it was made from, or leave out --rtp")
	case len(captures) == 0 && !stored && len(w.Inputs) > 0 && app.HoldRecords(w.Inputs):
		return Done{}, errors.New("record files hold no packets: name the captures that they were made from")
	case w.Config.Privacy.Hides():
		return Done{}, errors.New("privacy hides in records what packets would show: extract with a configuration without it")
	case slices.Contains(captures, pcapfile.Stdin):
		return Done{}, app.ErrReadOnce
	}
	s := newSelection(&w)
	if w.Pseudonym {
		s.anew = newAnew(w.Output)
	}
	err := app.Records(ctx, w.Looking, s.take)
	if len(s.chosen) == 0 {
		return s.done, err
	}
	take := s.message
	if stored {
		take = s.storedMessage
	}
	if failed := app.Messages(ctx, w.Looking, s.chosen, take); failed != nil {
		return s.done, errors.Join(err, failed)
	}
	if stored && s.done.Messages == 0 {
		return s.done, errors.Join(err, errNoMessages)
	}
	if s.anew != nil {
		s.done.Frames, s.done.Left = s.anew.frames, s.anew.left
		return s.done, errors.Join(err, s.anew.out.Flush())
	}
	s.finish()
	if stored {
		return s.done, errors.Join(err, s.writeStored(ctx))
	}
	c, failed := newCopying(ctx, &w, s, captures)
	if failed == nil {
		failed = c.run(ctx)
	}
	return s.done, errors.Join(err, failed)
}
