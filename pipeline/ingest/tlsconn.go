package ingest

import (
	"math"
	"net/netip"
	"time"

	"sipspan/internal/wire"
	"sipspan/reassembly"
	rtls "sipspan/reassembly/tls"
	"sipspan/record"
)

// tlsConn is a TLS connection that carries or may carry SIP.
type tlsConn struct {
	in     *Ingest
	conn   *rtls.Conn
	side   [2]*tlsStream
	flow   [2]*reassembly.Flow // until closing or ended
	ends   [2]netip.AddrPort   // by side
	inside [2]inside
	place  uint32  // where it was captured, see Origins
	server *server // counts its packets that cannot be read; nil: none was, or it is not known which end is the server
	start  int64
	last   int64 // when its last bytes came

	port      bool     // one of its ports is one of SIP over TLS
	late      bool     // its beginning was not captured
	lost      bool     // bytes of it were lost
	foreign   bool     // it is no TLS after all
	evicted   bool     // it was given up for another one
	closing   *closing // nothing follows; what was captured waits for secrets
	ended     bool
	closed    [2]bool // by side: its sender has closed it
	hasFailed bool
	failure   wire.NetworkEvent // why the handshake failed, if hasFailed

	waits      bool  // records wait for secrets
	waitsSince int64 // in packet time
	prev, next *tlsConn
	plain      bool // there was plaintext in the offer in hand
}

// closing is how a connection ended.
type closing struct {
	at  int64
	how reassembly.End
	by  netip.Addr // who sent the last packet
}

// inside is the plaintext of one direction.
type inside struct {
	flow    *reassembly.Flow
	held    []byte // what its reader has left
	seq     uint32 // of the byte that comes next, as if the plaintext was a stream of its own
	ignored bool
}

// join adds a direction. begins is whether its first bytes are those of a ClientHello.
func (c *tlsConn) join(f *reassembly.Flow, s *tlsStream, begins bool) {
	c.side[s.side], c.flow[s.side] = s, f
	if f.MidStream && !c.conn.Info().Begun && !begins {
		c.late = true
		c.conn.GiveUp() // the secrets are found by the ClientHello
	}
}

// isSIP reports whether the connection is one of SIP as far as it is known.
func (c *tlsConn) isSIP() bool {
	return c.port || c.conn.Info().SIP || carriesSIP(c.inside[0].flow) || carriesSIP(c.inside[1].flow)
}

// wanted reports whether to go on with the connection: it is one of SIP, or may turn out to be.
func (c *tlsConn) wanted() bool {
	if c.isSIP() {
		return true
	}
	if !c.conn.Info().Begun {
		return true // little is known yet
	}
	if c.inside[0].ignored || c.inside[1].ignored {
		return false
	}
	return !c.in.tls.decrypter.Hopeless() && !c.conn.GaveUp()
}

// read offers the bytes of a direction to the decryption.
func (c *tlsConn) read(s *tlsStream, f *reassembly.Flow, now int64, data []byte) int {
	c.in.tls.touch(c)
	c.plain, c.last = false, now
	dropped := c.in.tls.decrypter.Stats().Dropped
	c.conn.Seq = f.Seq
	done := c.conn.Data(s.side, now, data, f.Final)
	c.in.tls.await(c, now)
	switch {
	case c.plain:
		s.opaque = false
	case c.in.tls.decrypter.Stats().Dropped > dropped:
		s.opaque = true
	}
	if s.opaque {
		c.in.outcome.why = IgnoredTLS
		c.unread()
	}
	return done
}

// gap notes that bytes were lost.
func (c *tlsConn) gap(s *tlsStream, lost int) {
	if !c.ended {
		c.lost = true
		c.conn.Gap(s.side, c.in.at, lost)
	}
}

var _ rtls.Handler = (*tlsConn)(nil)

// Plain implements reassembly/tls.Handler.
func (c *tlsConn) Plain(from rtls.Side, at int64, plain []byte) {
	c.plain = true
	i := &c.inside[from]
	if i.ignored {
		return
	}
	if c.in.trail != nil {
		c.in.trail.plain(c, i, len(plain))
	}
	i.seq += uint32(len(plain))
	data := plain
	if len(i.held) > 0 {
		c.in.tls.held += len(plain)
		i.held = append(i.held, plain...)
		data = i.held
	}
	n := 0
	if len(data) >= i.flow.Need {
		n = c.offer(i, at, data)
	}
	if !i.ignored && len(data)-n > c.in.tls.limits.MaxHeld {
		c.finish(i, at)
		return
	}
	c.keep(i, data[n:])
}

// offer shows plaintext to its reader, and returns how much of it is done with.
func (c *tlsConn) offer(i *inside, at int64, data []byte) int {
	i.flow.Need, i.flow.Seq = 0, i.seq-uint32(len(data))
	n := streamHandler{c.in}.read(i.flow, at, data, insideTLS)
	if n < 0 {
		i.ignored = true
		return len(data)
	}
	return min(n, len(data))
}

