package diagnose

import (
	"sipspan/session/evidence"
	"time"
)

const inDialog = "To: <sip:bob@example.com>;tag=b"

// inside sends the request of a case inside a dialog.
func inside(c *sample) { c.Request = request(c.Method, inDialog) }

// closed gives an answered call a BYE.
func closed(lines ...string) *sample {
	return answered("INVITE", 200).with(func(c *sample) { c.Talk, c.Closing = time.Minute, request("BYE", lines...) })
}

// placeCases are about requests inside dialogs, and about what became of a call that was placed.
var placeCases = []explained{
	{"sip_603_reinvite", answered("INVITE", 603).with(inside),
		"Re-INVITE was refused by 192.0.2.1:5060 with 603 Decline: the other side declined the change of the session, which stays as it was; compare what was to be changed with what 192.0.2.1:5060 accepts."},
	{"sip_603_invite", answered("INVITE", 603),
		"INVITE was refused by 192.0.2.1:5060 with 603 Decline: the call was declined, by the one who was called or by a service that answers for them."},
	// Only a response was captured: whether the INVITE was one inside a dialog is not known.
	{"sip_603", answered("INVITE", 603).with(func(c *sample) { c.Request, c.Start, c.Place = nil, 0, evidence.UnknownPlace }),
		"INVITE was refused by 192.0.2.1:5060 with 603 Decline: it was declined."},
	{"sip_404_dialog", answered("MESSAGE", 404).with(inside), ""},
	{"sip_404_dialog", answered("INVITE", 404).with(inside), ""},
	{"sip_404_resubscribe", answered("SUBSCRIBE", 404).with(inside), ""},
	{"sip_481_dialog", answered("OPTIONS", 481).with(inside), ""},
	{"sip_480_dialog", answered("INVITE", 480).with(inside).with(func(c *sample) { c.Ring = time.Minute }), ""},
	{"sip_503_dialog", answered("UPDATE", 503), ""},
	{"change_pending", answered("INVITE", 500, "Retry-After: 2").with(inside),
		"Re-INVITE failed at 192.0.2.1:5060 with 500 Server Internal Error: the other side does not take a change of the session yet, as when another one is in hand, and asks to wait 2 s; look for a change that is open for long, if this happens often."},
	{"retry_after", answered("INVITE", 500, "Retry-After: 2"),
		"INVITE failed at 192.0.2.1:5060 with 500 Server Internal Error: the element failed while it set the call up; it may be tried again after 2 s; let the sender wait that long."},
	{"change_met", answered("INVITE", 491).with(inside).with(func(c *sample) { c.Glare = true }), ""},
	{"sip_491_reinvite", answered("INVITE", 491).with(inside), ""},
	{"cseq_low", answered("BYE", 500, "Retry-After: 10").with(phrased("Request out of order")),
		"BYE failed at 192.0.2.1:5060 with 500 Request out of order because it is out of order: its CSeq number is lower than that of a request before it; let the sender count its CSeq up within the dialog; if it does, look for requests that overtake each other on the way."},
	{"cseq_low", answered("INFO", 500).with(func(c *sample) { c.LowCSeq = true }), ""},
	{"after_end", answered("INFO", 481).with(func(c *sample) { c.Outlived = true }), ""},
	{"crossed_end", answered("REFER", 481).with(inside).with(func(c *sample) { c.Crossed = true }), ""},

	{"sip_404_subscribe_messagesummary", answered("SUBSCRIBE", 404).with(func(c *sample) { c.Request = request("SUBSCRIBE", "Event: message-summary") }),
		"SUBSCRIBE was refused by 192.0.2.1:5060 with 404 Not Found: there is no such mailbox; create the mailbox, or turn message waiting off at the device."},
	{"sip_404_subscribe", answered("SUBSCRIBE", 404).with(func(c *sample) { c.Request = request("SUBSCRIBE", "Event: reg") }), ""},
	{"event_unsupported", answered("PUBLISH", 489).with(func(c *sample) { c.Request = request("PUBLISH", "Event: dialog") }),
		"PUBLISH was refused by 192.0.2.1:5060 with 489 Bad Event because the event package “dialog” is not supported there; supported: not told; turn its publication off at the device, or enable the package at 192.0.2.1:5060."},
	{"sip_488", answered("NOTIFY", 488).with(inside),
		"NOTIFY was refused by 192.0.2.1:5060 with 488 Not Acceptable Here: it is not acceptable there; look at the log of 192.0.2.1:5060."},
	// A body of which only the type is known may be an offer.
	{"sip_488_reinvite", answered("INVITE", 488).with(func(c *sample) { c.Request = request("INVITE", inDialog, "Content-Type: multipart/signed") }), ""},

	{"rang_out", answered("INVITE", 408).with(func(c *sample) { c.Ring = time.Minute }),
		"INVITE failed at 192.0.2.1:5060 with 408 Request Timeout after 60 s of ringing: nobody answered."},
	{"rang_out", answered("INVITE", 480, `Reason: Q.850;cause=16;text="Failed to establish call."`).with(func(c *sample) { c.Ring = time.Minute }), ""},
	{"rang_briefly", answered("INVITE", 480).with(func(c *sample) { c.Ring = time.Second }),
		"INVITE failed at 192.0.2.1:5060 with 480 Temporarily Unavailable after it rang: the one who was called rejected the call or did not answer."},
	{"sip_408_invite", answered("INVITE", 408), ""},
	{"unavailable_dnd", answered("INVITE", 480).with(phrased("Do Not Disturb")), ""},
	{"unavailable_offline", answered("INVITE", 480).with(phrased("Not Logged In")), ""},
	{"unavailable_no_answer", answered("INVITE", 480).with(phrased("No Answer")), ""},
	{"reason_text", answered("INVITE", 480, `Reason: Q.850;cause=16;text="Failed to establish call."`),
		"INVITE failed at 192.0.2.1:5060 with the reason “Failed to establish call.” (Q.850 16); look at the log of 192.0.2.1:5060."},
	{"sip_480_invite", answered("INVITE", 480, `Reason: Q.850;cause=16;text="NORMAL_CLEARING"`), ""},

	{"prack_missing", answered("INVITE", 504).with(func(c *sample) { c.Unreliable.Repeats = 6 }),
		"INVITE failed at 192.0.2.1:5060 with 504 Server Time-out after its reliable provisional response was sent 7 times and no PRACK acknowledged it (RFC 3262); check 100rel of the caller, and that it can reach Contact and Record-Route of that response."},
	{"prack_lost", answered("INVITE", 504).with(func(c *sample) { c.Unreliable = evidence.Unreliable{Repeats: 6, PRACK: true} }), ""},
	{"sip_504_invite", answered("INVITE", 504).with(func(c *sample) { c.Unreliable.Repeats = 1 }), ""},
	{"sip_486_invite", answered("INVITE", 486).with(func(c *sample) { c.Unreliable.Repeats = 6 }), ""},

	{"replaces_unknown", answered("INVITE", 481).with(replacing),
		"INVITE failed at 192.0.2.1:5060 with 481 Call/Transaction Does Not Exist: the call that it was to pick up or replace is not there; look whether that call had ended or been answered, and at the dialog that Replaces names."},
	{"replaces_answered", answered("INVITE", 486).with(func(c *sample) { c.Request = request("INVITE", "Replaces: x@h;to-tag=b;from-tag=a;early-only") }), ""},
	{"replaces_busy", answered("INVITE", 486).with(replacing), ""},
	{"replaces_ended", answered("INVITE", 603).with(replacing), ""},
	{"join_unknown", answered("INVITE", 481).with(func(c *sample) { c.Request = request("INVITE", "Join: x@h;to-tag=b;from-tag=a") }), ""},
	{"sip_481_invite", answered("INVITE", 481), ""},

	{"hops_ping", answered("OPTIONS", 483).with(func(c *sample) { c.Request = request("OPTIONS", "Max-Forwards: 0") }),
		"OPTIONS was refused by 192.0.2.1:5060 with 483 Too Many Hops: Max-Forwards 0 lets it go no further than the next element, which is up, as its answer proves."},
	{"hops_few", answered("INVITE", 483).with(func(c *sample) { c.Vias, c.Request = 1, request("INVITE", "Max-Forwards: 1") }), ""},
	{"loop_too_many_hops", answered("INVITE", 483).with(func(c *sample) { c.Vias, c.Request = 69, request("INVITE", "Max-Forwards: 2") }), ""},
	{"loop_too_many_hops", answered("INVITE", 483).with(func(c *sample) { c.Vias, c.Request = 1, request("INVITE", "Max-Forwards: 70") }), ""},
}

