package tracelog

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"sipspan/capture"
	"sipspan/internal/wire"
	"sipspan/record"
)

// Reader reads the messages of one text as frames of the link type capture.LinkUpperPDU. One goroutine owns it.
type Reader struct {
	scan    scanner
	buf     []byte
	last    int64 // time of the last message that had one
	timed   bool  // there was one
	number  uint64
	pending error
}

// SetZone sets the zone of the times that name none. It is called before the first Next; without it such times are taken as UTC, and
// their messages are flagged.
func (r *Reader) SetZone(zone *time.Location) { r.scan.zone = zone }

// SetDate sets the day of the first message of a text whose times name no day, and the year of one whose times name no year. It is called
// before the first Next; the zero value leaves such times undated. The day goes on where the times begin anew.
func (r *Reader) SetDate(day time.Time) { r.scan.date = day }

// New returns a Reader of a text. It reads ahead by at most some 64 KiB.
func New(src io.Reader) *Reader {
	return &Reader{scan: scanner{pages: pages{lines: newLines(src)}, head: head{stamp: noStamp}, parties: map[string]bool{}}}
}

// Next fills f with the next message. f.Data is borrowed until the call after. It returns io.EOF at the end, and a
// *capture.InputError without File if the text ends within a message or cannot be read further.
func (r *Reader) Next(f *capture.Frame) error {
	if r.pending != nil {
		return r.pending
	}
	m, cut, err := r.scan.next()
	if err != nil {
		r.pending = err
		if !errors.Is(err, io.EOF) {
			r.pending = &capture.InputError{Line: r.scan.pages.lines.number, Err: err}
		}
		return r.pending
	}
	if cut {
		m.cut = true
		r.pending = &capture.InputError{Line: m.line, Err: fmt.Errorf(
			"%w: it ends within the message that begins here; what is there was read. Is it still being written, or was it copied whole?", capture.ErrCut)}
	}
	r.fill(f, m)
	return nil
}

// fill makes a frame of a message.
func (r *Reader) fill(f *capture.Frame, m *message) {
	meta := wire.Meta{Src: m.src, Dst: m.dst, Transport: m.transport}
	if !isAddress(m.src) || !isAddress(m.dst) {
		meta.Flags |= record.NoAddresses
	}
	if m.local {
		meta.Flags |= record.LocalTimes
	}
	// What is wrong with a message shows only when it is put together, after the tags: they are written again then.
	r.buf = wire.AppendPDU(r.buf[:0], &meta)
	tags := len(r.buf)
	var whole bool
	r.buf, whole = m.raw(r.buf)
	length := len(r.buf) - tags
	if m.cut || !whole {
		meta.Flags |= record.Truncated
		message := append([]byte(nil), r.buf[tags:]...)
		r.buf = append(wire.AppendPDU(r.buf[:0], &meta), message...)
	}
	r.number++
	*f = capture.Frame{Data: r.buf, Length: length, Link: capture.LinkUpperPDU, Clock: m.clock, Begins: m.begins, Number: r.number}
	if m.known() {
		r.last, r.timed = m.at, true
	}
	f.Time = r.last // of a message without a time it says nothing but where it stands
}

func isAddress(a netip.AddrPort) bool { return a.IsValid() && !wire.IsParty(a) }

// Timed reports whether a message with a time has been read.
func (r *Reader) Timed() bool { return r.timed }
