package ingest

import (
	"sipspan/decode/sip"
	"sipspan/internal/packet"
	"sipspan/internal/wire"
)

// icmpError reports an ICMP error about a UDP datagram with SIP or about a TCP segment or an SCTP packet. What it quotes is never counted as a
// message: it shows the flow, and the Call-ID if enough is quoted.
func (in *Ingest) icmpError() {
	verdict := in.other.Walk(packet.LinkRaw, in.pkt.Quoted)
	if verdict != packet.VerdictUDP && verdict != packet.VerdictTCP && verdict != packet.VerdictSCTP {
		return
	}
	callID, known := uint64(0), false
	if verdict == packet.VerdictUDP && len(in.other.Payload) > 0 {
		kind, id := sip.Peek(in.other.Payload)
		if kind != sip.SIP {
			return
		}
		if len(id) > 0 {
			callID, known = wire.HashCallID(id), true
		}
	}
	if in.copied(ofICMPError, in.pkt.Quoted) {
		return
	}
	in.event = wire.NetworkEvent{
		Time: in.at, Kind: icmpKind(&in.pkt), From: in.pkt.Src.Addr(), Src: in.other.Src, Dst: in.other.Dst,
	}
	in.handler.NetworkEvent(&in.event, callID, known)
}

// icmpKind returns the kind of an ICMP error (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443).
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

// The kinds of the codes of "destination unreachable".
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
