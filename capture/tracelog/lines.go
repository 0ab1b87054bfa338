package tracelog

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// maxLine bounds a line. The rest of a longer one is skipped.
	maxLine = 256 << 10
	// headSize is how much of a text is looked at to tell what it is.
	headSize = 4 << 10
)

// lines reads a text line by line, in UTF-8 whatever it is stored in.
type lines struct {
	src    *bufio.Reader
	number int // of the last line, from 1
	buf    []byte
	again  bool // the last line is to be read again
	err    error
}

// newLines returns the lines of a text in UTF-8 or any single-byte encoding that has ASCII in it, or in UTF-16, with or without
// a byte order mark.
func newLines(src io.Reader) *lines {
	in := bufio.NewReaderSize(src, 64<<10)
	head, _ := in.Peek(headSize)
	switch encodingOf(head) {
	case utf8Mark:
		_, _ = in.Discard(3)
	case utf16Little:
		in = bufio.NewReaderSize(&utf16Reader{src: in, order: binary.LittleEndian}, 64<<10)
	case utf16Big:
		in = bufio.NewReaderSize(&utf16Reader{src: in, order: binary.BigEndian}, 64<<10)
	}
	return &lines{src: in}
}

// next returns the next line without its line end, borrowed until the call after, or the error that ended the text.
func (l *lines) next() ([]byte, error) {
	if l.again {
		l.again = false
		return l.buf, nil
	}
	if l.err != nil {
		return nil, l.err
	}
	l.buf = l.buf[:0]
	for {
		part, err := l.src.ReadSlice('\n')
		if room := maxLine - len(l.buf); room > 0 {
			l.buf = append(l.buf, part[:min(len(part), room)]...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if l.err = err; err != nil && len(l.buf) == 0 {
			return nil, err
		}
		l.number++
		l.buf = bytes.TrimRight(l.buf, "\r\n")
		return l.buf, nil
	}
}

// unread makes next return the last line once more.
func (l *lines) unread() { l.again = true }

// encoding is how the characters of a text are stored.
type encoding uint8

const (
	binaryData encoding = iota // no text
	plainText
	utf8Mark // after a byte order mark
	utf16Little
	utf16Big
)

// encodingOf tells how a text is stored, by its beginning.
func encodingOf(head []byte) encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return utf8Mark
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16Little
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16Big
	}
	var zeros [2]int // at even and at odd places
	controls := 0
	for i, c := range head {
		switch {
		case c == 0:
			zeros[i&1]++
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b:
			controls++
		}
	}
	// Where the text is mostly ASCII, one byte of two is zero.
	half := len(head) / 2
	switch {
	case len(head) == 0 || controls > len(head)/50:
		return binaryData
	case zeros[0] == 0 && zeros[1] == 0:
		return plainText
	case zeros[1] > half*3/4 && zeros[0] <= half/50:
		return utf16Little
	case zeros[0] > half*3/4 && zeros[1] <= half/50:
		return utf16Big
	}
	return binaryData
}

// IsText reports whether a file that begins with head may be a text.
func IsText(head []byte) bool { return encodingOf(head) != binaryData }

// utf16Reader turns UTF-16 into UTF-8.
type utf16Reader struct {
	src   *bufio.Reader
	order binary.ByteOrder
	high  rune // the first half of a pair, 0 for none
	rest  []byte
}

// Read implements io.Reader.
func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		var unit [2]byte
		r.rest = r.rest[:0]
		for len(r.rest) < headSize {
			if _, err := io.ReadFull(r.src, unit[:]); err != nil {
				if errors.Is(err, io.ErrUnexpectedEOF) {
					err = io.EOF // half a character is left
				}
				if len(r.rest) == 0 {
					return 0, err
				}
				break
			}
			r.add(rune(r.order.Uint16(unit[:])))
			if unit[0] == '\n' || unit[1] == '\n' {
				break // what was written so far can be read
			}
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *utf16Reader) add(c rune) {
	high := r.high
	r.high = 0
	switch {
	case c == 0xfeff: // byte order mark
	case high != 0 && utf16.IsSurrogate(c):
		r.rest = utf8.AppendRune(r.rest, utf16.DecodeRune(high, c))
	case utf16.IsSurrogate(c):
		r.high = c
	default:
		r.rest = utf8.AppendRune(r.rest, c)
	}
}
