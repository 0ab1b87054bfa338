package transaction

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

// View is a message with what nearly every step asks of it, parsed once.
type View struct {
	Meta    *wire.Meta
	Message *sip.Message
	At      int64

	Correlation []byte // what the capture agent names as common to all messages of the conversation; nil where it names nothing

	CSeq           uint32
	Method         sip.Method // of the transaction: INVITE for ACK and CANCEL too
	FromTag, ToTag []byte
	Sender         uint64 // who sent the request: a hash of the From tag, or of the From URI where there is none
	Via            uint64 // a hash of branch and sent-by of the top Via
	Cookie         bool   // the branch alone distinguishes transactions
	Late           bool   // it was held as long as that is worth it
}

// Read parses a message, which is borrowed as long as the view is used. It has no Correlation.
func (v *View) Read(meta *wire.Meta, m *sip.Message) {
	v.Meta, v.Message, v.At, v.Correlation = meta, m, meta.Time, nil
	v.CSeq, _, _ = m.CSeq()
	v.Method = m.Method
	if v.Method == sip.ACK || v.Method == sip.CANCEL {
		v.Method = sip.INVITE
	}
	v.FromTag, v.ToTag = m.FromTag(), m.ToTag()
	if len(v.FromTag) > 0 {
		v.Sender = xxhash.Sum64(v.FromTag)
	} else {
		v.Sender = xxhash.Sum64(m.From().URI)
	}
	via, _ := m.TopVia()
	v.Via, v.Cookie = hashVia(&via), via.HasCookie()
}

// hashVia returns a hash of what distinguishes transactions in a Via: branch, host in any case, and port.
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

// Vias returns how many hops the message has come.
func (v *View) Vias() int {
	n := 0
	for i := v.Message.First(sip.HeaderVia); i >= 0; i = v.Message.Next(i) {
		list := v.Message.Value(i)
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

// Agent returns what names the software of the sender.
func (v *View) Agent() []byte {
	if v.Message.Request {
		return v.Message.Header(sip.HeaderUserAgent)
	}
	if s := v.Message.Header(sip.HeaderServer); len(s) > 0 {
		return s
	}
	return v.Message.Header(sip.HeaderUserAgent)
}

// Seconds reads a header field that holds a number of seconds, -1 if it is absent or holds none.
func (v *View) Seconds(id sip.HeaderID) int { return value.Seconds(v.Message.Header(id)) }

// BodyHash returns a hash of the body of a message.
func BodyHash(v *View) uint64 { return xxhash.Sum64(v.Message.Body()) }

// BodySize returns how large the body of a message is, -1 when that is not known: the capture cut it off, and no
// Content-Length gives.
func (v *View) BodySize() int {
	there := len(v.Message.Body())
	if v.Meta.Flags&record.Truncated == 0 {
		return there
	}
	if n, ok := v.Message.ContentLength(); ok {
		return n
	}
	return -1
}

// Source returns who sent the request of a message, or the one that it answers.
func (v *View) Source() netip.AddrPort {
	if v.Message.Request {
		return v.Meta.Src
	}
	return v.Meta.Dst
}
