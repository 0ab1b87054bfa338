package ingest

import (
	"sipspan/decode/tls"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	rtls "sipspan/reassembly/tls"
)

// tlsStream reads one direction of a TLS connection. It follows the handshake until it is encrypted or fails: its failure may
// explain why a proxy could not forward a request. What follows is decrypted where the secrets are known.
type tlsStream struct {
	conn     *tlsConn
	side     rtls.Side
	scanner  tls.Scanner
	scanned  int  // bytes of the next offer that scanner is done with
	shown    bool // scanner has shown how the handshake ended for this direction
	client   bool // it sent the ClientHello
	sealed   bool // it has reached the encrypted part
	reported bool // its failure was reported
	opaque   bool // its records cannot be decrypted
}

// openTLS takes a direction that begins with a handshake, and on the ports of SIP one that is encrypted from its first byte. It
// reports a direction that answers a handshake with something else.
func openTLS(in *Ingest, f *reassembly.Flow, now int64, data []byte) streamReader {
	other := tlsOf(f.Reverse())
	begins := rtls.Begins(data)
	switch {
	case f.MidStream || f.Gap:
		if other == nil && !begins && !(in.tls.isPort(f) && rtls.Continues(data)) {
			return nil
		}
	case tls.Opens(data):
	default:
		if other != nil && other.client {
			other.failed(f, now, wire.HandshakeForeign, 0)
		}
		return nil
	}
	if other != nil {
		s := &tlsStream{conn: other.conn, side: 1 - other.side}
		other.conn.join(f, s, begins)
		return s
	}
	return in.tls.open(f, now, begins)
}

// tlsOf returns the TLS in a direction, nil if there is none.
func tlsOf(f *reassembly.Flow) *tlsStream {
	s, _ := f.User.(*tlsStream)
	return s
}

// data decrypts what can be decrypted, and follows the handshake.
func (s *tlsStream) data(f *reassembly.Flow, now int64, data []byte) int {
	c := s.conn
	if c.ended || c.closing != nil {
		return reassembly.Ignore
	}
	done := c.read(s, f, now, data)
	if !s.shown {
		s.scan(f, now, data)
		s.scanned = max(s.scanned-max(done, 0), 0)
	}
	switch {
	case done < 0, !c.wanted():
		c.foreign = done < 0
		c.end(now, endForeign)
		return reassembly.Ignore
	case f.Final:
		return len(data)
	}
	return done
}

// scan follows the handshake.
func (s *tlsStream) scan(f *reassembly.Flow, now int64, data []byte) {
	for !s.shown {
		n, sign := s.scanner.Next(data[min(s.scanned, len(data)):])
		s.scanned += n
		s.shown = sign != tls.Nothing && sign != tls.Hello
		switch sign {
		case tls.Nothing:
			return
		case tls.Hello:
			s.client = true
		case tls.Broken:
			kind := wire.HandshakeBroken
			if carriesSIP(f.Reverse()) {
				kind = wire.HandshakeExpected
			}
			s.failed(f, now, kind, s.scanner.Alert)
		case tls.BrokenBlind:
			s.brokenBlind(f, now)
		case tls.Sealed:
			s.sealed = true
		}
	}
}

// brokenBlind takes what looks like an encrypted alert. With the secrets of the connection it is known whether it is one, and which.
func (s *tlsStream) brokenBlind(f *reassembly.Flow, now int64) {
	switch info := s.conn.conn.Info(); {
	case info.Alerted[s.side]:
		s.failed(f, now, wire.HandshakeBroken, tls.Alert(info.Alerts[s.side]))
	case info.Finished[s.side]:
		s.sealed = true
	default:
		s.failed(f, now, wire.HandshakeBrokenBlind, 0)
	}
}

// gap notes that bytes were lost.
func (s *tlsStream) gap(lost int) {
	s.shown = true // the handshake can no longer be followed
	s.conn.gap(s, lost)
}

// failed reports once for both directions that the handshake failed because of the sender of f.
func (s *tlsStream) failed(f *reassembly.Flow, now int64, kind wire.NetworkKind, alert tls.Alert) {
	if other := tlsOf(f.Reverse()); s.reported || other != nil && other.reported || !s.conn.isSIP() {
		return
	}
	s.reported = true
	e := &s.conn.in.event
	*e = wire.NetworkEvent{Time: now, Kind: kind, Src: f.Dst, Dst: f.Src, From: f.Src.Addr(), Alert: alert}
	if s.client && s == tlsOf(f) {
		e.Src, e.Dst = f.Src, f.Dst
	}
	s.conn.failure, s.conn.hasFailed = *e, true
	s.conn.in.handler.NetworkEvent(e, 0, false)
}

// tlsEnded reports a connection that ends before its handshake does: closed or reset by the sender of f.
func tlsEnded(in *Ingest, f *reassembly.Flow, now int64, how reassembly.End) {
	own, other := tlsOf(f), tlsOf(f.Reverse())
	s := own
	if s == nil {
		s = other
	}
	if s == nil {
		return
	}
	defer s.conn.directionEnded(f, now, how)
	switch {
	case own != nil && own.sealed, s != own && !s.client, s.shown && !s.sealed && !s.reported:
		return
	case how == reassembly.EndReset && in.pkt.Src != f.Src:
		f = f.Reverse()
	case how != reassembly.EndReset && how != reassembly.EndFIN:
		return
	}
	s.failed(f, now, wire.HandshakeClosed, 0)
}
