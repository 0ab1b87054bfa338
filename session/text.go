package session

import (
	"bytes"
	"net/netip"

	"sipspan/internal/wire"
)

// clip cuts b to what is kept of a string.
func clip(b []byte) []byte { return b[:min(len(b), wire.MaxText)] }

// How many bytes the text of a call, of what a request says and of a subscription has room for from the start.
const (
	startText         = 1024
	startContent      = 384
	startSubscription = 256
)

// text is the memory for all strings of one session: one buffer that becomes one Go string when the record is made, so
// that a record costs one allocation for its strings however many it has. It is reused with the session.
type text struct {
	buf    []byte
	wanted int // see untidy
}

// newText returns an empty text with room for what is usual.
func newText(size int) text { return text{buf: make([]byte, 0, size)} }

// piece is one string of a text. The zero value is the empty string.
type piece struct{ off, len uint32 }

// add appends a copy of b, unfolded (RFC 3261 section 7.3.1) and cut to wire.MaxText.
func (t *text) add(b []byte) piece {
	if len(b) == 0 {
		return piece{}
	}
	b = clip(b)
	off := len(t.buf)
	if bytes.IndexByte(b, '\n') < 0 {
		t.buf = append(t.buf, b...)
	} else {
		t.unfold(b)
	}
	return piece{off: uint32(off), len: uint32(len(t.buf) - off)}
}

// copy appends a copy of b as it is.
func (t *text) copy(b []byte) piece {
	if len(b) == 0 {
		return piece{}
	}
	off := len(t.buf)
	t.buf = append(t.buf, b...)
	return piece{off: uint32(off), len: uint32(len(b))}
}

// unfold appends b with every line break and the white space around it as one space.
func (t *text) unfold(b []byte) {
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

// put makes p a copy of b, in the place of what it was if that is long enough.
func (t *text) put(p *piece, b []byte) {
	if len(b) <= int(p.len) && bytes.IndexByte(b, '\n') < 0 {
		copy(t.buf[p.off:], b)
		p.len = uint32(len(b))
		return
	}
	*p = t.add(b)
}

// address appends an address and port, IPv6 in brackets; nothing for an invalid one.
func (t *text) address(a netip.AddrPort) piece {
	if !a.IsValid() {
		return piece{}
	}
	off := len(t.buf)
	t.buf = a.AppendTo(t.buf)
	return piece{off: uint32(off), len: uint32(len(t.buf) - off)}
}

// addressText writes an address and port, "" for an invalid one.
func addressText(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// of returns the bytes of p, which are valid until the next change of the text.
func (t *text) of(p piece) []byte { return t.buf[p.off : p.off+p.len] }

// reset empties the text and keeps its memory, unless it has grown far beyond what is usual.
func (t *text) reset() {
	t.wanted = 0
	if cap(t.buf) > 16<<10 {
		t.buf = nil
		return
	}
	t.buf = t.buf[:0]
}

// sealed is a text made into a string.
type sealed string

func (s sealed) of(p piece) string { return string(s[p.off : p.off+p.len]) }

// seal returns the text as a string that pieces can be taken of.
func (t *text) seal() sealed { return sealed(t.buf) }
