package websocket

import (
	"compress/flate"
	"errors"
	"io"
)

// tail ends a compressed message for the decompressor: the empty block that its sender took off (RFC 7692 section
// 7.2.2), and a last block, which is empty too.
const tail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"

// source is a compressed message, with its tail, as a reader that needs no buffer.
type source struct {
	text []byte
	tail string
}

// ReadByte implements io.ByteReader.
func (s *source) ReadByte() (byte, error) {
	switch {
	case len(s.text) > 0:
		c := s.text[0]
		s.text = s.text[1:]
		return c, nil
	case len(s.tail) > 0:
		c := s.tail[0]
		s.tail = s.tail[1:]
		return c, nil
	}
	return 0, io.EOF
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n := copy(p, s.text)
	s.text = s.text[n:]
	k := copy(p[n:], s.tail)
	s.tail = s.tail[k:]
	if n+k == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n + k, nil
}

// errTooLong is that a message is longer than the limit.
var errTooLong = errors.New("websocket: the message is longer than the limit")

// inflate decompresses a message that may refer to the bytes of window, which precede it. What it returns is valid until
// the next call. It is not nil after errTooLong: then it is the beginning of the message.
func (m *Memory) inflate(compressed, window []byte) ([]byte, error) {
	m.source = source{compressed, tail}
	if m.inflater == nil {
		m.inflater = flate.NewReaderDict(&m.source, window)
	} else if err := m.inflater.(flate.Resetter).Reset(&m.source, window); err != nil {
		return nil, err
	}
	defer func() { m.source = source{} }() // it is borrowed
	limit := m.config.MaxMessageBytes
	out := m.inflated[:0]
	for {
		if len(out) == cap(out) {
			if cap(out) > limit {
				return out[:limit], errTooLong
			}
			larger := make([]byte, len(out), min(max(2*cap(out), leastInflated), limit+1))
			copy(larger, out)
			out, m.inflated = larger, larger
		}
		n, err := m.inflater.Read(out[len(out):min(cap(out), limit+1)])
		out = out[:len(out)+n]
		switch {
		case len(out) > limit:
			return out[:limit], errTooLong
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		}
	}
}

const leastInflated = 4 << 10

// Deflate is what permessage-deflate was agreed to be for one direction (RFC 7692 section 7.1).
type Deflate struct {
	Use        bool
	NoTakeover bool // each message is compressed on its own
	WindowBits int  // 8 to 15, 0 is 15
}

// window returns how far back a message may refer.
func (d Deflate) window() int {
	if d.WindowBits < 8 || d.WindowBits > 15 {
		return 1 << 15
	}
	return 1 << d.WindowBits
}

// slide puts a message at the end of the window and returns the window, which holds no more than size bytes.
func slide(window, message []byte, size int) []byte {
	if len(message) > size {
		message = message[len(message)-size:]
	}
	if over := len(window) + len(message) - size; over > 0 {
		window = window[:copy(window, window[over:])]
	}
	if n := len(window) + len(message); n > cap(window) {
		c := max(cap(window), 1<<10)
		for c < n {
			c *= 2
		}
		window = append(make([]byte, 0, min(c, size)), window...)
	}
	return append(window, message...)
}
