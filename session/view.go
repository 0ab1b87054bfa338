package session

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/cespare/xxhash/v2"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/value"
)

// view is a message with what nearly every step asks of it, parsed once.
type view struct {
	meta *wire.Meta
	m    *sip.Message
	at   int64

	cseq           uint32
	method         sip.Method // of the transaction: INVITE for ACK and CANCEL too
	fromTag, toTag []byte
	sender         uint64 // who sent the request: a hash of the From tag, or of the From URI where there is none
	via            uint64 // a hash of branch and sent-by of the top Via
	cookie         bool   // the branch alone tells transactions apart
	late           bool   // it was held as long as that is worth it
}

func (v *view) read(meta *wire.Meta, m *sip.Message) {
	v.meta, v.m, v.at = meta, m, meta.Time
	v.cseq, _, _ = m.CSeq()
	v.method = m.Method
	if v.method == sip.ACK || v.method == sip.CANCEL {
		v.method = sip.INVITE
	}
	v.fromTag, v.toTag = m.FromTag(), m.ToTag()
	if len(v.fromTag) > 0 {
		v.sender = xxhash.Sum64(v.fromTag)
	} else {
		v.sender = xxhash.Sum64(m.From().URI)
	}
	via, _ := m.TopVia()
	v.via, v.cookie = hashVia(&via), via.HasCookie()
}

// hashVia returns a hash of what tells transactions apart in a Via: branch, host in any case, and port.
func hashVia(via *sip.Via) uint64 {
	const (
		mix   = 0x9e3779b97f4a7c15
		lower = 0x2020202020202020
	)
	h, host := uint64(via.Port), via.Host
	for ; len(host) >= 8; host = host[8:] {
		h = (bits.RotateLeft64(h, 29) ^ (binary.LittleEndian.Uint64(host) | lower)) * mix
	}
	rest := uint64(0)
	for _, c := range host {
		rest = rest<<8 | uint64(c|0x20)
	}
	return (bits.RotateLeft64(h, 29)^rest)*mix ^ xxhash.Sum64(via.Branch)
}

// vias returns how many hops the message has come.
func (v *view) vias() int {
	n := 0
	for i := v.m.First(sip.HeaderVia); i >= 0; i = v.m.Next(i) {
		list := v.m.Value(i)
		if bytes.IndexByte(list, ',') < 0 {
			n++
			continue
		}
		for ; len(list) > 0; n++ {
			_, list = sip.NextValue(list)
		}
	}
	return n
}

// agent returns what names the software of the sender.
func (v *view) agent() []byte {
	if v.m.Request {
		return v.m.Header(sip.HeaderUserAgent)
	}
	if s := v.m.Header(sip.HeaderServer); len(s) > 0 {
		return s
	}
	return v.m.Header(sip.HeaderUserAgent)
}

// seconds reads a header field that holds a number of seconds, -1 if it is absent or holds none.
func (v *view) seconds(id sip.HeaderID) int { return value.Seconds(v.m.Header(id)) }

func bodyHash(v *view) uint64 { return xxhash.Sum64(v.m.Body()) }

// bodySize returns how large the body of a message is, -1 when that is not known: the capture cut it off, and no
// Content-Length says.
func (v *view) bodySize() int {
	there := len(v.m.Body())
	if v.meta.Flags&record.Truncated == 0 {
		return there
	}
	if n, ok := v.m.ContentLength(); ok {
		return n
	}
	return -1
}

// source returns who sent the request of a message, or the one that it answers.
func (v *view) source() netip.AddrPort {
	if v.m.Request {
		return v.meta.Src
	}
	return v.meta.Dst
}
