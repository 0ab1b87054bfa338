package diagnose

import (
	"fmt"
	"strings"
	"time"

	"sipspan/session/evidence"
)

var timeoutTable = []Diagnosis{
	{"timeout_invite", Timeout, "an INVITE without any response within Timer B",
		"INVITE got no response at all from {to}{within}", "check that {to} is up, that it is the right next hop, and that no firewall drops SIP between them"},
	{"timeout_register", Timeout, "a REGISTER without any response within Timer F",
		"REGISTER got no response at all from {to}{within}, so the device does not know whether it is registered", "check that the registrar {to} is up and reachable for the device"},
	{"timeout_bye", Timeout, "a BYE without any response within Timer F",
		"BYE got no response from {to}{within}, so the other side may still believe in the call",
		"check Contact and Record-Route of the call and whether the other side is still reachable"},
	{"timeout_cancel", Timeout, "a CANCEL without any response within Timer F",
		"CANCEL got no response from {to}{within}, so the phone may go on ringing", "check that {to} is still reachable"},
	{"timeout_notify", Timeout, "a NOTIFY without any response within Timer F",
		"NOTIFY got no response from {to}{within}, so the notifier may end the subscription", "check that the subscriber's Contact is reachable for the notifier"},
	{"timeout_request", Timeout, "any other request without any response within Timer F",
		"{method} got no response at all from {to}{within}", "check that {to} is up, that it is the right next hop, and that no firewall drops SIP between them"},
	{"timeout_unseen", Timeout, "a request over UDP without any response that its sender did not repeat",
		"{method} to {to} got no response that was captured, but its sender did not repeat it, so there probably was one",
		"mirror both directions to the capturing interface"},
	{"timeout_far_hop", Timeout, "a request that was passed on and got no response at the last hop seen, and none from further on",
		"{method} got no answer from {to}, {hops} hops away", "check that {to} is up and reachable for the proxy in front of it"},
	{"timeout_window", Timeout, "a request over TCP without a final response, and a receive window of the peer that was closed for a second or more and not opened again before the end",
		"{method} got no final response from {to}{within}: {to} had closed its TCP window for at least {closed}, so it did not read what was sent to it",
		"look at {to} for a process that hangs or is overloaded"},
	{"timeout_no_final", Timeout, "provisional responses and then nothing within Timer C",
		"{method} got {answers} but no final response from {to}{within}",
		"look behind {to} for what lost its connection"},
	{"timeout_no_ack", Timeout, "a 2xx to an INVITE that nobody acknowledged",
		"{method} was answered but no ACK arrived, so the side that answered may end the call after 32 s",
		"check that the caller can reach Contact and Record-Route of the answer, and the SIP ALG of routers on the way"},
	{"timeout_ack_lost", Timeout, "a 2xx to an INVITE that was repeated although it was acknowledged",
		"{method} was answered and acknowledged, but the ACK did not arrive, so the side that answered may end the call after 32 s",
		"look behind the last hop that the ACK was seen on, and at the ACK's Request-URI"},
	{"session_expired", Timeout, "a session that was not refreshed within Session-Expires (RFC 4028)",
		"The call was ended because nobody refreshed the session within {interval}",
		"find the side that should refresh and why its re-INVITE or UPDATE did not come through"},
	{"failure_unseen", SIP, "an ACK with the branch of its INVITE (RFC 3261 section 17.1.1.3) whose response was not captured, or was malformed",
		"{method} failed at {origin}, as the ACK says, but the response that said why was not captured or could not be read",
		"see whether the capture loses packets, and whether `malformed` in the totals counts what {origin} sends"},
	{"not_renewed", Timeout, "a registration or subscription that ran out",
		"{method} of {from} at {to} was not renewed within {interval} and ran out", "check whether {from} is still up and reaches {to}"},
	{"timeout_no_notify", Timeout, "a 2xx to a SUBSCRIBE that no NOTIFY follows within Timer N, where NOTIFYs would have been captured",
		"SUBSCRIBE of {from} was accepted by {to} but no NOTIFY came within {interval}, so the subscription failed",
		"check whether {to} can send to the Contact of {from}, and what it logs about the subscription"},
}

