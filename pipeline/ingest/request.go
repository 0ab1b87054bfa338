package ingest

import (
	"bytes"
	"time"

	"sipspan/capture"
	"sipspan/decode/sip"
	"sipspan/internal/packet"
)

// maxRequest is how much of a request is kept, enough for its Call-ID and CSeq.
const maxRequest = 1 << 10

// request is the beginning of the last message, if that was a request: what a response after a pause may answer.
type request struct{ text []byte }

var status = []byte("SIP/2.0 ")

// remember keeps a message if it is a request.
func (r *request) remember(raw []byte) {
	r.text = r.text[:0]
	if !bytes.HasPrefix(raw, status) {
		r.text = append(r.text, raw[:min(len(raw), maxRequest)]...)
	}
}

// isAnswered reports whether m is the response to it.
func (r *request) isAnswered(m *sip.Message) bool {
	var asked sip.Message
	_ = asked.Parse(r.text) // its end is most often missing
	cseq, method, ok := m.CSeq()
	n, same, known := asked.CSeq()
	return ok && known && cseq == n && method == same && bytes.Equal(m.CallID(), asked.CallID())
}

// patience is how long the sender of a request waits for a response: 64 times T1 (RFC 3261 section 17.1).
const patience = 32 * time.Second

// NoPause reports whether f shows that the time passed cannot lie between it and the frames before. That is so when it holds
// the response to the last message before it, and one that cannot have taken so long: the sender of a request other than
// INVITE gives up before, and 100 Trying comes at once. Any other response may precede its request, as where the directions
// of a link are captured out of step.
func (in *Ingest) NoPause(f *capture.Frame, passed time.Duration) bool {
	if passed <= patience {
		return false
	}
	var m sip.Message
	switch in.other.Walk(uint16(f.Link), f.Data) {
	case packet.VerdictUDP, packet.VerdictTCP:
	default:
		return false
	}
	if sip.Detect(in.other.Payload) != sip.SIP || m.Parse(in.other.Payload) != nil || m.Request {
		return false
	}
	return (m.Method != sip.INVITE || m.Status == 100 || in.account.Packets == 1) && in.request.isAnswered(&m)
}
