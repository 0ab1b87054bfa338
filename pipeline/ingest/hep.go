package ingest

import (
	"bytes"
	"hash/maphash"
	"strconv"

	"sipspan/capture"
	"sipspan/decode/hep"
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// HEP says what is done with packets of the Homer Encapsulation Protocol.
type HEP struct {
	Read bool   // take the messages out of packets that were captured on their way to a collector; otherwise they are ignored as such
	Key  string // that frames of LinkHEP must have; "" for any. It is not asked of captured packets: they were for somebody else
}

const (
	// maxInflated bounds a payload after its compression was taken off.
	maxInflated = 256 << 10
	// maxNodes bounds the agents whose places are remembered by name.
	maxNodes = 4096
	// maxNodeName bounds the name of an agent in records.
	maxNodeName = 64
)

// hepReader is what an Ingest needs for HEP.
type hepReader struct {
	HEP
	in       *Ingest
	packet   hep.Packet
	message  sip.Message
	inflater hep.Inflater
	nodes    map[string]uint32 // numbers of places, by agent
	name     []byte            // of an agent
	common   []byte            // what the agent names as common to the conversation of the message that is handed on
}

// takeHEP takes a frame that an agent sent to this program. The source has given it the time of hep.Packet.StampAt.
func takeHEP(in *Ingest, f *capture.Frame, at, now int64) {
	in.account.Packets++
	in.account.Bytes += uint64(f.Length)
	in.at, in.now, in.number = at, now, f.Number
	in.outcome, in.carried = outcome{}, 1
	if in.trail != nil {
		in.trail.frame(f)
	}
	h := &in.hep
	switch {
	case h.packet.Parse(f.Data) != hep.Whole:
		in.book(IgnoredHEPInvalid, 1)
	case !h.packet.Allowed(h.Key):
		in.book(IgnoredHEPKey, 1)
	default:
		_, differs := h.packet.StampAt(f.Time)
		in.book(h.deliver(at, flagsOf(differs)), 1)
	}
}

// flagsOf returns the flags of a message whose agent has another clock, or had to wait.
func flagsOf(differs bool) record.Flags {
	if differs {
		return record.ClockStep
	}
	return 0
}

// beginsHEP knows the magic of version 3 and the versions 1 and 2.
func beginsHEP(b byte) bool { return b == 'H' || b == 1 || b == 2 }

// isHEPDatagram recognises a packet of version 3 by its magic and length, and one of the older versions by a header that fits and a
// SIP message after it.
func isHEPDatagram(payload []byte) bool {
	if payload[0] == 'H' {
		n := hep.Length(payload)
		return n > 0 && n <= len(payload)
	}
	var p hep.Packet
	return p.Parse(payload) == hep.Whole && len(p.Payload) > 0 && sip.MayBegin(p.Payload)
}

// takeHEPDatagram takes the message out of a captured packet, where that is wanted.
func takeHEPDatagram(in *Ingest, payload []byte) (Ignored, bool) {
	if !in.hep.Read {
		return IgnoredHEP, true
	}
	return in.hep.captured(payload), true
}

// captured takes the message out of a packet that was captured on its way to a collector, with the time of hep.Packet.StampAt.
func (h *hepReader) captured(data []byte) Ignored {
	in, p := h.in, &h.packet
	if p.Parse(data) != hep.Whole {
		return IgnoredHEPInvalid
	}
	at, differs := p.StampAt(in.at)
	return h.deliver(at, flagsOf(differs))
}

// deliver delivers the message in the packet in hand and returns taken, or why it was ignored.
func (h *hepReader) deliver(at int64, flags record.Flags) Ignored {
	in, p := h.in, &h.packet
	switch {
	case len(p.Payload) == 0:
		return IgnoredHEPEmpty
	case p.Protocol != hep.SIP:
		return otherHEP(p.Protocol)
	}
	raw := p.Payload
	if p.Compressed {
		var err error
		if raw, err = h.inflater.Inflate(raw, maxInflated); err != nil {
			return IgnoredHEPInvalid
		}
	}
	kind, callID := sip.Peek(raw)
	why := taken
	switch kind {
	case sip.SIP:
	case sip.Malformed:
		why, in.carried = IgnoredMalformedSIP, 0
	case sip.KeepAlive:
		return IgnoredKeepAlive
	default:
		return IgnoredNotSIP
	}
	in.meta = wire.Meta{Time: at, Src: p.Src, Dst: p.Dst, Packet: in.number, Whole: true, Flags: flags, Transport: h.transport(raw)}
	if p.HasDetails {
		in.meta.Flags |= record.Flags(p.Details.Flags) & record.AllFlags
	}
	if !p.Src.IsValid() || !p.Dst.IsValid() {
		in.meta.Flags |= record.NoAddresses
	} else if h.copied(raw) {
		return IgnoredDuplicate
	}
	in.meta.Origin = h.place()
	h.common = bytes.Trim(p.Correlation, "\x00 \t\r\n")
	in.hand(raw, callID)
	h.common = nil
	return why
}

// otherHEP returns why a packet with another protocol than SIP is ignored.
func otherHEP(p hep.Protocol) Ignored {
	switch p {
	case hep.RTCP:
		return IgnoredHEPRTCP
	case hep.Quality, hep.Quality + 2, hep.Quality + 3: // 34 and 35: statistics of RTP
		return IgnoredHEPQuality
	case hep.Log:
		return IgnoredHEPLog
	}
	return IgnoredHEPOther
}

// transport returns what carried the message in hand. Agents name TCP for TLS and WebSocket as well; then the topmost Via names it.
func (h *hepReader) transport(raw []byte) wire.Transport {
	p := &h.packet
	if p.HasDetails && int(p.Details.Transport) < wire.NumTransports {
		return wire.Transport(p.Details.Transport)
	}
	switch p.IPProtocol {
	case hep.IPProtocolTLS:
		return wire.TLS
	case hep.IPProtocolWS:
		return wire.WS
	case hep.IPProtocolSCTP:
		return wire.SCTP
	case hep.IPProtocolTCP:
		_ = h.message.Parse(raw)
		return transportOfVia(h.message.Header(sip.HeaderVia))
	}
	return wire.UDP
}

// transportOfVia returns the transport of a Via, if it is one over TCP, and TCP otherwise.
func transportOfVia(via []byte) wire.Transport {
	_, rest, _ := bytes.Cut(via, []byte("/"))
	_, rest, _ = bytes.Cut(rest, []byte("/"))
	name := bytes.TrimLeft(rest, " \t")
	if i := bytes.IndexAny(name, " \t"); i >= 0 {
		name = name[:i]
	}
	for _, t := range [...]wire.Transport{wire.TLS, wire.WS, wire.WSS} {
		if len(name) == len(t.String()) && bytes.EqualFold(name, []byte(t.String())) {
			return t
		}
	}
	return wire.TCP
}

// copied reports whether the message in hand was there before: two agents may see one packet, the one that sends it and the one
// that gets it.
func (h *hepReader) copied(raw []byte) bool {
	in := h.in
	if in.copies == nil {
		return false
	}
	hash := mix(maphash.Bytes(digestSeed, raw)^ofHEP, uint64(len(raw)))
	return in.copies.seen(hashFlow(hash, in.meta.Src, in.meta.Dst), in.meta.Time, bareCopyWindow)
}

// place returns the number of the place that stands for the agent of the packet in hand.
func (h *hepReader) place() uint32 {
	o, p := &h.in.origins, &h.packet
	if o.shared == nil || !p.HasNode && len(p.NodeName) == 0 {
		return o.plain
	}
	h.name = h.name[:0]
	if len(p.NodeName) > 0 {
		h.name = append(h.name, p.NodeName[:min(len(p.NodeName), maxNodeName)]...)
	} else {
		h.name = strconv.AppendUint(h.name, uint64(p.Node), 10)
	}
	if n, ok := h.nodes[string(h.name)]; ok {
		return n
	}
	if len(h.nodes) >= maxNodes {
		return o.plain
	}
	if h.nodes == nil {
		h.nodes = map[string]uint32{}
	}
	n := o.shared.number(origin{iface: o.iface, node: string(h.name)})
	h.nodes[string(h.name)] = n
	return n
}