// timeout reads what was waited for in vain.
func (v *view) timeout() *finding {
	c := v.c
	if c.Wait == evidence.NoWait {
		return nil
	}
	f := &finding{values: map[string]string{"to": to(c.Dst, c.Dst), "within": v.within(), "from": orElse(v.sender(), "the device")}}
	switch c.Wait {
	case evidence.NoResponse:
		v.noResponse(f)
	case evidence.NoFinal:
		f.id, f.code, f.text = "timeout_no_final", "timer_c", "no final response"
		if c.Method != "INVITE" {
			f.code = "timer_f"
		}
		f.values["answers"] = ringing(c.Answers)
	case evidence.NoACK:
		f.id, f.code, f.text = "timeout_no_ack", "timer_h", "no ACK for the 2xx"
	case evidence.ACKLost:
		f.id, f.code, f.text = "timeout_ack_lost", "timer_h", "2xx repeated after the ACK"
	case evidence.NoRefresh:
		f.id, f.code, f.text = "session_expired", "session_expires", "session not refreshed"
		f.values["interval"] = "its interval"
		if c.Interval > 0 {
			f.values["interval"] = seconds(c.Interval)
		}
	case evidence.UnseenFailure:
		f.id, f.text = "failure_unseen", "response not seen"
		if n := len(c.Path); n > 0 {
			f.origin = c.Path[n-1].Dst.String()
		}
	case evidence.NoRenewal:
		f.values["interval"] = "its time"
		if c.Interval > 0 {
			f.values["interval"] = "the " + seconds(c.Interval) + " it was granted"
		}
		f.id, f.code, f.text = "not_renewed", "expires", "not renewed"
	case evidence.NoNotify:
		f.id, f.code, f.text = "timeout_no_notify", "timer_n", "no NOTIFY within Timer N"
		f.values["interval"] = seconds(c.Talk)
	default:
		return nil
	}
	if (c.Wait == evidence.NoResponse || c.Wait == evidence.NoFinal) && f.id != "timeout_unseen" {
		v.notRead(f)
	}
	f.evidence = append(f.evidence, v.saw("%s", f.text))
	return f
}

// notRead explains a request whose receiver did not read.
func (v *view) notRead(f *finding) {
	dst := v.c.Dst
	if n := len(v.c.Path); n > 0 {
		dst = v.c.Path[n-1].Dst
	}
	if e := v.shut(dst); e != nil {
		f.id, f.origin = "timeout_window", dst.String()
		f.values["to"], f.values["closed"] = f.origin, seconds(time.Duration(e.Time-e.Since))
	}
}

// ringing says how many provisional responses above 100 there were.
func ringing(n int) string {
	switch n {
	case 0:
		return "100 Trying"
	case 1:
		return "1 provisional response"
	}
	return fmt.Sprintf("%d provisional responses", n)
}

func (v *view) noResponse(f *finding) {
	f.code, f.text = "timer_f", "no response within Timer F"
	if v.c.Method == "INVITE" {
		f.code, f.text = "timer_b", "no response within Timer B"
	}
	if v.c.OneSided {
		f.id, f.text = "timeout_unseen", "no response seen"
		return
	}
	if n := len(v.c.Path); n > 1 {
		last := v.c.Path[n-1]
		f.id = "timeout_far_hop"
		f.origin = last.Dst.String()
		f.values["to"], f.values["hops"] = f.origin, fmt.Sprint(n)
		f.values["within"] = "" // how long that hop waited is not known
		return
	}
	f.id = "timeout_" + strings.ToLower(v.c.Method)
	if !known(f.id) {
		f.id = "timeout_request"
	}
}

// within says how long was waited.
func (v *view) within() string {
	if e := v.elapsed(v.c.End); e.Known && e.D > 0 {
		return " within " + seconds(e.D)
	}
	return ""
}

// sender names who sent the request, "" if that is not known.
func (v *view) sender() string {
	if !v.c.Src.IsValid() {
		return ""
	}
	return v.at(v.c.Src)
}
