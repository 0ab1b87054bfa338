package ingest

import "sipspan/reassembly"

// streamProtocol is one kind of TCP stream.
type streamProtocol struct {
	name string
	// open is given the first bytes of a direction. It returns what reads that direction from there on, or nil if it is of
	// another kind.
	open func(in *Ingest, f *reassembly.Flow, now int64, data []byte) streamReader
	// ended, if set, is called when nothing follows in a direction, of whatever kind it is.
	ended func(in *Ingest, f *reassembly.Flow, now int64, how reassembly.End)
}

// streamReader reads one direction of a TCP connection. Its methods are those of the same names of reassembly.Handler.
type streamReader interface {
	data(f *reassembly.Flow, now int64, data []byte) int
	gap(lost int)
}

// streamProtocols are the kinds of TCP streams, in the order in which they are asked. The last one takes every stream.
var streamProtocols = [...]streamProtocol{
	{"tls", openTLS, tlsEnded},
	{"websocket", openWebSocket, webSocketEnded},
	{"hep", openHEP, nil},
	{"sip", openSIP, nil},
}

// streamHandler shows the streams to the protocols. The User of a flow is its streamReader.
type streamHandler struct{ in *Ingest }

var _ reassembly.Handler = streamHandler{}

// insideTLS is where in streamProtocols those begin that may be carried in TLS.
const insideTLS = 1

// Data implements reassembly.Handler.
func (h streamHandler) Data(f *reassembly.Flow, now int64, data []byte) int {
	return h.read(f, now, data, 0)
}

// read shows the bytes of a direction to what reads it: one of the protocols from a place of the table on.
func (h streamHandler) read(f *reassembly.Flow, now int64, data []byte, from int) int {
	r, _ := f.User.(streamReader)
	if r == nil && mayBecomeHEP(f, data) {
		f.Need = len(hepMagic)
		return 0
	}
	for i := from; r == nil; i++ {
		r = h.in.protocols[i].open(h.in, f, now, data)
		f.User = r
	}
	if !carriesSIP(f) && isForeign(f.Reverse()) {
		if w := webOf(f); w != nil {
			w.close()
		}
		return reassembly.Ignore
	}
	if s, ok := r.(*sipStream); ok && !s.found && (f.MidStream || f.Gap) {
		return seekWebSocket(h.in, f, now, data, s)
	}
	return r.data(f, now, data)
}

// Gap implements reassembly.Handler.
func (h streamHandler) Gap(f *reassembly.Flow, now int64, lost int) {
	if r, ok := f.User.(streamReader); ok {
		r.gap(lost)
	}
}

// Window implements reassembly.Handler.
func (h streamHandler) Window(f *reassembly.Flow, now, since int64, opened bool) {
	h.in.windowClosed(f, now, since, opened)
}

// End implements reassembly.Handler. How a connection ended may explain why requests on it got no answer.
func (h streamHandler) End(f *reassembly.Flow, now int64, how reassembly.End) {
	h.in.connectionEnded(f, now, how)
	for i := range h.in.protocols {
		if ended := h.in.protocols[i].ended; ended != nil {
			ended(h.in, f, now, how)
		}
	}
}
