package websocket

import "encoding/binary"

// The opcodes (RFC 6455 section 5.2).
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// Bits of the first two bytes of a frame.
const (
	bitFIN  = 0x80
	bitRSV1 = 0x40
	bitsRSV = 0x30 // RSV2 and RSV3, which no extension in use sets
	bitMask = 0x80

	length16 = 126 // two bytes of length follow
	length64 = 127 // eight do

	maxHeader  = 14
	maxControl = 125 // payload of a control frame (section 5.5)
)

// frame is the header of a frame.
type frame struct {
	fin, compressed bool
	opcode          byte
	masked          bool
	key             [4]byte
	size            int    // of the header
	length          uint64 // of the payload
}

// isControl reports whether it is a control frame, which may stand between the fragments of a message.
func (h *frame) isControl() bool { return h.opcode >= opClose }

// parseFrame reads the header at the front of b. With ok false and need 0 it is none, otherwise need bytes are needed to tell.
func parseFrame(b []byte) (h frame, need int, ok bool) {
	if len(b) < 2 {
		return h, 2, false
	}
	h = frame{fin: b[0]&bitFIN != 0, compressed: b[0]&bitRSV1 != 0, opcode: b[0] & 0x0f, masked: b[1]&bitMask != 0, size: 2}
	h.length = uint64(b[1] &^ bitMask)
	switch {
	case b[0]&bitsRSV != 0, h.opcode > opPong, h.opcode > opBinary && h.opcode < opClose:
		return h, 0, false
	case h.isControl() && (!h.fin || h.compressed || h.length > maxControl), h.opcode == opContinuation && h.compressed:
		return h, 0, false
	}
	least := uint64(0)
	switch h.length {
	case length16:
		h.size, least = 4, length16
	case length64:
		h.size, least = 10, 1<<16
	}
	if h.masked {
		h.size += 4
	}
	if len(b) < h.size {
		return h, h.size, false
	}
	switch h.length {
	case length16:
		h.length = uint64(binary.BigEndian.Uint16(b[2:]))
	case length64:
		h.length = binary.BigEndian.Uint64(b[2:])
	}
	if h.length < least || h.length>>63 != 0 { // not the shortest form, or the highest bit is set (section 5.2)
		return h, 0, false
	}
	if h.masked {
		h.key = [4]byte(b[h.size-4:])
	}
	return h, 0, true
}

// unmask appends the payload, or the front of it, to dst as it was before the sender masked it.
func (h *frame) unmask(dst, payload []byte) []byte {
	if !h.masked {
		return append(dst, payload...)
	}
	at := len(dst)
	dst = append(dst, payload...)
	for i := range dst[at:] {
		dst[at+i] ^= h.key[i&3]
	}
	return dst
}
