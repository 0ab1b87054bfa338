package ingest

import (
	"sipspan/capture"
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// takePDU takes a frame that is no packet but a message: one that its source found in a text or got from another monitor. It counts
// as a packet, so that the account closes over all that was read.
func takePDU(in *Ingest, f *capture.Frame, at, now int64) {
	in.account.Packets++
	in.account.Bytes += uint64(f.Length)
	in.at, in.now = at, now
	if in.trail != nil {
		in.trail.frame(f)
	}
	in.meta = wire.Meta{Time: in.at, Packet: f.Number, Whole: true}
	message, ok := wire.ReadPDU(f.Data, &in.meta)
	if !ok {
		in.account.Ignored[IgnoredNotSIP]++
		return
	}
	if f.Clock == capture.ClockUndated {
		in.meta.Flags |= record.NoDates
	}
	kind, callID := sip.Peek(message)
	in.outcome, in.carried = outcome{}, 0
	switch kind {
	case sip.SIP:
		in.message(message, callID)
	case sip.Malformed:
		in.message(message, callID)
		in.account.Ignored[IgnoredMalformedSIP]++
		return
	case sip.KeepAlive:
		in.account.Ignored[IgnoredKeepAlive]++
		return
	default:
		in.account.Ignored[IgnoredNotSIP]++
		return
	}
	if in.outcome.lost {
		in.account.Dropped[DroppedQueue]++
		return
	}
	in.account.Delivered++
}
