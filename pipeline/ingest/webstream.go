package ingest

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	"sipspan/reassembly/websocket"
	"sipspan/record"
)

// subprotocol is the name of SIP in a handshake (RFC 7118 section 4.1).
const subprotocol = "sip"

// webStream reads one direction of a WebSocket connection, in TLS or not. Each of its messages holds one SIP message (RFC 7118
// section 5).
type webStream struct {
	in      *Ingest
	stage   webStage
	reader  *websocket.Reader    // from stageFrames on
	upgrade bool                 // a handshake asks for or agrees to WebSocket
	agreed  [2]websocket.Deflate // client's and server's, as far as the handshakes show it
	body    int                  // bytes left of an HTTP response that refused a handshake
	named   bool                 // the handshake names SIP; without that the first message decides
	found   bool                 // it carried SIP
	foreign bool                 // it carries something else
	closed  bool                 // a close frame was seen
	lost    bool                 // bytes were lost since the last message
	at      uint32               // place of the step in hand in the direction
	from    uint32               // where what may belong to the next message begins
	opaque  int                  // frames with messages that cannot be read, where nothing else shows what the connection is
}

// webStage is how far a direction has come.
type webStage uint8

const (
	stageHandshake webStage = iota
	stageSearch             // the place of the next frame is not known
	stageProbe              // the bytes may be frames with compressed messages
	stageFrames
)

// provenFrames is how many frames with unreadable messages the two directions have to hold until they are taken for frames.
const provenFrames = 3

// openWebSocket takes a direction that begins with a handshake, and one of a connection whose other direction is known.
func openWebSocket(in *Ingest, f *reassembly.Flow, _ int64, data []byte) streamReader {
	other := webOf(f.Reverse())
	switch {
	case !f.MidStream && !f.Gap:
		if websocket.Opens(data) {
			return &webStream{in: in}
		}
		return nil
	case other != nil && other.stage == stageFrames:
		return &webStream{in: in, stage: stageSearch, named: other.named}
	case websocket.Compressed(data):
		return &webStream{in: in, stage: stageProbe, reader: websocket.NewReader(in.web, websocket.Deflate{Use: true}, true)}
	}
	return nil
}

// webOf returns what reads a direction as WebSocket, nil if it is not read so.
func webOf(f *reassembly.Flow) *webStream {
	s, _ := f.User.(*webStream)
	return s
}

// begin begins to read frames.
func (s *webStream) begin(d websocket.Deflate, midStream bool) {
	s.stage = stageFrames
	s.reader = websocket.NewReader(s.in.web, d, midStream)
}

// data reads a handshake, then messages.
func (s *webStream) data(f *reassembly.Flow, now int64, data []byte) int {
	done := 0
	for {
		if s.at = f.Seq + uint32(done); s.stage != stageFrames {
			s.from = s.at
		}
		n, more := s.step(f, now, data[done:])
		if n < 0 {
			s.close()
			return n
		}
		done += n
		if !more || f.User != s {
			return done
		}
	}
}

// step takes the front of data. It returns how much of it is done with, or reassembly.Ignore, and whether to go on.
func (s *webStream) step(f *reassembly.Flow, now int64, data []byte) (n int, more bool) {
	if len(data) == 0 {
		return 0, false
	}
	switch {
	case s.foreign:
		return reassembly.Ignore, false
	case s.stage == stageHandshake:
		return s.handshake(f, now, data)
	case s.stage == stageSearch:
		return s.search(f, now, data)
	}
	n, e := s.reader.Next(data, f.Final)
	switch e.Kind {
	case websocket.Need:
		f.Need = e.Need
		return 0, false
	case websocket.Message:
		s.at += uint32(n)
		s.message(f, now, &e)
		s.from = s.at
		if s.foreign {
			return reassembly.Ignore, false
		}
	case websocket.Unreadable:
		s.from = s.at + uint32(n)
		s.unreadable(webOf(f.Reverse()))
	case websocket.Close:
		s.closing(f, now, e.Code)
	case websocket.Broken:
		return s.broken(f, now, data)
	}
	return n, true
}

