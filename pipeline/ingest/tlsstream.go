package ingest

import (
	"sipspan/decode/tls"
	"sipspan/internal/wire"
	"sipspan/reassembly"
)

// tlsStream follows the TLS handshake in one direction of a connection to a SIP port, until it is encrypted or fails. Its
// failure may explain why a proxy could not forward a request.
type tlsStream struct {
	in       *Ingest
	scanner  tls.Scanner
	client   bool // it sent the ClientHello
	sealed   bool // it has reached the encrypted part
	reported bool // its failure was reported
}

// openTLS takes a direction that begins with a handshake. It reports a direction that answers a handshake with something else.
func openTLS(in *Ingest, f *reassembly.Flow, now int64, data []byte) streamReader {
	if f.MidStream || f.Gap || !isSIPPort(f.Src.Port()) && !isSIPPort(f.Dst.Port()) {
		return nil
	}
	if tls.Opens(data) {
		return &tlsStream{in: in}
	}
	if other := tlsOf(f.Reverse()); other != nil && other.client {
		other.failed(f, now, wire.HandshakeForeign, 0)
	}
	return nil
}

// tlsOf returns the handshake in a direction, nil if there is none.
func tlsOf(f *reassembly.Flow) *tlsStream {
	s, _ := f.User.(*tlsStream)
	return s
}

// data follows the handshake.
func (s *tlsStream) data(f *reassembly.Flow, now int64, data []byte) int {
	for done := 0; ; {
		n, sign := s.scanner.Next(data[done:])
		done += n
		switch sign {
		case tls.Nothing:
			if f.Final {
				return len(data)
			}
			return done
		case tls.Hello:
			s.client = true
		case tls.Broken:
			kind := wire.HandshakeBroken
			if carriesSIP(f.Reverse()) {
				kind = wire.HandshakeExpected
			}
			s.failed(f, now, kind, s.scanner.Alert)
			return reassembly.Ignore
		case tls.BrokenBlind:
			s.failed(f, now, wire.HandshakeBrokenBlind, 0)
			return reassembly.Ignore
		case tls.Sealed:
			s.sealed = true
			return reassembly.Ignore
		case tls.Foreign:
			return reassembly.Ignore
		}
	}
}

// gap does nothing: bytes after it that do not continue the records end the handshake as foreign.
func (s *tlsStream) gap(int) {}

// failed reports once for both directions that the handshake failed because of the sender of f.
func (s *tlsStream) failed(f *reassembly.Flow, now int64, kind wire.NetworkKind, alert tls.Alert) {
	if other := tlsOf(f.Reverse()); s.reported || other != nil && other.reported {
		return
	}
	s.reported = true
	e := &s.in.event
	*e = wire.NetworkEvent{Time: now, Kind: kind, Src: f.Dst, Dst: f.Src, From: f.Src.Addr(), Alert: alert}
	if s.client && s == tlsOf(f) {
		e.Src, e.Dst = f.Src, f.Dst
	}
	s.in.handler.NetworkEvent(e, 0, false)
}

// tlsEnded reports a connection that ends before its handshake does: closed or reset by the sender of f.
func tlsEnded(in *Ingest, f *reassembly.Flow, now int64, how reassembly.End) {
	own, other := tlsOf(f), tlsOf(f.Reverse())
	s := own
	if s == nil {
		s = other
	}
	switch {
	case s == nil, own != nil && own.sealed, s != own && !s.client:
		return
	case how == reassembly.EndReset && in.pkt.Src != f.Src:
		f = f.Reverse()
	case how != reassembly.EndReset && how != reassembly.EndFIN:
		return
	}
	s.failed(f, now, wire.HandshakeClosed, 0)
}
