package session

import (
	"bytes"

	"sipspan/decode/sip"
)

// view is a message with what nearly every step asks of it, parsed once.
type view struct {
	meta *Meta
	m    *sip.Message
	at   int64

	cseq           uint32
	method         sip.Method // of the transaction: INVITE for ACK and CANCEL too
	fromTag, toTag []byte
	sender         []byte // who sent the request: the From tag, or the From URI where there is none

	// Of the top Via.
	host, branch []byte
	port         int
	cookie       bool // the branch alone tells transactions apart
}

func (v *view) read(meta *Meta, m *sip.Message) {
	v.meta, v.m, v.at = meta, m, meta.Time
	v.cseq, _, _ = m.CSeq()
	v.method = m.Method
	if v.method == sip.ACK || v.method == sip.CANCEL {
		v.method = sip.INVITE
	}
	v.fromTag, v.toTag = m.FromTag(), m.ToTag()
	v.sender = clip(v.fromTag)
	if len(v.sender) == 0 {
		v.sender = clip(m.From().URI)
	}
	via, _ := m.TopVia()
	v.host, v.branch, v.port, v.cookie = clip(via.Host), clip(via.Branch), via.Port, via.HasCookie()
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
func (v *view) seconds(id sip.HeaderID) int { return parseSeconds(v.m.Header(id)) }

// parseSeconds reads the digits at the start of b, at most 2^32-1 of them (RFC 3261 section 20.19), and returns -1 when there are none.
func parseSeconds(b []byte) int {
	n, digits := 0, 0
	for digits < len(b) && b[digits]-'0' <= 9 {
		n = min(n*10+int(b[digits]-'0'), 1<<32-1)
		digits++
	}
	if digits == 0 {
		return -1
	}
	return n
}
