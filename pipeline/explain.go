package pipeline

import (
	"sipspan/diagnose"
	"sipspan/internal/wire"
	"sipspan/pipeline/timeline"
	"sipspan/record"
	"sipspan/session"
)

// explainer asks diagnose why a case of session came out as it did: the two know nothing of each other. It has one owner
// and reuses its memory.
type explainer struct {
	c      diagnose.Case
	epochs *timeline.Epochs
}

var _ session.Explainer = (*explainer)(nil)

var waits = [...]diagnose.Timer{
	session.NoWait:        diagnose.NoTimer,
	session.NoResponse:    diagnose.NoResponse,
	session.NoFinal:       diagnose.NoFinal,
	session.NoACK:         diagnose.NoACK,
	session.ACKLost:       diagnose.LostACK,
	session.NoRefresh:     diagnose.NoRefresh,
	session.UnseenFailure: diagnose.UnseenFailure,
	session.NoRenewal:     diagnose.NoRenewal,
	session.NoNotify:      diagnose.NoNotify,
}

var networkKinds = [wire.NumNetworkKinds]diagnose.NetworkKind{
	wire.PortUnreachable:      diagnose.PortUnreachable,
	wire.HostUnreachable:      diagnose.HostUnreachable,
	wire.NetUnreachable:       diagnose.NetUnreachable,
	wire.Prohibited:           diagnose.Prohibited,
	wire.TooBig:               diagnose.TooBig,
	wire.TimeExceeded:         diagnose.TimeExceeded,
	wire.OtherICMP:            diagnose.OtherICMP,
	wire.ConnectionRefused:    diagnose.Refused,
	wire.ConnectionReset:      diagnose.Reset,
	wire.ConnectionUnanswered: diagnose.Unanswered,
	wire.HandshakeBroken:      diagnose.TLSAlert,
	wire.HandshakeBrokenBlind: diagnose.TLSHiddenAlert,
	wire.HandshakeClosed:      diagnose.TLSClosed,
	wire.HandshakeForeign:     diagnose.TLSForeign,
	wire.HandshakeExpected:    diagnose.TLSExpected,
}

var places = [...]diagnose.Dialog{
	session.Outside:      diagnose.OutsideDialog,
	session.Inside:       diagnose.InsideDialog,
	session.UnknownPlace: diagnose.UnknownDialog,
}

// Explain implements session.Explainer.
func (x *explainer) Explain(c *session.Case) *record.Cause {
	d := &x.c
	*d = diagnose.Case{
		Hops: d.Hops[:0], Network: d.Network[:0], Tries: d.Tries[:0],
		Method: c.Method, Status: c.Status, Phrase: c.Phrase,
		Request: c.Request, Response: c.Response, Closing: c.Closing,
		Start: c.Start, End: c.End, Told: c.Told, Dialog: places[c.Place],
		Ring: c.Ring, Unreliable: diagnose.Unreliable{Repeats: c.Unreliable, PRACK: c.PRACKSeen},
		Vias: c.Vias, LowCSeq: c.LowCSeq, Crossed: c.Crossed, Glare: c.Glare, Outlived: c.Outlived,
		Src: c.Src, Dst: c.Dst, Origin: c.Origin,
		Timer: waits[c.Wait], Unseen: c.OneSided, Answers: c.Answers,
		Retry:  diagnose.Retry{Next: c.Next, Requests: c.Repeats, Within: c.Within, Wait: c.Wanted, OtherCallIDs: c.OtherCallIDs},
		Rivals: c.Rivals,
		Talk:   c.Talk, SessionInterval: c.Interval, SameBranch: c.Looped,
	}
	if x.epochs != nil && x.epochs.Differs() {
		d.ClockStep = x.epochs.Apart(c.Start, c.End) || x.epochs.Apart(c.Start, c.End-int64(c.Talk))
	}
	for _, s := range c.Way {
		d.Hops = append(d.Hops, diagnose.Hop(s))
	}
	for _, e := range c.Network {
		d.Network = append(d.Network, diagnose.NetworkEvent{Time: e.Time, Kind: networkKinds[e.Kind], From: e.From, To: e.Toward, Opener: e.Src.Addr(), Alert: e.Alert})
	}
	if diagnose.AsksTries(c.Status) {
		d.Tries = appendTries(d.Tries, c.Rounds)
	}
	return diagnose.Explain(d)
}