// broken goes on where frames are followed by something else.
func (s *webStream) broken(f *reassembly.Flow, now int64, data []byte) (int, bool) {
	switch {
	case s.stage == stageProbe:
		s.close()
		return handOver(s.in, f, now, data), false
	case !s.found:
		s.foreign = true
		return reassembly.Ignore, false
	}
	s.stage, s.lost = stageSearch, true
	return 1, true
}

// handOver lets a direction that is no WebSocket be read as SIP.
func handOver(in *Ingest, f *reassembly.Flow, now int64, data []byte) int {
	r := openSIP(in, f, now, data)
	f.User = r
	return r.data(f, now, data)
}

// handshake reads the head of a request or of a response.
func (s *webStream) handshake(f *reassembly.Flow, now int64, data []byte) (n int, more bool) {
	if s.body > 0 {
		n = min(s.body, len(data))
		s.body -= n
		return n, true
	}
	other := webOf(f.Reverse())
	if s.upgrade && !websocket.Opens(data) {
		s.startClient(other)
		return 0, true
	}
	h, n := websocket.ParseHandshake(data)
	switch {
	case n == 0 && !f.Final:
		return 0, false
	case n > 0 && h.Upgrade && !h.Response:
		s.agree(&h)
		s.named = h.Speaks(subprotocol)
		return n, true
	case n > 0 && h.Upgrade && h.Status == 101:
		return n, s.accepted(&h, other)
	case n > 0 && h.Response && other != nil && other.upgrade:
		s.refused(f, now, &h, other)
		return n, true
	}
	return handOver(s.in, f, now, data), false
}

// agree keeps what a handshake shows, and none of its text.
func (s *webStream) agree(h *websocket.Handshake) {
	s.upgrade = true
	s.agreed[0], s.agreed[1] = h.Deflate()
}

// startClient begins with the frames of a client, which may come before the response that was captured late.
func (s *webStream) startClient(other *webStream) {
	if other != nil && other.stage == stageFrames {
		s.agreed, s.named = other.agreed, other.named
	}
	s.begin(s.agreed[0], false)
}

// accepted begins with the frames of a server. Where it has chosen another protocol, both directions are of no interest.
func (s *webStream) accepted(h *websocket.Handshake, other *webStream) bool {
	s.agree(h)
	s.named = h.Speaks(subprotocol) || len(h.Protocol) == 0 && other != nil && other.named
	s.begin(s.agreed[1], false)
	s.foreign = len(h.Protocol) > 0 && !s.named
	if other != nil {
		other.foreign, other.named = s.foreign, s.named
	}
	return true
}

// refused reports a handshake for SIP that failed.
func (s *webStream) refused(f *reassembly.Flow, now int64, h *websocket.Handshake, other *webStream) {
	s.body = h.Body
	if !other.named || h.Status < 300 {
		return
	}
	e := &s.in.event
	*e = wire.NetworkEvent{Time: now, Kind: wire.WebSocketRefused, Src: f.Dst, Dst: f.Src, From: f.Src.Addr(), Code: uint16(h.Status)}
	s.in.handler.NetworkEvent(e, 0, false)
}

// search looks for the next frame after bytes were lost.
func (s *webStream) search(f *reassembly.Flow, now int64, data []byte) (n int, more bool) {
	s.rest(f, now)
	at, done := websocket.Find(data, f.Final, beginsLikeSIP)
	if at < 0 {
		s.skip(done)
		return done, false
	}
	s.skip(at)
	if s.reader == nil {
		s.begin(websocket.Deflate{}, true)
	}
	s.stage = stageFrames
	return at, true
}

func (s *webStream) skip(n int) {
	if s.found {
		s.in.account.Skipped += uint64(n)
	}
}

// gap notes that bytes were lost.
func (s *webStream) gap(lost int) {
	s.lost = true
	if s.reader == nil || !s.reader.Lost(lost) {
		s.stage = stageSearch
	}
}

