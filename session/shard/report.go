package shard

import (
	"net/netip"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/link"
)

// Report hands the correlator a fact about a session of a Call-ID.
func (s *Shard) Report(callID string, call link.ID, at int64, f link.Fact) {
	s.Sink.Announce(max(at, s.Now), link.Announcement{CallID: callID, Call: call, Time: at, Fact: f})
}

// NextID returns the ID of a session that is going to be announced: the time, so that none comes twice after a restart
// either, or where that was given out, the next number.
func (s *Shard) NextID() link.ID {
	s.lastID = max(s.lastID+1, link.ID(s.Now))
	return s.lastID
}

// PeersOf returns the groups of both ends of a way.
func (s *Shard) PeersOf(from, to netip.AddrPort) record.Peers {
	return s.Peers.Between(from.Addr(), to.Addr())
}

// Say returns the next signal, which is the same memory each time: its receiver copies it.
func (s *Shard) Say(kind record.SignalKind) *record.Signal {
	s.saying = record.Signal{Kind: kind}
	return &s.saying
}

// Signal hands on what has happened at a time.
func (s *Shard) Signal(at int64, what *record.Signal) {
	what.Time = max(at, s.Now)
	s.Sink.Signal(what)
}

// SignalLink reports that the network could not deliver. Events that concern all trackers are reported by each of them; the
// correlator takes them for one. What happens every day is no such event.
func (s *Shard) SignalLink(e *wire.NetworkEvent) {
	if s.Watched && !e.IsOrderly() {
		down := s.Say(record.SignalLinkDown)
		down.Src, down.Dst, down.Status = e.Src, e.Dst, int(e.Kind)
		down.From, down.To = s.Peers.Of(e.Src.Addr()), s.Peers.Of(e.Dst.Addr())
		s.Signal(e.Time, down)
	}
}

// Header makes the members that every record has.
func (s *Shard) Header(kind record.Kind, callID string, start, end int64, method string, cseq uint32) record.Header {
	return record.Header{
		ID:     record.ID(kind, callID, start, method, cseq),
		Sensor: s.Config.Sensor,
		Start:  start,
		End:    end,
		CallID: callID,
	}
}

// TimeoutCause returns the cause of a request without a final response in time.
func TimeoutCause(timer string) *record.Cause {
	text := "no final response within Timer F"
	switch timer {
	case "timer_b":
		text = "no response within Timer B"
	case "timer_c":
		text = "no final response within Timer C after the last provisional one"
	}
	return &record.Cause{Source: "timeout", Code: timer, Text: text}
}

// Emit hands on a record. Times that run backwards in the capture do not run backwards for the sink.
func (s *Shard) Emit(at int64, r record.Record) { s.Sink.Emit(max(at, s.Now), r) }
