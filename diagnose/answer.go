package diagnose

import (
	"strconv"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
)

// longRing is from when on ringing that ends with 408 or 480 is one that nobody answered. Before, the one who was called may
// have rejected the call: many phones send 480 then.
const longRing = 5 * time.Second

var answerTable = []Diagnosis{
	{"rang_out", SIP, "status 408 or 480 to an INVITE after at least 5 s of ringing",
		"{event} with {status} after {ring} of ringing: nobody answered", ""},
	{"rang_briefly", SIP, "status 408 or 480 to an INVITE after less than 5 s of ringing",
		"{event} with {status} after it rang: the one who was called rejected the call or did not answer", ""},
	{"unavailable_dnd", SIP, "status 480 to an INVITE with a phrase that names do not disturb",
		"{event} with {status}: the one who was called does not want to be disturbed", ""},
	{"unavailable_offline", SIP, "status 480 to an INVITE with a phrase such as Not Registered or Not Logged In",
		"{event} with {status}: the one who was called is not available because no device is registered", "check the registration of the device that was called at {origin}"},
	{"unavailable_no_answer", SIP, "status 480 to an INVITE with a phrase such as No Answer",
		"{event} with {status}: nobody answered", ""},
	{"forbidden_phrase", SIP, "status 403 to REGISTER, SUBSCRIBE, PUBLISH or MESSAGE with a phrase that gives a reason",
		"{event} with {status}: it is not allowed there, for the reason that the phrase gives", "check at {origin} what that phrase is sent for"},
	{"prack_missing", SIP, "status 408, 480 or from 500 to 599 to an INVITE whose reliable provisional response was sent at least four times, without a PRACK for it",
		"{event} with {status} after its reliable provisional response was sent {times} times and no PRACK acknowledged it (RFC 3262)",
		"check 100rel of the caller, and that it can reach Contact and Record-Route of that response"},
	{"prack_lost", SIP, "the same with a PRACK for that response",
		"{event} with {status} after its reliable provisional response was sent {times} times although there was a PRACK for it, which did not arrive (RFC 3262)",
		"look behind the last hop that the PRACK was seen on, and at its Request-URI"},
	{"replaces_unknown", SIP, "status 481 to an INVITE with Replaces (RFC 3891)",
		"{event} with {status}: the call that it was to pick up or replace is not there", "look whether that call had ended or been answered, and at the dialog that Replaces names"},
	{"replaces_answered", SIP, "status 486 to an INVITE with Replaces and early-only (RFC 3891 section 3)",
		"{event} with {status}: the call that it was to pick up had been answered already", ""},
	{"replaces_busy", SIP, "status 486 or 600 to any other INVITE with Replaces",
		"{event} with {status}: the call that it was to replace was not replaced, its side says that it is busy", "check whether {origin} supports Replaces"},
	{"replaces_ended", SIP, "status 603 to an INVITE with Replaces (RFC 3891 section 3)",
		"{event} with {status}: the call that it was to replace had ended, or its replacement was declined", ""},
	{"join_unknown", SIP, "status 481 to an INVITE with Join (RFC 3911)",
		"{event} with {status}: the call that it was to join is not there", "look whether that call had ended, and at the dialog that Join names"},
}

// ringing explains a call that rang and then was given up by an element: the one who was called was reachable.
func (v *view) ringing() *finding {
	c := v.c
	if c.Status != 408 && c.Status != 480 || c.Method != "INVITE" || v.inside() {
		return nil
	}
	var id string
	switch {
	case c.Status == 480 && v.phraseHas("disturb", "dnd"):
		id = "unavailable_dnd"
	case c.Ring >= longRing:
		id = "rang_out"
	case c.Ring > 0:
		id = "rang_briefly"
	case c.Status == 480 && v.phraseHas("not registered", "unregistered", "not logged in", "offline", "not online"):
		id = "unavailable_offline"
	case c.Status == 480 && v.phraseHas("no answer", "noanswer", "not answered"):
		id = "unavailable_no_answer"
	default:
		return nil
	}
	f := &finding{id: id, code: strconv.Itoa(c.Status), text: v.phrase(), values: map[string]string{"ring": seconds(c.Ring)}}
	if c.Ring > 0 {
		f.before = append(f.before, record.Evidence{Time: v.told() - int64(c.Ring), What: "180 Ringing"})
	}
	return f
}

// forbidden takes the phrase of a 403 that is a reason of its own.
func (v *view) forbidden() *finding {
	if v.c.Status != 403 || !v.ownPhrase() {
		return nil
	}
	switch v.c.Method {
	case "REGISTER", "SUBSCRIBE", "PUBLISH", "MESSAGE":
		return &finding{id: "forbidden_phrase", code: "403", text: v.phrase()}
	}
	return nil
}

// repeatedEnough is how often a reliable provisional response was repeated when it is certain that its PRACK did not come:
// one that crosses the PRACK is repeated once.
const repeatedEnough = 3

// reliable explains a call that its called side gave up because nobody acknowledged its reliable provisional response (RFC
// 3262 section 3). That it was repeated to the end shows that no PRACK came, wherever the capture was made.
func (v *view) reliable() *finding {
	c := v.c
	if c.Method != "INVITE" || c.Unreliable.Repeats < repeatedEnough || c.Status != 408 && c.Status != 480 && c.Status/100 != 5 {
		return nil
	}
	id := "prack_missing"
	if c.Unreliable.PRACK {
		id = "prack_lost"
	}
	return &finding{
		id: id, code: strconv.Itoa(c.Status), text: v.phrase(),
		values:   map[string]string{"times": strconv.Itoa(c.Unreliable.Repeats + 1)},
		evidence: []record.Evidence{v.saw("reliable provisional response repeated %d times", c.Unreliable.Repeats)},
	}
}

// replacing explains the refusal of an INVITE that was to take the place of another call, or join one.
func (v *view) replacing() *finding {
	switch v.c.Status {
	case 481, 486, 600, 603:
	default:
		return nil
	}
	if v.c.Method != "INVITE" || v.inside() {
		return nil
	}
	m := v.request()
	if m == nil {
		return nil
	}
	var id string
	said := sip.HeaderReplaces
	replaces := m.First(sip.HeaderReplaces) >= 0
	_, early := sip.Param(m.Header(sip.HeaderReplaces), "early-only")
	switch status := v.c.Status; {
	case replaces && status == 481:
		id = "replaces_unknown"
	case replaces && early && status == 486:
		id = "replaces_answered"
	case replaces && (status == 486 || status == 600):
		id = "replaces_busy"
	case replaces && status == 603:
		id = "replaces_ended"
	case m.First(sip.HeaderJoin) >= 0 && status == 481:
		id, said = "join_unknown", sip.HeaderJoin
	default:
		return nil
	}
	return &finding{id: id, code: strconv.Itoa(v.c.Status), text: v.phrase(), evidence: []record.Evidence{v.quote(m, said)}}
}
