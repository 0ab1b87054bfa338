package ingest

import (
	"math/bits"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// probe recognises one kind of UDP payload.
type probe struct {
	name string
	// first reports whether a payload of this kind can begin with b.
	first func(b byte) bool
	// is looks at more of a payload that begins so. It returns false if that is of another kind. Without is, first decides.
	is func(payload []byte) bool
	// take takes a payload for which is returned true. It returns false if it is of another kind nevertheless, and otherwise
	// taken, or why it was ignored. Without take, all payloads of this kind are ignored as such.
	take    func(in *Ingest, payload []byte) (Ignored, bool)
	ignored Ignored // without take
}

// probes are the kinds of UDP payloads. Those that can begin with the first byte of a payload are asked in this order. A
// payload that none of them takes is not SIP.
var probes = [...]probe{
	{name: "rtp", first: beginsRTP, ignored: IgnoredRTP},
	{name: "stun", first: beginsSTUN, is: isSTUN, ignored: IgnoredSTUN},
	{name: "hep", first: beginsHEP, is: isHEPDatagram, take: takeHEPDatagram},
	{name: "sip", first: sip.CanBegin, is: sip.MayBegin, take: takeSIP},
}

// probeSet is a set of probes, a bit each.
type probeSet uint8

// firstBytes holds what the first byte of a payload says. Nearly all packets on a SPAN port are RTP, so a packet that is not
// SIP should cost one look-up.
var firstBytes [256]firstByte

type firstByte struct {
	ignored    Ignored  // if the byte decides; taken otherwise
	candidates probeSet // the probes to ask otherwise
}

func init() {
	for b := range firstBytes {
		f := &firstBytes[b]
		f.ignored = IgnoredNotSIP
		for i := range probes {
			p := &probes[i]
			if !p.first(byte(b)) {
				continue
			}
			if p.is == nil && p.take == nil && f.candidates == 0 {
				f.ignored = p.ignored
				break
			}
			f.ignored = taken
			f.candidates |= 1 << i
		}
	}
}

// next returns the first probe of a set whose kind a payload seems to be of, and those after it; nil if there is none.
func (s probeSet) next(payload []byte) (*probe, probeSet) {
	for ; s != 0; s &= s - 1 {
		if p := &probes[bits.TrailingZeros8(uint8(s))]; p.is == nil || p.is(payload) {
			return p, s & (s - 1)
		}
	}
	return nil, 0
}

// ignorable reports whether a payload is to be ignored, and why, as far as the payload alone shows it. It is false of an empty
// one.
func ignorable(payload []byte) (why Ignored, ok bool) {
	if len(payload) == 0 {
		return IgnoredEmpty, false
	}
	f := &firstBytes[payload[0]]
	if f.ignored != taken {
		return f.ignored, true
	}
	switch p, _ := f.candidates.next(payload); {
	case p == nil:
		return IgnoredNotSIP, true
	case p.take == nil:
		return p.ignored, true
	}
	return taken, false
}

// datagram gives a UDP payload to the first probe that takes it.
func (in *Ingest) datagram(payload []byte) Ignored {
	if len(payload) == 0 {
		return IgnoredEmpty
	}
	f := &firstBytes[payload[0]]
	if f.ignored != taken {
		return f.ignored
	}
	for p, rest := f.candidates.next(payload); p != nil; p, rest = rest.next(payload) {
		if p.take == nil {
			return p.ignored
		}
		if why, ok := p.take(in, payload); ok {
			return why
		}
	}
	return IgnoredNotSIP
}

// beginsRTP knows version 2 of RTP and RTCP (RFC 3550 sections 5.1 and 6.4.1), which no text begins with.
func beginsRTP(b byte) bool { return b>>6 == 2 }

// beginsSTUN knows the two zero bits and the methods in use (RFC 8489 section 5).
func beginsSTUN(b byte) bool { return b < 4 }

// isSTUN recognises the rest of the fixed header: a length in whole words, the magic cookie.
func isSTUN(b []byte) bool {
	return len(b) >= 20 && b[3]&3 == 0 && b[4] == 0x21 && b[5] == 0x12 && b[6] == 0xa4 && b[7] == 0x42
}

// takeSIP delivers a SIP message. What is meant as SIP but has a broken start line is delivered, too, so that it is decoded
// and counted by what is wrong with it; its packet is ignored nevertheless.
func takeSIP(in *Ingest, payload []byte) (Ignored, bool) {
	kind, callID := sip.Peek(payload)
	why := taken
	switch kind {
	case sip.SIP:
	case sip.Malformed:
		why = IgnoredMalformedSIP
	case sip.KeepAlive:
		return IgnoredKeepAlive, true
	default:
		return IgnoredNotSIP, false
	}
	if in.copied(ofDatagram, payload) {
		if in.trail != nil {
			in.trail.again(string(callID), in.at)
		}
		return IgnoredDuplicate, true
	}
	if in.spares && in.isCopy(in.spare, ofDatagram, payload) {
		return leftOut, true
	}
	if kind == sip.Malformed {
		in.carried = 0
	}
	in.meta = wire.Meta{Time: in.at, Src: in.pkt.Src, Dst: in.pkt.Dst, Transport: wire.UDP, Packet: in.number}
	if in.pkt.Missing > 0 {
		in.meta.Flags = record.Truncated
	}
	in.message(payload, callID)
	return why, true
}
