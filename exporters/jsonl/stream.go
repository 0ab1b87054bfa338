package jsonl

import (
	"io"

	"sipspan/exporters"
	"sipspan/record"
)

var _ exporters.Exporter = (*Stream)(nil)

// Stream writes every record to one io.Writer, such as the standard output of "sipspan read --json". Lines are written
// whole: several at a time, never a part of one.
type Stream struct {
	w    io.Writer
	buf  []byte
	held int   // lines in buf
	err  error // of w: it ends the stream, because lines after a failed write would not be whole
}

// blockSize is how many bytes are gathered before they are written.
const blockSize = 64 << 10

// NewStream returns a stream to w. The caller closes w.
func NewStream(w io.Writer) *Stream {
	return &Stream{w: w, buf: make([]byte, 0, blockSize+4<<10)}
}

// Export implements exporters.Exporter.
func (s *Stream) Export(r record.Record) error {
	if s.err != nil {
		return s.err
	}
	s.buf = Format{}.AppendRecord(s.buf, r)
	s.held++
	if len(s.buf) < blockSize {
		return nil
	}
	return s.Flush()
}

// Flush implements exporters.Exporter.
func (s *Stream) Flush() error {
	if s.err != nil || s.held == 0 {
		return nil
	}
	if _, s.err = s.w.Write(s.buf); s.err != nil {
		return &exporters.LossError{Records: s.held, Err: s.err}
	}
	s.buf, s.held = s.buf[:0], 0
	return nil
}

// Close implements exporters.Exporter.
func (s *Stream) Close() error { return s.Flush() }
