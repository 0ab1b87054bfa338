package ingest

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/reassembly"
	"sipspan/record"
)

// undecided is how many bytes of a stream are searched for a first start line before the stream is ignored.
const undecided = 64 << 10

// sipStream reads one direction of a TCP connection as SIP.
type sipStream struct {
	in      *Ingest
	found   bool        // a message was found: from now on garbage is resynchronised and never ends the search
	foreign bool        // its bytes show that it is another protocol
	lost    bool        // bytes were lost since the last message
	skipped int         // bytes that belonged to no message, while found is false
	lead    lead        // the last of these
	framer  *sip.Framer // in the middle of a message; nil between messages
}

// framers are what cuts streams into messages. Most segments hold whole messages, so that most streams need no Framer of
// their own between two segments.
type framers struct {
	shared sip.Framer
	spare  []*sip.Framer
}

// maxSpareFramers bounds the Framers that are kept for use again.
const maxSpareFramers = 1024

// openSIP takes every stream: the bytes will show whether it is SIP.
func openSIP(in *Ingest, _ *reassembly.Flow, _ int64, _ []byte) streamReader {
	return &sipStream{in: in}
}

// carriesSIP reports whether a message was found in a direction.
func carriesSIP(f *reassembly.Flow) bool {
	switch s := f.User.(type) {
	case *sipStream:
		return s.found
	case *webStream:
		return s.found
	}
	return false
}

// isForeign reports whether a direction has shown that the connection is not SIP.
func isForeign(f *reassembly.Flow) bool {
	switch s := f.User.(type) {
	case *sipStream:
		return s.foreign
	case *webStream:
		return s.foreign || s.stage == stageHandshake && !s.upgrade && webOf(f.Reverse()) == nil
	}
	return false
}

// data cuts the stream into messages.
func (s *sipStream) data(f *reassembly.Flow, now int64, data []byte) int {
	framer := s.framer
	if framer == nil {
		framer = &s.in.framers.shared
		*framer = sip.Framer{}
	}
	n := s.cut(f, framer, now, data)
	if n == reassembly.Ignore {
		s.framer, s.lead.text = nil, nil
	} else {
		s.keep(framer)
	}
	return n
}

// keep keeps a Framer that is in the middle of a message, and gives it back when it no longer is.
func (s *sipStream) keep(framer *sip.Framer) {
	all, idle := &s.in.framers, framer.Idle()
	switch last := len(all.spare) - 1; {
	case s.framer == nil && !idle && last >= 0:
		s.framer, all.spare = all.spare[last], all.spare[:last]
		*s.framer = *framer
	case s.framer == nil && !idle:
		s.framer = new(sip.Framer)
		*s.framer = *framer
	case s.framer != nil && idle:
		if len(all.spare) < maxSpareFramers {
			all.spare = append(all.spare, s.framer)
		}
		s.framer = nil
	}
}

// cut cuts data into messages. It returns how much of it is done with, or reassembly.Ignore.
func (s *sipStream) cut(f *reassembly.Flow, framer *sip.Framer, now int64, data []byte) int {
	done := 0
	for done < len(data) {
		n, kind := framer.Frame(data[done:])
		switch kind {
		case sip.FrameNeed:
			if !f.Final {
				return done
			}
			f.Seq += uint32(done)
			s.last(f, now, data[done:])
			return len(data)
		case sip.FrameComplete, sip.FrameHead:
			raw := data[done : done+n]
			if !s.found && s.isQuotation(raw) {
				return reassembly.Ignore
			}
			s.found = true
			s.carried(f, f.Seq+uint32(done), n)
			flags := record.Flags(0)
			if kind == sip.FrameHead {
				flags = record.Truncated
			}
			s.message(f, now, raw, framer.CallID(raw), flags)
		case sip.FrameBody:
			s.in.account.Skipped += uint64(n)
		case sip.FrameGarbage, sip.FrameNotSIP, sip.FrameOther:
			if s.found {
				s.in.account.Skipped += uint64(n)
				if holdsHEP(data[done : done+n]) {
					s.foreign = true
					return reassembly.Ignore
				}
			} else if s.givesUp(f, kind, data[done:], n) {
				return reassembly.Ignore
			}
			if n == 0 { // the beginning of a line, which may yet become a start line
				if !f.Final {
					return done
				}
				return len(data)
			}
		}
		done += n
	}
	return done
}

// gap notes that bytes were lost.
func (s *sipStream) gap(lost int) {
	s.lost = true
	if s.framer != nil {
		s.framer.Lost(lost)
		s.keep(s.framer)
	}
}

// givesUp reports whether a stream without any message so far is to be ignored: at once when it is recognised as another
// protocol, or when its first bytes are no text; after a search where its beginning or some of it was not captured. The
// first n bytes of rest belong to no message.
func (s *sipStream) givesUp(f *reassembly.Flow, kind sip.FrameKind, rest []byte, n int) bool {
	s.skipped += n
	switch {
	case kind == sip.FrameOther, holdsHEP(rest[:n]):
		s.foreign = true
		return true
	case kind == sip.FrameNotSIP && !f.MidStream && !f.Gap:
		return len(rest) >= maxLead || f.Final
	}
	s.lead.add(rest[:n])
	return s.skipped > undecided
}

// last takes the rest of a stream that nothing can follow. A message whose body was lost is still a message; one without the
// end of its header fields is not.
func (s *sipStream) last(f *reassembly.Flow, now int64, rest []byte) {
	whole := bytes.Contains(rest, []byte("\r\n\r\n")) || bytes.Contains(rest, []byte("\n\n"))
	if whole && sip.Detect(rest) == sip.SIP {
		s.carried(f, f.Seq, len(rest))
		s.message(f, now, rest, sip.PeekCallID(rest), record.Truncated)
	}
}

// carried notes which bytes of a direction are the next message.
func (s *sipStream) carried(f *reassembly.Flow, from uint32, n int) {
	if t := s.in.trail; t != nil {
		t.span = span{flow: f, from: from, to: from + uint32(n)}
	}
}

// message delivers one framed message.
func (s *sipStream) message(f *reassembly.Flow, now int64, raw, callID []byte, flags record.Flags) {
	in := s.in
	if in.copiedMessage(f.Src, f.Dst, now, raw) {
		in.outcome.copied = true
		return
	}
	if s.lost {
		flags |= record.TCPGap
		s.lost = false
	}
	carrier := wire.TCP
	if f.Secure {
		carrier = wire.TLS
	}
	in.meta = wire.Meta{Time: now, Src: f.Src, Dst: f.Dst, Transport: carrier, Stream: f.ID, Flags: flags}
	in.message(raw, callID)
}
