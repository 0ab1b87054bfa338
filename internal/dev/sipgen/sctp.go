package sipgen

import (
	"encoding/binary"
	"time"

	"sipspan/capture/pcapwrite"
)

// SCTPOptions are those of a step over SCTP.
type SCTPOptions struct {
	Chunks      []int // bytes of the first fragments of the message, the rest goes into one more; each in a packet of its own
	Bundle      bool  // all of them in one packet, after an acknowledgement
	Stream      int   // of the message
	Unordered   bool
	Interleaved bool // of the first step: user data goes in I-DATA chunks
	InUDP       bool // the packets are in UDP (RFC 6951)
	Abort       int  // an ABORT with this cause follows
	Shutdown    bool // a SHUTDOWN follows
}

// sctp returns the IP packets of a step over SCTP, with the handshake in front of the first.
func (r *runner) sctp(s *Step) (packets [][]byte) {
	key := connectionOf(s)
	a := r.associations[key]
	if a == nil {
		a = pcapwrite.NewAssociation(s.From, s.To, uint32(len(r.associations)+1))
		a.Interleaved = s.Options.Interleaved
		r.associations[key] = a
	}
	if s.Options.SYN || s.Options.Refused {
		packets = append(packets, r.chunks(s, a.Init()))
		if s.Options.Refused {
			packets = append(packets, r.chunks(s, a.Refuse()))
		}
		delete(r.associations, key)
		return packets
	}
	if s.Options.MidStream {
		a.Resume()
	}
	for i, p := range a.Open() {
		at := r.flow.Start.UnixNano() + int64(s.At) - int64(4-i)*int64(100*time.Microsecond)
		r.emit(s, at, [][]byte{r.chunks(s, p)})
	}
	o := &s.Options
	var list [][]byte
	if o.Bundle {
		list = append(list, a.Acknowledge(s.From))
	}
	if len(s.Payload) > 0 {
		list = append(list, a.Send(s.From, s.Payload, pcapwrite.Message{Stream: uint16(o.Stream), Unordered: o.Unordered, Sizes: o.Chunks})...)
	}
	if o.Abort != 0 {
		cause := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, uint16(o.Abort)), 4)
		list = append(list, pcapwrite.Chunk(pcapwrite.Abort, 0, cause))
	}
	if o.Shutdown {
		list = append(list, pcapwrite.Chunk(pcapwrite.Shutdown, 0, make([]byte, 4)))
	}
	if o.Bundle {
		return [][]byte{r.chunks(s, a.Bundle(s.From, list...))}
	}
	for _, c := range list {
		packets = append(packets, r.chunks(s, a.Bundle(s.From, c)))
	}
	return packets
}

// chunks returns the IP packet of an SCTP packet.
func (r *runner) chunks(s *Step, p pcapwrite.SCTPPacket) []byte {
	if !s.Options.InUDP {
		return r.ip(p.From.Addr(), p.To.Addr(), p.Chunks, p.Header)
	}
	inner := pcapwrite.Build(p.Chunks, p.Header)
	return r.ip(p.From.Addr(), p.To.Addr(), inner, pcapwrite.UDP{Src: pcapwrite.SCTPPort, Dst: pcapwrite.SCTPPort})
}