// keep keeps what the reader has left.
func (c *tlsConn) keep(i *inside, rest []byte) {
	before := len(i.held)
	if len(rest) == 0 {
		i.held = nil
	} else {
		i.held = append(i.held[:0], rest...)
	}
	c.in.tls.held += len(i.held) - before
	if c.in.tls.held > c.in.tls.limits.MaxHeldTotal {
		c.finish(i, c.last)
	}
}

// finish offers what is held for the last time.
func (c *tlsConn) finish(i *inside, at int64) {
	if len(i.held) > 0 && !i.ignored {
		i.flow.Final = true
		c.offer(i, at, i.held)
		i.flow.Final, i.flow.Need = false, 0
	}
	c.in.tls.held -= len(i.held)
	i.held = nil
}

// Lost implements reassembly/tls.Handler.
func (c *tlsConn) Lost(from rtls.Side, at int64) {
	i := &c.inside[from]
	if i.ignored {
		return
	}
	c.finish(i, at)
	i.flow.Gap = true
	if r, ok := i.flow.User.(streamReader); ok {
		r.gap(0)
	} else {
		i.flow.MidStream = true
	}
}

// directionEnded notes that nothing follows in a direction, and ends the connection when nothing follows at all.
func (c *tlsConn) directionEnded(f *reassembly.Flow, now int64, how reassembly.End) {
	side := 0
	if c.flow[1] == f || c.flow[0] != nil && c.flow[0] != f {
		side = 1
	}
	c.closed[side] = true
	alone := f.Reverse().User == nil
	if how == reassembly.EndFIN && !c.closed[1-side] && !alone {
		return
	}
	c.end(now, how)
}

// endForeign is how a connection ends that turns out to be none of SIP.
const endForeign = reassembly.End(255)

// end ends the connection. If records of it wait for secrets that may come, it is reported when they have come or the time for
// them is over.
func (c *tlsConn) end(now int64, how reassembly.End) {
	if c.ended || c.closing != nil {
		return
	}
	c.closing = &closing{at: now, how: how, by: c.in.pkt.Src.Addr()}
	c.flow = [2]*reassembly.Flow{}
	switch {
	case how == endForeign, how == reassembly.EndEvicted, how == reassembly.EndCapture, !c.conn.Waits():
		c.conclude()
	}
}

// conclude reports a connection that has ended, and forgets it.
func (c *tlsConn) conclude() {
	now, how := c.closing.at, c.closing.how
	c.conn.GiveUp()
	c.ended = true
	for side := range c.inside {
		i := &c.inside[side]
		c.finish(i, now)
		for _, p := range c.in.protocols[insideTLS:] {
			if p.ended != nil && !i.ignored {
				p.ended(c.in, i.flow, now, how)
			}
		}
	}
	if how != endForeign || c.isSIP() {
		c.report(now, how)
	}
	c.conn.Close()
	c.in.tls.forget(c)
}

// report hands on what was seen of the connection.
func (c *tlsConn) report(now int64, how reassembly.End) {
	if !c.isSIP() {
		return
	}
	info := c.conn.Info()
	opener, server, _ := c.sides()
	src, dst := opener.String(), server.String()
	t := wire.TLSConnection{Src: opener.Addr(), Dst: server.Addr(), HasFailure: c.hasFailed, Failure: c.failure}
	r := &t.Record
	*r = record.TLS{
		Header: record.Header{ID: record.ID(record.KindTLS, src+" "+dst, c.start, "", 0), Start: c.start, End: now, Place: c.place},
		Src:    src, Dst: dst, ServerName: info.ServerName, Protocol: info.Protocol, Version: rtls.VersionName(info.Version),
		Outcome: c.outcome(how), Decrypted: info.Decrypted, Subject: info.Subject,
	}
	if info.NotAfter < math.MaxInt64/int64(time.Second) {
		r.NotAfter = info.NotAfter * int64(time.Second)
	}
	if r.Outcome == record.TLSReset {
		t.HasFailure = true
		t.Failure = wire.NetworkEvent{Time: now, Kind: wire.ConnectionReset, Src: opener, Dst: server, From: c.closing.by}
	}
	flags := &r.Confidence.Flags
	if c.late {
		*flags |= record.MidStream
	}
	if c.lost {
		*flags |= record.TCPGap
	}
	if (c.side[0] == nil || c.side[1] == nil) && !c.hasFailed {
		*flags |= record.OneWay
	}
	if c.evicted || how == reassembly.EndEvicted {
		*flags |= record.TableFull
	}
	c.in.handler.TLS(&t)
}

// outcome returns what became of the connection.
func (c *tlsConn) outcome(how reassembly.End) record.TLSOutcome {
	info := c.conn.Info()
	done := func(side int) bool {
		s := c.side[side]
		return info.Finished[side] || s != nil && s.sealed
	}
	alerted := info.Alerted[0] || info.Alerted[1]
	switch {
	case c.hasFailed, alerted && !(info.Finished[0] && info.Finished[1] && info.Decrypted):
		return record.TLSFailed
	case how == reassembly.EndReset && !c.closed[0] && !c.closed[1], how == reassembly.EndReset && !done(0) && !done(1):
		return record.TLSReset
	case done(0) && done(1):
		return record.TLSEstablished
	case c.late:
		return record.TLSMidStream
	}
	return record.TLSUnfinished
}
