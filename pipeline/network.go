package pipeline

import (
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/reassembly"
)

// allShards is the shard of an event that no Call-ID tells the shard of.
const allShards = 0xff

// unreachable takes an ICMP error about a UDP datagram or a TCP segment to the sessions. What it quotes is never counted
// as a message: it tells the flow, and its Call-ID the shard, when so much of it is quoted.
func (r *reader) unreachable() {
	e := wire.NetworkEvent{Time: r.at, Kind: icmpKind(&r.pkt), From: r.pkt.Src.Addr()}
	verdict := r.quoted.Walk(packet.LinkRaw, r.pkt.Quoted)
	if verdict != packet.VerdictUDP && verdict != packet.VerdictTCP {
		return
	}
	e.Src, e.Dst = r.quoted.Src, r.quoted.Dst
	shard := uint8(allShards)
	if verdict == packet.VerdictUDP && len(r.quoted.Payload) > 0 {
		if sip.Detect(r.quoted.Payload) != sip.SIP {
			return
		}
		if id := sip.PeekCallID(r.quoted.Payload); len(id) > 0 {
			shard = wire.ShardOf(wire.HashCallID(id))
		}
	}
	if r.copied(copiedError, r.pkt.Quoted) {
		return
	}
	r.event(&e, shard)
}

// icmpKind tells the kind of an ICMP error (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443).
func icmpKind(p *packet.Packet) wire.NetworkKind {
	if p.Src.Addr().Is4() {
		switch p.ICMP.Type {
		case 3:
			if int(p.ICMP.Code) < len(unreachable4) {
				return unreachable4[p.ICMP.Code]
			}
		case 11:
			return wire.TimeExceeded
		}
		return wire.OtherICMP
	}
	switch p.ICMP.Type {
	case 1:
		if int(p.ICMP.Code) < len(unreachable6) {
			return unreachable6[p.ICMP.Code]
		}
	case 2:
		return wire.TooBig
	case 3:
		return wire.TimeExceeded
	}
	return wire.OtherICMP
}

// The codes of a destination that is unreachable.
var (
	unreachable4 = [...]wire.NetworkKind{
		wire.NetUnreachable, wire.HostUnreachable, wire.OtherICMP, wire.PortUnreachable, wire.TooBig,
		wire.OtherICMP, wire.NetUnreachable, wire.HostUnreachable, wire.OtherICMP, wire.Prohibited,
		wire.Prohibited, wire.NetUnreachable, wire.HostUnreachable, wire.Prohibited,
	}
	unreachable6 = [...]wire.NetworkKind{
		wire.NetUnreachable, wire.Prohibited, wire.OtherICMP, wire.HostUnreachable, wire.PortUnreachable,
		wire.Prohibited, wire.Prohibited,
	}
)

// ended takes to the sessions that a connection with SIP was reset, or that one to a port of SIP did not come about.
func (r *reader) ended(f *reassembly.Flow, now int64, how reassembly.End) {
	e := wire.NetworkEvent{Time: now, Src: f.Src, Dst: f.Dst}
	switch how {
	case reassembly.EndReset:
		if !carriesSIP(f) && !carriesSIP(f.Reverse()) {
			return
		}
		e.Kind = wire.ConnectionReset
		e.From = r.pkt.Src.Addr()
	case reassembly.EndRefused:
		if !sipPort(f.Dst.Port()) {
			return
		}
		e.Kind = wire.ConnectionRefused
		e.From = f.Dst.Addr()
	default:
		return
	}
	r.event(&e, allShards)
}

func carriesSIP(f *reassembly.Flow) bool {
	d, ok := f.User.(*direction)
	return ok && d.sip
}

// sipPort reports whether servers of SIP use to listen on a port.
func sipPort(port uint16) bool { return 5060 <= port && port < 5100 }

// attempts remembers the last attempts to open a connection to a port of SIP.
type attempts struct {
	last [64]attempt
	next int
}

type attempt struct {
	src, dst netip.AddrPort
	seq      uint32
	at       int64 // when it was last sent
}

// watch notices a SYN to a port of SIP that is repeated: the one before was not answered. The streams themselves give an
// attempt up long after whoever waited for it has.
func (r *reader) watch() {
	p := &r.pkt
	if p.TCP.Flags&(packet.SYN|packet.ACK) != packet.SYN || !sipPort(p.Dst.Port()) {
		return
	}
	for i := range r.attempts.last {
		if a := &r.attempts.last[i]; a.src == p.Src && a.dst == p.Dst && a.seq == p.TCP.Seq {
			if !a.again(r.at) {
				return
			}
			a.at = r.at
			e := wire.NetworkEvent{Time: r.at, Kind: wire.ConnectionUnanswered, Src: p.Src, Dst: p.Dst}
			r.event(&e, allShards)
			return
		}
	}
	r.attempts.last[r.attempts.next] = attempt{src: p.Src, dst: p.Dst, seq: p.TCP.Seq, at: r.at}
	r.attempts.next = (r.attempts.next + 1) % len(r.attempts.last)
}

// event sends an event of the network to the worker of a shard, or to all. It is no packet and no message: in live
// capture it is left out when there is no batch free.
func (r *reader) event(e *wire.NetworkEvent, shard uint8) {
	if shard != allShards {
		r.putEvent(int(shard)%len(r.out), e, shard)
		return
	}
	for i := range r.out {
		r.putEvent(i, e, shard)
	}
}

func (r *reader) putEvent(worker int, e *wire.NetworkEvent, shard uint8) {
	o := &r.out[worker]
	if !o.take(r.id, 0, r.clock, !r.live) {
		return
	}
	r.note()
	b := o.cur
	b.events = append(b.events, *e)
	b.items = append(b.items, item{off: uint32(len(b.events) - 1), shard: shard, event: true})
}

// hear hands an event of the network to the sessions that it may concern.
func (w *worker) hear(it *item, e *wire.NetworkEvent) {
	if it.shard != allShards {
		w.trackers[it.shard].Network(e)
		return
	}
	for _, t := range w.trackers {
		if t != nil {
			t.Network(e)
		}
	}
}
