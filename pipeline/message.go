package pipeline

import (
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// datagram takes the UDP payload in hand to a worker when it reads as SIP. It returns taken when it did, and
// otherwise why not.
func (r *reader) datagram(number uint64) Ignored {
	payload := r.pkt.Payload
	if len(payload) == 0 {
		return IgnoredEmpty
	}
	if payload[0]>>6 == 2 { // RTP and RTCP version 2: nearly everything on a SPAN port
		return IgnoredRTP
	}
	meta := wire.Meta{
		Time: r.at, Src: r.pkt.Src, Dst: r.pkt.Dst, Transport: wire.UDP, Packet: number, Flags: r.captured,
	}
	if r.pkt.Missing > 0 {
		meta.Flags |= record.Truncated
	}
	switch kind, callID := sip.Peek(payload); kind {
	case sip.SIP:
		if r.copied(copiedDatagram, payload) {
			return IgnoredDuplicate
		}
		r.message(&meta, payload, callID)
		return taken
	case sip.Malformed:
		if r.copied(copiedDatagram, payload) {
			return IgnoredDuplicate
		}
		r.message(&meta, payload, callID) // the decoder says what is wrong, and the tracker counts it
		return IgnoredMalformedSIP
	case sip.KeepAlive:
		return IgnoredKeepAlive
	}
	if isSTUN(payload) {
		return IgnoredSTUN
	}
	return IgnoredNotSIP
}

// isSTUN recognises the fixed header of RFC 8489 section 5: two zero bits, a length in whole words, the magic cookie.
func isSTUN(b []byte) bool {
	return len(b) >= 20 && b[0] < 4 && b[3]&3 == 0 && b[4] == 0x21 && b[5] == 0x12 && b[6] == 0xa4 && b[7] == 0x42
}

// message copies a SIP message into the batch of the worker that tracks its Call-ID.
func (r *reader) message(meta *wire.Meta, raw, callID []byte) {
	hash := wire.HashCallID(callID)
	shard := wire.ShardOf(hash)
	o := &r.out[int(shard)%len(r.out)]
	if !o.take(r.id, len(raw), r.clock, !r.live) {
		r.dropped = true
		return
	}
	r.note()
	r.probation.remember(raw)
	it := o.cur.add(raw)
	it.meta, it.callID, it.shard = *meta, hash, shard
	r.sent = true
	r.sinceSync++
}
