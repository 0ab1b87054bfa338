package ingest

import (
	"net/netip"

	"sipspan/decode/sip"
	"sipspan/internal/packet"
	"sipspan/internal/wire"
	"sipspan/reassembly/sctp"
	"sipspan/reassembly/websocket"
	"sipspan/record"
)

// associationHandler takes what SCTP associations carry. Each message holds one SIP message (RFC 4168 section 4).
type associationHandler struct{ in *Ingest }

var _ sctp.Handler = associationHandler{}

// Begins implements sctp.Handler.
func (h associationHandler) Begins(data []byte) bool { return startLine(data) != websocket.No }

// Message implements sctp.Handler.
func (h associationHandler) Message(f *sctp.Flow, now int64, data []byte, cut, lost bool) bool {
	in := h.in
	kind, callID := sip.Peek(data)
	switch {
	case kind == sip.KeepAlive:
		return f.User
	case kind == sip.NotSIP, kind == sip.Malformed && !f.User, cut && !hasHeader(data):
		return false
	}
	if in.copiedMessage(f.Src, f.Dst, now, data) {
		in.outcome.copied = true
		return true
	}
	flags := record.Flags(0)
	if cut {
		flags |= record.Truncated
	}
	if lost {
		flags |= record.TCPGap
	}
	in.meta = wire.Meta{Time: now, Src: f.Src, Dst: f.Dst, Transport: wire.SCTP, Stream: f.ID, Flags: flags}
	if in.trail != nil {
		in.trail.span = span{marks: in.sctp.Marks()}
	}
	in.message(data, callID)
	return true
}

// End implements sctp.Handler. It reports the end of an association with SIP, and one to a SIP port that does not come about.
func (h associationHandler) End(f *sctp.Flow, now int64, how sctp.End, code uint16) {
	e := &h.in.event
	*e = wire.NetworkEvent{Time: now, Src: f.Src, Dst: f.Dst, From: f.Src.Addr(), Code: code}
	carries := f.User || f.Reverse().User
	switch {
	case how == sctp.EndShutdown && carries:
		e.Kind = wire.AssociationShutdown
	case how == sctp.EndAborted && carries:
		e.Kind = wire.AssociationAborted
	case how == sctp.EndRefused && isSIPPort(f.Src.Port()):
		e.Kind, e.Src, e.Dst = wire.AssociationRefused, f.Dst, f.Src
	case how == sctp.EndUnanswered && isSIPPort(f.Dst.Port()):
		e.Kind, e.From = wire.AssociationUnanswered, netip.Addr{}
	default:
		return
	}
	h.in.handler.NetworkEvent(e, 0, false)
}

// packet gives the SCTP packet in hand to its association and returns why it was ignored, taken or refused.
func (h associationHandler) packet() Ignored {
	in, p := h.in, &h.in.pkt
	if in.trail != nil {
		in.sctp.Mark(in.trail.mark())
	}
	switch in.sctp.Add(in.at, p) {
	case sctp.Control:
		return IgnoredSCTPControl
	case sctp.Duplicate:
		if in.copied(ofChunks, p.Payload) {
			return IgnoredDuplicate
		}
		return IgnoredSCTPDuplicate
	case sctp.Ignored:
		return Ignored(packet.ReasonSCTP)
	case sctp.Malformed:
		return Ignored(packet.ReasonBadTransport)
	case sctp.Refused:
		return refusedSCTP
	}
	in.copied(ofChunks, p.Payload) // notes it
	return taken
}
