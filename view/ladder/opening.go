package ladder

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/view/plain"
)

// Opening returns what the messages of one Call-ID, in the order of capture, show of a call that goes on: who calls whom, since when, and
// how its last INVITE was answered. It returns nil unless the INVITE that opened the call is among them.
func Opening(messages []Message) *record.Call {
	var call *record.Call
	var latest uint32 // CSeq number of the INVITE that is tried
	var p sip.Message
	for i := range messages {
		m := &messages[i]
		if m.Copy || p.Parse(m.Raw) != nil {
			continue
		}
		cseq, method, _ := p.CSeq()
		switch {
		case method != sip.INVITE:
		case call == nil && p.Request && p.ToTag() == nil:
			latest = cseq
			call = &record.Call{Disposition: record.InProgress, From: partyOf(p.From()), To: partyOf(p.To()), Messages: len(messages)}
			call.CallID, call.Start, call.End = m.CallID, m.Time, messages[len(messages)-1].Time
			call.ID = record.ID(record.KindCall, m.CallID, m.Time, sip.INVITE.String(), cseq)
			call.RequestURI = plain.Clean(p.RequestURI(), maxLong)
			call.Caller = record.Endpoint{Addr: m.Src.String(), UserAgent: plain.Clean(p.Header(sip.HeaderUserAgent), maxName)}
			call.Hops = []record.Hop{{Src: m.Src.String(), Dst: m.Dst.String(), Transport: m.Transport}}
		case call == nil || call.Status/100 == 2:
		case p.Request && p.ToTag() == nil && cseq > latest && m.Src.String() == call.Caller.Addr:
			latest = cseq
			answer(call, 0, "")
		case !p.Request && cseq == latest && p.Status >= 200 && m.Dst.String() == call.Caller.Addr:
			answer(call, p.Status, plain.Clean(p.ReasonPhrase(), maxLabel))
			if p.Status/100 == 2 {
				call.Setup = record.Elapsed{D: time.Duration(m.Time - call.Start), Known: m.Time >= call.Start}
			}
		}
	}
	return call
}

// answer notes the final response to the INVITE that is tried, 0 when there is none yet.
func answer(call *record.Call, status int, reason string) {
	call.Status, call.Reason, call.Hops[0].Status = status, reason, status
}

func partyOf(a sip.Address) record.Party {
	return record.Party{URI: plain.Clean(a.URI, maxLong), Display: plain.Clean(a.Display, maxName), Tag: plain.Clean(a.Tag(), maxName)}
}
