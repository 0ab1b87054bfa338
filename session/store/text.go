package store

import (
	"bytes"
	"net/netip"

	"sipspan/internal/wire"
)

// Text is the memory for all strings of one session: one buffer that becomes one Go string when the record is made, so
// that a record costs one allocation for its strings however many it has. It is reused with the session.
type Text struct {
	buf    []byte
	wanted int // see untidy
}

// NewText returns an empty text with room for what is usual.
func NewText(size int) Text { return Text{buf: make([]byte, 0, size)} }

// Piece is one string of a text. The zero value is the empty string.
type Piece struct{ Off, Len uint32 }

// Add appends a copy of b, unfolded (RFC 3261 section 7.3.1) and cut to wire.MaxText.
func (t *Text) Add(b []byte) Piece {
	if len(b) == 0 {
		return Piece{}
	}
	b = b[:min(len(b), wire.MaxText)]
	off := len(t.buf)
	if bytes.IndexByte(b, '\n') < 0 {
		t.buf = append(t.buf, b...)
	} else {
		t.unfold(b)
	}
	return Piece{Off: uint32(off), Len: uint32(len(t.buf) - off)}
}

// Copy appends a copy of b as it is.
func (t *Text) Copy(b []byte) Piece {
	if len(b) == 0 {
		return Piece{}
	}
	off := len(t.buf)
	t.buf = append(t.buf, b...)
	return Piece{Off: uint32(off), Len: uint32(len(b))}
}

// Join appends parts as one string.
func (t *Text) Join(parts ...string) Piece {
	off := len(t.buf)
	for _, s := range parts {
		t.buf = append(t.buf, s...)
	}
	return Piece{Off: uint32(off), Len: uint32(len(t.buf) - off)}
}

// unfold appends b with every line break and the white space around it as one space.
func (t *Text) unfold(b []byte) {
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			t.buf = append(t.buf, b...)
			return
		}
		t.buf = append(append(t.buf, bytes.TrimRight(b[:i], " \t\r")...), ' ')
		b = bytes.TrimLeft(b[i+1:], " \t\r\n")
	}
}

// Put makes p a copy of b, in the place of what it was if that is long enough.
func (t *Text) Put(p *Piece, b []byte) {
	if len(b) <= int(p.Len) && bytes.IndexByte(b, '\n') < 0 {
		copy(t.buf[p.Off:], b)
		p.Len = uint32(len(b))
		return
	}
	*p = t.Add(b)
}

// Address appends an address and port, IPv6 in brackets; nothing for an invalid one.
func (t *Text) Address(a netip.AddrPort) Piece {
	if !a.IsValid() || a.Addr().Zone() != "" { // a mere name: see wire.Party
		return Piece{}
	}
	off := len(t.buf)
	t.buf = a.AppendTo(t.buf)
	return Piece{Off: uint32(off), Len: uint32(len(t.buf) - off)}
}

// Of returns the bytes of p, which are valid until the next change of the text.
func (t *Text) Of(p Piece) []byte { return t.buf[p.Off : p.Off+p.Len] }

// Reset empties the text and keeps its memory, unless it has grown far beyond what is usual.
func (t *Text) Reset() {
	t.wanted = 0
	if cap(t.buf) > 16<<10 {
		t.buf = nil
		return
	}
	t.buf = t.buf[:0]
}

// Sealed is a text made into a string.
type Sealed string

// Of returns a copy of p.
func (s Sealed) Of(p Piece) string { return string(s[p.Off : p.Off+p.Len]) }

// Seal returns the text as a string that pieces can be taken of.
func (t *Text) Seal() Sealed { return Sealed(t.buf) }

// tidyAbove is up to what size a text is left alone, in bytes: what nearly every session keeps is far below.
const tidyAbove = 4 << 10

// Untidy reports whether a text has grown so far that it is worth writing anew with what is still used of it: pieces that
// a longer one replaced, and those of attempts that are over, stay in it until then.
func (t *Text) Untidy() bool { return len(t.buf) > max(tidyAbove, t.wanted) }

// Tidy writes a text anew with the pieces that each yields, every one once, and points them there. It uses scratch as
// memory and returns it, grown if need be.
func (t *Text) Tidy(scratch []byte, each func(func(*Piece))) []byte {
	scratch = scratch[:0]
	each(func(p *Piece) {
		off := len(scratch)
		scratch = append(scratch, t.Of(*p)...)
		p.Off = uint32(off)
	})
	if cap(t.buf) > 4*len(scratch) {
		t.buf = make([]byte, 0, max(tidyAbove, len(scratch)))
	}
	t.buf = append(t.buf[:0], scratch...)
	t.wanted = 2 * len(t.buf) // so that it is not done again for every piece that is added
	return scratch
}

// Bytes returns what the text holds, which is valid until its next change.
func (t *Text) Bytes() []byte { return t.buf }

// Size returns how many bytes the text holds.
func (t *Text) Size() int { return len(t.buf) }

// Cut forgets what was added after the text had a size: the pieces of that are of no use then.
func (t *Text) Cut(size int) { t.buf = t.buf[:size] }