// rest delivers the message whose end was lost, if its header fields are there.
func (s *webStream) rest(f *reassembly.Flow, now int64) {
	if s.reader == nil {
		return
	}
	if part := s.reader.Rest(); part != nil {
		s.message(f, now, &websocket.Event{Payload: part, Cut: true})
	}
}

// message delivers the SIP message that a WebSocket message holds.
func (s *webStream) message(f *reassembly.Flow, now int64, e *websocket.Event) {
	in := s.in
	kind, callID := sip.Peek(e.Payload)
	switch {
	case kind == sip.KeepAlive:
		return
	case kind == sip.NotSIP, e.Cut && !hasHeader(e.Payload):
		s.foreign = !s.named && !s.found && !e.Cut
		s.skip(len(e.Payload))
		return
	}
	if other := webOf(f.Reverse()); !s.found && (other == nil || !other.found) {
		s.in.webSIP++
	}
	s.found, s.stage = true, stageFrames
	if in.copiedMessage(f.Src, f.Dst, now, e.Payload) {
		in.outcome.copied = true
		return
	}
	flags := record.Flags(0)
	if e.Cut {
		flags |= record.Truncated
	}
	if s.lost {
		flags |= record.TCPGap
		s.lost = false
	}
	carrier := wire.WS
	if f.Secure {
		carrier = wire.WSS
	}
	if in.trail != nil {
		in.trail.span = span{flow: f, from: s.from, to: s.at}
	}
	in.meta = wire.Meta{Time: now, Src: f.Src, Dst: f.Dst, Transport: carrier, Stream: f.ID, Flags: flags}
	in.message(e.Payload, callID)
}

// unreadable counts a packet that completes a compressed message which refers to what was not captured.
func (s *webStream) unreadable(other *webStream) {
	if s.stage == stageProbe {
		s.opaque++
		n := s.opaque
		if other != nil {
			n += other.opaque
		}
		if n < provenFrames {
			return
		}
		s.stage = stageFrames
	}
	s.in.outcome.why = IgnoredWebSocketCompressed
}

// closing reports the first close frame of a connection with SIP.
func (s *webStream) closing(f *reassembly.Flow, now int64, code uint16) {
	other := webOf(f.Reverse())
	told := s.closed || other != nil && other.closed
	s.closed = true
	if told || !s.found && (other == nil || !other.found) {
		return
	}
	e := &s.in.event
	*e = wire.NetworkEvent{Time: now, Kind: wire.WebSocketClosed, Src: f.Src, Dst: f.Dst, From: f.Src.Addr(), Code: code}
	s.in.handler.NetworkEvent(e, 0, false)
}

// close gives back what the direction holds.
func (s *webStream) close() {
	if s.reader != nil {
		s.reader.Close()
	}
}

// webSocketEnded delivers the rest of a direction.
func webSocketEnded(_ *Ingest, f *reassembly.Flow, now int64, _ reassembly.End) {
	if s := webOf(f); s != nil {
		s.rest(f, now)
		s.close()
	}
}

// seekWebSocket shows a direction that was joined in the middle, and that is not known to be SIP yet, to the search for frames
// before it is read as SIP.
func seekWebSocket(in *Ingest, f *reassembly.Flow, now int64, data []byte, s *sipStream) int {
	if other := webOf(f.Reverse()); other != nil && other.stage == stageFrames {
		w := &webStream{in: in, stage: stageSearch, named: other.named}
		f.User = w
		return w.data(f, now, data)
	}
	at, done := websocket.Find(data, f.Final, beginsLikeSIP)
	if at < 0 && done == len(data) {
		return s.data(f, now, data)
	}
	n := 0
	if done > 0 {
		n = s.data(f, now, data[:done])
	}
	if at < 0 || s.found {
		return n
	}
	w := &webStream{in: in}
	w.begin(websocket.Deflate{}, true)
	f.User = w
	f.Seq += uint32(at)
	w.from = f.Seq
	if n = w.data(f, now, data[at:]); n < 0 {
		return n
	}
	return at + n
}
