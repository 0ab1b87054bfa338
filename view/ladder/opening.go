package ladder

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/view/plain"
)

// Opening returns what the messages of one Call-ID, in the order of capture, show of a call that goes on: who calls whom, since when, and
// how it was answered. It returns nil unless the INVITE that opened the call is among them.
func Opening(messages []Message) *record.Call {
	var call *record.Call
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
			call = &record.Call{Disposition: record.InProgress, From: partyOf(p.From()), To: partyOf(p.To()), Messages: len(messages)}
			call.CallID, call.Start, call.End = m.CallID, m.Time, messages[len(messages)-1].Time
			call.ID = record.ID(record.KindCall, m.CallID, m.Time, sip.INVITE.String(), cseq)
			call.RequestURI = plain.Clean(p.RequestURI(), maxLong)
			call.Caller = record.Endpoint{Addr: m.Src.String(), UserAgent: plain.Clean(p.Header(sip.HeaderUserAgent), maxName)}
			call.Hops = []record.Hop{{Src: m.Src.String(), Dst: m.Dst.String(), Transport: m.Transport}}
		case call != nil && !p.Request && p.Status/100 == 2 && call.Status == 0 && m.Dst.String() == call.Caller.Addr:
			call.Status, call.Reason = p.Status, plain.Clean(p.ReasonPhrase(), maxLabel)
			call.Hops[0].Status = p.Status
			call.Setup = record.Elapsed{D: time.Duration(m.Time - call.Start), Known: m.Time >= call.Start}
		}
	}
	return call
}

func partyOf(a sip.Address) record.Party {
	return record.Party{URI: plain.Clean(a.URI, maxLong), Display: plain.Clean(a.Display, maxName), Tag: plain.Clean(a.Tag(), maxName)}
}
