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
	// take takes a payload that begins so. It returns false if it is of another kind, and otherwise taken, or why it was
	// ignored. It is nil if every payload that begins so is of this kind and is ignored as such.
	take    func(in *Ingest, payload []byte) (Ignored, bool)
	ignored Ignored // without take
}

// probes are the kinds of UDP payloads. Those that can begin with the first byte of a payload are asked in this order. A
// payload that none of them takes is not SIP.
var probes = [...]probe{
	{name: "rtp", first: beginsRTP, ignored: IgnoredRTP},
	{name: "stun", first: beginsSTUN, take: takeSTUN},
	{name: "sip", first: beginsSIP, take: takeSIP},
}

// firstBytes holds what the first byte of a payload says. Nearly all packets on a SPAN port are RTP, so a packet that is not
// SIP should cost one look-up.
var firstBytes [256]firstByte

type firstByte struct {
	ignored    Ignored // if the byte decides; taken otherwise
	candidates uint8   // the probes to ask otherwise, a bit each
}

func init() {
	for b := range firstBytes {
		f := &firstBytes[b]
		f.ignored = IgnoredNotSIP
		for i, p := range probes {
			if !p.first(byte(b)) {
				continue
			}
			if p.take == nil && f.candidates == 0 {
				f.ignored = p.ignored
				break
			}
			f.ignored = taken
			f.candidates |= 1 << i
		}
	}
}

// decides reports whether the first byte of a payload says why it is ignored. It is false of an empty one.
func decides(payload []byte) (why Ignored, ok bool) {
	if len(payload) == 0 {
		return IgnoredEmpty, false
	}
	why = firstBytes[payload[0]].ignored
	return why, why != taken
}

// datagram gives a UDP payload to the first probe that takes it.
func (in *Ingest) datagram(payload []byte) Ignored {
	if len(payload) == 0 {
		return IgnoredEmpty
	}
	if why, ok := decides(payload); ok {
		return why
	}
	for set := firstBytes[payload[0]].candidates; set != 0; set &= set - 1 {
		p := &probes[bits.TrailingZeros8(set)]
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

// beginsSTUN knows the two zero bits and the four classes of the methods in use (RFC 8489 section 5).
func beginsSTUN(b byte) bool { return b < 4 }

// takeSTUN recognises the rest of the fixed header: a length in whole words, the magic cookie.
func takeSTUN(_ *Ingest, b []byte) (Ignored, bool) {
	ok := len(b) >= 20 && b[3]&3 == 0 && b[4] == 0x21 && b[5] == 0x12 && b[6] == 0xa4 && b[7] == 0x42
	return IgnoredSTUN, ok
}

// beginsSIP knows letters and the other bytes of a method, and what keep-alives and early line breaks begin with.
func beginsSIP(b byte) bool { return sip.CanBegin(b) }

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
		return IgnoredDuplicate, true
	}
	in.meta = wire.Meta{Time: in.at, Src: in.pkt.Src, Dst: in.pkt.Dst, Transport: wire.UDP, Packet: in.number}
	if in.pkt.Missing > 0 {
		in.meta.Flags = record.Truncated
	}
	in.message(payload, callID)
	return why, true
}
