package sipgen

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"sipspan/capture/pcapwrite"
)

// WebSocketOptions are those of a step over WebSocket.
type WebSocketOptions struct {
	Frames  []int // sizes of the first fragments of the message, the rest goes into one more
	Ping    bool  // a ping stands before the last frame
	Binary  bool  // the message is binary
	Deflate bool  // the message is compressed; of the first step: the handshake offers that
	Close   int   // a close frame with this status code follows
	HTTP    int   // the handshake is answered with this status, and nothing else happens
}

// handshakePause is the time between the parts of a handshake and before the first step.
const handshakePause = time.Millisecond

// webConn is a WebSocket connection of a flow.
type webConn struct {
	client   netip.AddrPort
	deflater [2]pcapwrite.Deflater // client's and server's
	mask     uint32
}

// webSocket returns the IP packets of a step over WebSocket, with the handshakes in front of the first.
func (r *runner) webSocket(s *Step) [][]byte {
	key := connectionOf(s)
	w := r.webs[key]
	if w == nil {
		w = &webConn{client: s.From, mask: 0x5a17c3e9}
		r.webs[key] = w
		r.upgrade(s)
	}
	if s.Options.HTTP != 0 {
		delete(r.webs, key)
		return nil
	}
	over := *s
	over.Payload = w.frames(s)
	return r.tcp(&over)
}

// upgrade emits the handshake of a WebSocket connection, a millisecond before its first step.
func (r *runner) upgrade(s *Step) {
	if s.Options.MidStream {
		return
	}
	extension := ""
	if s.Options.Deflate {
		extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	}
	request := "GET /sip HTTP/1.1\r\nHost: " + s.To.String() + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n" + extension + "\r\n"
	response := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n" + extension + "\r\n"
	if code := s.Options.HTTP; code != 0 {
		response = fmt.Sprintf("HTTP/1.1 %d Refused\r\nContent-Length: 0\r\n\r\n", code)
	}
	at := r.flow.Start.UnixNano() + int64(s.At)
	for i, head := range []string{request, response} {
		part := Step{From: s.From, To: s.To, At: s.At - 2*handshakePause, Payload: []byte(head), sourceLine: s.sourceLine}
		if i == 1 {
			part.From, part.To = s.To, s.From
		}
		r.emit(s, at-int64(2-i)*int64(handshakePause), r.tcp(&part))
	}
}

// frames returns the frames of a step.
func (w *webConn) frames(s *Step) (out []byte) {
	side, mask := 0, w.mask
	if s.From != w.client {
		side, mask = 1, 0
	}
	o := &s.Options
	if len(s.Payload) > 0 {
		out = w.message(o, side, mask, s.Payload)
	}
	if o.Close != 0 {
		code := binary.BigEndian.AppendUint16(nil, uint16(o.Close))
		out = pcapwrite.WebSocketFrame{Opcode: pcapwrite.CloseFrame, Mask: mask, Payload: code}.Append(out)
	}
	return out
}

// message returns the frames of a message.
func (w *webConn) message(o *Options, side int, mask uint32, payload []byte) (out []byte) {
	f := pcapwrite.WebSocketFrame{Opcode: pcapwrite.Text, Compressed: o.Deflate, Mask: mask}
	if o.Binary {
		f.Opcode = pcapwrite.Binary
	}
	if o.Deflate {
		payload = w.deflater[side].Deflate(payload)
	}
	for _, size := range o.Frames {
		if size >= len(payload) {
			break
		}
		f.Payload, f.More = payload[:size], true
		out = f.Append(out)
		payload = payload[size:]
		f.Opcode, f.Compressed = pcapwrite.Continuation, false
	}
	if o.Ping {
		out = pcapwrite.WebSocketFrame{Opcode: pcapwrite.Ping, Mask: mask, Payload: []byte("still there?")}.Append(out)
	}
	f.Payload, f.More = payload, false
	return f.Append(out)
}
