package sctp

import "encoding/binary"

// The types of chunks that matter here (RFC 9260 section 3.2, RFC 8260, RFC 3758).
const (
	chunkData          = 0
	chunkInit          = 1
	chunkAbort         = 6
	chunkShutdown      = 7
	chunkIData         = 64
	chunkForward       = 192
	chunkIForward      = 194
	dataHeader         = 16
	iDataHeader        = 20
	chunkHeader        = 4
	flagLast      byte = 1 // E
	flagFirst     byte = 2 // B
	flagAnyway    byte = 4 // U: unordered
	flagTagOfPeer      = 1 // T of an ABORT
)

// chunk is one chunk of a packet. value is what follows its type, flags and length.
type chunk struct {
	kind, flags byte
	value       []byte
	missing     int // bytes of value that were not captured
}

// nextChunk takes the first chunk of rest. missing is how many bytes after rest were not captured. With ok false there is
// none, or it contradicts itself.
func nextChunk(rest []byte, missing int) (c chunk, after []byte, ok bool) {
	if len(rest) < chunkHeader {
		return c, nil, false
	}
	length := int(binary.BigEndian.Uint16(rest[2:]))
	if length < chunkHeader || length > len(rest)+missing {
		return c, nil, false
	}
	c = chunk{kind: rest[0], flags: rest[1]}
	if length > len(rest) {
		c.value, c.missing = rest[chunkHeader:], length-len(rest)
		return c, nil, true
	}
	c.value = rest[chunkHeader:length]
	padded := (length + 3) &^ 3
	return c, rest[min(padded, len(rest)):], true
}

// fragment is a DATA or I-DATA chunk: a message, or a part of one.
type fragment struct {
	tsn         uint32
	message     message
	seq         uint32 // its place among the fragments of the message
	first, last bool
	cut         bool // not all of it was captured
	unspecified bool // the payload protocol identifier is 0, as that of SIP is (RFC 4168 section 4), or not known
	data        []byte
}

// message is what the fragments of one message have in common.
type message struct {
	interleaved bool // I-DATA
	unordered   bool
	stream      uint16
	number      uint32 // SSN, or MID of I-DATA
}

// parseData reads a DATA or I-DATA chunk.
func parseData(c *chunk) (f fragment, ok bool) {
	header := dataHeader - chunkHeader
	if c.kind == chunkIData {
		header = iDataHeader - chunkHeader
	}
	v := c.value
	if len(v) < header {
		return f, false
	}
	f = fragment{
		tsn: binary.BigEndian.Uint32(v), first: c.flags&flagFirst != 0, last: c.flags&flagLast != 0,
		cut: c.missing > 0, data: v[header:],
	}
	f.message.stream, f.message.unordered = binary.BigEndian.Uint16(v[4:]), c.flags&flagAnyway != 0
	if c.kind == chunkIData {
		f.message.interleaved = true
		f.message.number = binary.BigEndian.Uint32(v[8:])
		f.unspecified = !f.first
		if word := binary.BigEndian.Uint32(v[12:]); f.first { // it is the payload protocol identifier
			f.unspecified = word == 0
		} else {
			f.seq = word
		}
		return f, true
	}
	f.seq = f.tsn
	if !f.message.unordered {
		f.message.number = uint32(binary.BigEndian.Uint16(v[6:]))
	}
	f.unspecified = binary.BigEndian.Uint32(v[8:]) == 0
	return f, true
}

// causeOf returns the code of the first error cause of an ABORT, 0 where it has none.
func causeOf(c *chunk) uint16 {
	if len(c.value) < 4 {
		return 0
	}
	return binary.BigEndian.Uint16(c.value)
}