func replacing(c *sample) { c.Request = request("INVITE", "Replaces: x@h;to-tag=b;from-tag=a") }

func lateCancel(c *sample) {
	c.Closing = request("CANCEL", `Reason: SIP;cause=200;text="Call completed elsewhere"`)
}

// reasonCases are about texts of Reason, and about the difference between a response and what ends a call.
var reasonCases = []explained{
	{"reason_session_timer", closed(`Reason: SIP;cause=408;text="Session timeout"`).with(func(c *sample) { c.Interval = 2 * time.Minute }),
		"The call was ended because nobody refreshed the session within 120 s, as the Reason tells (SIP 408, Session timeout); find the side that should refresh and why its re-INVITE or UPDATE did not come through."},
	{"reason_session_timer", closed(`Reason: Q.850;cause=102;text="RECOVERY_ON_TIMER_EXPIRE", SIP;cause=408;text="Session timeout"`), ""},
	{"q850_102", closed("Reason: Q.850;cause=102"), ""},
	{"session_expired", closed("Reason: Q.850;cause=102").with(func(c *sample) { c.Wait, c.Interval = evidence.NoRefresh, 2*time.Minute }), ""},
	// The BYE of a call whose answer was captured and its INVITE was not.
	{"q850_41", closed("Reason: Q.850;cause=41").with(func(c *sample) { c.Talk, c.Request, c.Start = 0, nil, 0 }),
		"The call was ended because the network had a passing fault (Q.850 cause 41, Temporary failure); try again; report it to the carrier if it stays."},
	// A CANCEL that the answer, or a refusal, overtook says nothing of how the call ended.
	{"", answered("INVITE", 200).with(lateCancel), ""},
	{"sip_486_invite", answered("INVITE", 486).with(lateCancel), ""},
	{"reason_session_timer", closed(`Reason: SIP;cause=408;text="Session timer expired"`),
		"The call was ended because nobody refreshed the session, as the Reason tells (SIP 408, Session timer expired); find the side that should refresh and why its re-INVITE or UPDATE did not come through."},
	{"reason_media_timeout", closed(`Reason: SIP;cause=604;text="MEDIA_TIMEOUT"`),
		"The call was ended because no media arrived for some time, as the Reason tells (SIP 604, MEDIA_TIMEOUT); look for what stops RTP: addresses in the SDP, NAT, firewalls, or a device that sends nothing on hold."},
	{"reason_media_timeout", closed(`Reason: FreeSWITCH;text="MEDIA_TIMEOUT"`),
		"The call was ended because no media arrived for some time, as the Reason tells (FREESWITCH, MEDIA_TIMEOUT); look for what stops RTP: addresses in the SDP, NAT, firewalls, or a device that sends nothing on hold."},
	{"reason_prack_timeout", closed(`Reason: SIP;cause=504;text="PRACK Timeout"`), ""},
	{"reason_ack_timeout", closed(`Reason: SIP;cause=408;text="ACK Timeout"`), ""},
	{"reason_progress_timeout", answered("INVITE", 487).with(func(c *sample) {
		c.Closing = request("CANCEL", `Reason: Q.850;cause=607;text="PROGRESS_TIMEOUT"`)
	}), "INVITE was cancelled because the other side did not ring in time, as the Reason tells (Q.850 607, PROGRESS_TIMEOUT); check what is behind the next hop, and the time that is allowed for progress."},
	{"reason_allotted_timeout", closed(`Reason: SIP;cause=602;text="ALLOTTED_TIMEOUT"`), ""},
	{"reason_originator_cancel", answered("INVITE", 480, `Reason: SIP;cause=487;text="ORIGINATOR_CANCEL"`), ""},
	{"sip_487_invite", answered("INVITE", 487).with(func(c *sample) { c.Closing = request("CANCEL", `Reason: SIP;cause=487;text="ORIGINATOR_CANCEL"`) }), ""},
	{"reason_elsewhere", closed(`Reason: SIP;cause=502;text="LOSE_RACE"`), ""},
	{"reason_not_registered", answered("INVITE", 480, `Reason: Q.850;cause=20;text="USER_NOT_REGISTERED"`), ""},
	{"reason_gateway_down", answered("INVITE", 503, `Reason: SIP;cause=609;text="GATEWAY_DOWN"`), ""},
	{"reason_transferred", closed(`Reason: SIP;cause=600;text="BLIND_TRANSFER"`), ""},
	{"reason_srtp", closed(`Reason: SIP;cause=613;text="SRTP_READ_ERROR"`), ""},
	{"reason_shutdown", closed(`Reason: SIP;cause=501;text="SYSTEM_SHUTDOWN"`), ""},
	// What such words mean in a BYE they do not mean in a refusal.
	{"reason_sip", answered("INVITE", 480, `Reason: SIP;cause=488;text="Session timeout"`), ""},
	{"reason_same", answered("INVITE", 503, `Reason: SIP;cause=503;text="All trunks are down"`),
		"INVITE failed at 192.0.2.1:5060 with 503 Service Unavailable, and with the reason “All trunks are down”; look at the log of 192.0.2.1:5060."},
	{"sip_503_invite", answered("INVITE", 503, `Reason: SIP;cause=503;text="Service unavailable"`), ""},
	{"reason_sender", closed(`Reason: SIP;cause=503;text="Admin hangup"`),
		"The call was ended with the reason “Admin hangup” (SIP 503), which the sender of the BYE gives; look at the log of that sender."},
	{"reason_sender", closed(`Reason: SIP;cause=480`),
		"The call was ended with the reason “Temporarily Unavailable” (SIP 480), which the sender of the BYE gives; look at the log of that sender."},
	{"", closed(`Reason: SIP;cause=200;text="Call completed elsewhere"`), ""},
}
