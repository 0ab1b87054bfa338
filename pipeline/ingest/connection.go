package ingest

import (
	"net/netip"

	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/reassembly"
)

// connectionEnded reports that a connection with SIP was reset, or that one to a SIP port was refused.
func (in *Ingest) connectionEnded(f *reassembly.Flow, now int64, how reassembly.End) {
	e := &in.event
	switch how {
	case reassembly.EndReset:
		if !connectionCarriesSIP(f) {
			return
		}
		*e = wire.NetworkEvent{Time: now, Kind: wire.ConnectionReset, Src: f.Src, Dst: f.Dst, From: in.pkt.Src.Addr()}
	case reassembly.EndRefused:
		if !isSIPPort(f.Dst.Port()) {
			return
		}
		*e = wire.NetworkEvent{Time: now, Kind: wire.ConnectionRefused, Src: f.Src, Dst: f.Dst, From: f.Dst.Addr()}
	default:
		return
	}
	in.handler.NetworkEvent(e, 0, false)
}

// windowClosed reports that the receiver of a direction with SIP has had no room for more for long.
func (in *Ingest) windowClosed(f *reassembly.Flow, now, since int64, opened bool) {
	if !connectionCarriesSIP(f) {
		return
	}
	in.event = wire.NetworkEvent{
		Time: now, Kind: wire.WindowClosed, Src: f.Src, Dst: f.Dst, From: f.Dst.Addr(), Since: since, Opened: opened,
	}
	in.handler.NetworkEvent(&in.event, 0, false)
}

// connectionCarriesSIP reports whether a message was found in a direction of a connection, in the clear or inside of TLS.
func connectionCarriesSIP(f *reassembly.Flow) bool {
	return carriesSIP(f) || carriesSIP(f.Reverse()) || carriesSecureSIP(f) || carriesSecureSIP(f.Reverse())
}

// carriesSecureSIP reports whether a message was found in a direction of a TLS connection.
func carriesSecureSIP(f *reassembly.Flow) bool {
	s := tlsOf(f)
	return s != nil && carriesSIP(s.conn.inside[s.side].flow)
}

// isSIPPort reports whether SIP servers commonly listen on a port.
func isSIPPort(port uint16) bool { return 5060 <= port && port < 5100 }

// attempts remembers the last attempts to open a connection to a SIP port.
type attempts struct {
	last [64]attempt
	next int
}

type attempt struct {
	src, dst netip.AddrPort
	seq      uint32
	at       int64 // when its SYN was last sent
}

// watchSYN reports a SYN to a SIP port that is sent again: the one before was not answered. The streams themselves give an
// attempt up long after its sender has.
func (in *Ingest) watchSYN() {
	p := &in.pkt
	if p.TCP.Flags&(packet.SYN|packet.ACK) != packet.SYN || !isSIPPort(p.Dst.Port()) {
		return
	}
	for i := range in.opens.last {
		if a := &in.opens.last[i]; a.src == p.Src && a.dst == p.Dst && a.seq == p.TCP.Seq {
			if !a.again(in.at) {
				return
			}
			a.at = in.at
			in.event = wire.NetworkEvent{Time: in.at, Kind: wire.ConnectionUnanswered, Src: p.Src, Dst: p.Dst}
			in.handler.NetworkEvent(&in.event, 0, false)
			return
		}
	}
	in.opens.last[in.opens.next] = attempt{src: p.Src, dst: p.Dst, seq: p.TCP.Seq, at: in.at}
	in.opens.next = (in.opens.next + 1) % len(in.opens.last)
}

// again reports whether a repeated SYN was sent again and not just captured again: no sender repeats it so soon.
func (a *attempt) again(at int64) bool {
	return at-a.at > int64(copyWindow) || a.at-at > int64(copyWindow)
}
