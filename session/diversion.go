package session

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/record"
)

// diversionReasons are the reasons of Diversion (RFC 5806 section 4) that are services.
var diversionReasons = []struct {
	reason  string
	service record.Service
}{
	{"user-busy", record.ForwardBusy},
	{"no-answer", record.ForwardNoAnswer},
	{"unconditional", record.ForwardUnconditional},
	{"do-not-disturb", record.ForwardUnconditional},
	{"time-of-day", record.ForwardUnconditional},
	{"away", record.ForwardUnconditional},
	{"deflection", record.CallDeflection},
	{"follow-me", record.FindMe},
}

// diversionCauses are the causes of RFC 4458 section 2, which History-Info has in its URIs (RFC 7131), and which the
// Reason of an entry has when a response was the reason (RFC 7044).
var diversionCauses = []struct {
	cause   string
	service record.Service
}{
	{"302", record.ForwardUnconditional},
	{"486", record.ForwardBusy},
	{"408", record.ForwardNoAnswer},
	{"480", record.CallDeflection},
	{"487", record.CallDeflection},
}

// observeDiversion takes what an INVITE says of forwards on its way.
func (c *call) observeDiversion(v *view) {
	if v.m.First(sip.HeaderDiversion) >= 0 {
		c.readDiversion(v)
	}
	if v.m.First(sip.HeaderHistoryInfo) >= 0 {
		c.readHistory(v)
	}
}

func (c *call) readDiversion(v *view) {
	for i := v.m.First(sip.HeaderDiversion); i >= 0; i = v.m.Next(i) {
		for list := v.m.Value(i); len(list) > 0; {
			var a sip.Address
			a, list = sip.NextAddress(list)
			if n, ok := reasonOf(a); ok && !c.noted(diversionReasons[n].service) {
				c.note(diversionReasons[n].service, v.at, "INVITE with Diversion, reason ", diversionReasons[n].reason)
			}
		}
	}
}

// diversionReason returns the service that the first Diversion of a response tells.
func diversionReason(v *view) (s record.Service, ok bool) {
	a, _ := sip.NextAddress(v.m.Header(sip.HeaderDiversion))
	n, ok := reasonOf(a)
	if !ok {
		return 0, false
	}
	return diversionReasons[n].service, true
}

func reasonOf(a sip.Address) (n int, ok bool) {
	reason := a.Param("reason")
	if len(reason) == 0 {
		return 0, false
	}
	for n := range diversionReasons {
		if bytes.EqualFold(reason, []byte(diversionReasons[n].reason)) {
			return n, true
		}
	}
	return 0, false
}

// readHistory reads History-Info. A cause in the URI of an entry says why the entry was made; a Reason in it says what
// became of the try, which led to a forward when a later entry is for another user ("mp").
func (c *call) readHistory(v *view) {
	failed := -1
	for i := v.m.First(sip.HeaderHistoryInfo); i >= 0; i = v.m.Next(i) {
		for list := v.m.Value(i); len(list) > 0; {
			var a sip.Address
			a, list = sip.NextAddress(list)
			u, _ := sip.ParseURI(a.URI)
			if n := causeNumber(u.Param("cause")); n >= 0 {
				c.noteCause(n, v.at, withHistory)
			}
			if _, mapped := sip.Param(a.Params, "mp"); mapped && failed >= 0 {
				c.noteCause(failed, v.at, withHistory)
			}
			// The Reason stands in the URI with its separators escaped: ?Reason=SIP%3Bcause%3D486.
			if j := bytes.Index(u.Headers, []byte("cause%3")); j >= 0 && j+len("cause%3D486") <= len(u.Headers) && bytes.Contains(u.Headers[:j], []byte("SIP")) {
				j += len("cause%3D")
				failed = causeNumber(u.Headers[j : j+3])
				switch {
				case failed < 0:
				case diversionCauses[failed].service == record.CallDeflection: // 480 and 487 are responses here
					failed = -1
				case diversionCauses[failed].service == record.ForwardUnconditional && c.redirected != 0: // the 302 itself was seen
					failed = -1
				}
			}
		}
	}
}

const withHistory = "INVITE with History-Info,"

func causeNumber(cause []byte) int {
	for n := range diversionCauses {
		if string(cause) == diversionCauses[n].cause {
			return n
		}
	}
	return -1
}

var causeParam = []byte(";cause=")

// causeIn returns the number of the cause in a URI, -1 if it has none that is a service: RFC 4458 lets whoever diverts a
// call to a service tell that by the Request-URI.
func causeIn(uri []byte) int {
	if !bytes.Contains(uri, causeParam) {
		return -1
	}
	u, _ := sip.ParseURI(uri)
	return causeNumber(u.Param("cause"))
}

// noteCause notes the service that a cause tells; what names the message that has it.
func (c *call) noteCause(n int, at int64, what string) {
	if s := diversionCauses[n].service; !c.noted(s) {
		c.note(s, at, what, " cause ", diversionCauses[n].cause)
	}
}
