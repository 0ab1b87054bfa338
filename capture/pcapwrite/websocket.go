package pcapwrite

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
)

// Opcode is that of a WebSocket frame (RFC 6455 section 5.2).
type Opcode byte

// The opcodes.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	CloseFrame   Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// WebSocketFrame is a WebSocket frame. With a Mask other than zero its payload is masked, as a client has to do.
type WebSocketFrame struct {
	Opcode     Opcode
	More       bool // FIN is not set: fragments follow
	Compressed bool // RSV1 is set (RFC 7692)
	Mask       uint32
	Payload    []byte
}

// Append appends the frame to b.
func (f WebSocketFrame) Append(b []byte) []byte {
	first := byte(f.Opcode)
	if !f.More {
		first |= 0x80
	}
	if f.Compressed {
		first |= 0x40
	}
	masked := byte(0)
	if f.Mask != 0 {
		masked = 0x80
	}
	switch n := len(f.Payload); {
	case n < 126:
		b = append(b, first, masked|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, first, masked|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, masked|127), uint64(n))
	}
	if f.Mask == 0 {
		return append(b, f.Payload...)
	}
	var key [4]byte
	binary.BigEndian.PutUint32(key[:], f.Mask)
	b = append(b, key[:]...)
	for i, c := range f.Payload {
		b = append(b, c^key[i&3])
	}
	return b
}

// Deflater compresses the messages of one direction of a WebSocket connection one after the other (RFC 7692), each with
// reference to those before it.
type Deflater struct {
	out bytes.Buffer
	w   *flate.Writer
}

// Deflate returns a message compressed. The result belongs to the caller.
func (d *Deflater) Deflate(message []byte) []byte {
	if d.w == nil {
		d.w, _ = flate.NewWriter(&d.out, flate.DefaultCompression) // the level is valid
	}
	d.out.Reset()
	_, _ = d.w.Write(message) // a buffer takes everything
	_ = d.w.Flush()
	return bytes.Clone(bytes.TrimSuffix(d.out.Bytes(), []byte("\x00\x00\xff\xff")))
}
