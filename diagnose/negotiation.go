package diagnose

import (
	"bytes"
	"strconv"
	"strings"

	"sipspan/decode/sdp"
	"sipspan/decode/sip"
)

var negotiationTable = []Diagnosis{
	{"extension_unsupported", SIP, "status 420 with Unsupported",
		"{event} with {status} because it requires {wanted}, which is not supported there",
		"take {wanted} out of Require or Proxy-Require of the sender, or enable it at {origin}"},
	{"extension_required", SIP, "status 421 with Require",
		"{event} with {status} because it does not support {wanted}, which is required there",
		"enable {wanted} at the sender"},
	{"body_type", SIP, "status 415 or 406 with Accept, Accept-Encoding or Accept-Language",
		"{event} with {status} because {sent}; accepted: {wanted}",
		"let the sender use what is accepted, or enable the other at {origin}"},
	{"session_interval", SIP, "status 422 with Min-SE (RFC 4028)",
		"{event} with {status} because its session interval{sent} is shorter than the minimum of {wanted} s",
		"set Session-Expires of the sender to at least {wanted} s"},
	{"expires_too_brief", SIP, "status 423 with Min-Expires",
		"{event} with {status} because it asks for{sent}, less than the minimum of {wanted} s",
		"set the expiry time of the device to at least {wanted} s"},
	{"sdp_mismatch", SIP, "status 488 or 606 to a request with an offer",
		"{event} with {status} because nothing of what it offers can be used: {wanted}",
		"give both sides a codec, a transport and an encryption in common"},
	{"sdp_change", SIP, "status 488 or 606 to a request inside a call with an offer",
		"{event} with {status} because the call cannot be changed to what it offers: {wanted}; the session stays as it was",
		"compare this offer with the one that the call began with: direction, codecs, transport and encryption"},
	{"sdp_missing", SIP, "status 488 or 606 to a request without an offer",
		"{event} with {status} although it makes no offer, so the session itself is not acceptable",
		"check what {origin} expects: many elements cannot make an offer themselves"},
	{"event_unsupported", SIP, "status 489 to a request other than NOTIFY that names its event package",
		"{event} with {status} because the event package {sent} is not supported there; supported: {wanted}",
		"turn {feature} off at the device, or enable the package at {origin}"},
	{"method_not_allowed", SIP, "status 405 with Allow",
		"{event} with {status} because the method is not allowed there; allowed: {wanted}",
		"turn the feature off that sends {method}, or allow it at {origin}"},
}

// negotiation reads what was not acceptable, and what would be.
func (v *view) negotiation() *finding {
	switch v.c.Status {
	case 405, 406, 415, 420, 421, 422, 423, 488, 489, 606:
	default:
		return nil
	}
	f := &finding{code: strconv.Itoa(v.c.Status), text: v.phrase(), values: map[string]string{"method": v.c.Method}}
	switch v.c.Status {
	case 420:
		return v.asked(f, "extension_unsupported", sip.HeaderUnsupported)
	case 421:
		return v.asked(f, "extension_required", sip.HeaderRequire)
	case 415, 406:
		f.values["sent"] = v.bodyType()
		return v.asked(f, "body_type", sip.HeaderAccept, sip.HeaderAcceptEncoding, sip.HeaderAcceptLanguage)
	case 422:
		f.values["sent"] = v.sent(sip.HeaderSessionExpires, " of ", " s")
		return v.asked(f, "session_interval", sip.HeaderMinSE)
	case 423:
		f.values["sent"] = orElse(v.sent(sip.HeaderExpires, " ", " s"), " too short a time")
		return v.asked(f, "expires_too_brief", sip.HeaderMinExpires)
	case 405:
		return v.asked(f, "method_not_allowed", sip.HeaderAllow)
	case 489:
		return v.badEvent(f)
	case 488, 606:
		return v.sdpMismatch(f)
	}
	return nil
}

// badEvent names the event package that was asked for. A NOTIFY that nobody asked for is another matter.
func (v *view) badEvent(f *finding) *finding {
	f.values["sent"], f.values["feature"] = v.sent(sip.HeaderEvent, "“", "”"), "the subscription"
	if v.c.Method == "PUBLISH" {
		f.values["feature"] = "its publication"
	}
	if v.c.Method == "NOTIFY" || f.values["sent"] == "" {
		return nil
	}
	if found := v.asked(f, "event_unsupported", sip.HeaderAllowEvents); found != nil {
		return found
	}
	f.id, f.values["wanted"] = "event_unsupported", "not told"
	return f
}

// asked completes f with the first of the header fields of the response that has a value; without one it is nothing.
func (v *view) asked(f *finding, diagnosis string, ids ...sip.HeaderID) *finding {
	if v.response == nil {
		return nil
	}
	for _, id := range ids {
		if h := v.response.Header(id); len(h) > 0 {
			f.id = diagnosis
			f.values["wanted"] = clean(h)
			if id == sip.HeaderMinSE || id == sip.HeaderMinExpires {
				f.values["wanted"] = firstToken(h)
			}
			f.evidence = append(f.evidence, v.quote(v.response, id))
			return f
		}
	}
	return nil
}

// sent returns the value of a header field of the request without its parameters, between before and after.
func (v *view) sent(id sip.HeaderID, before, after string) string {
	if v.request() == nil {
		return ""
	}
	if s := firstToken(v.request().Header(id)); s != "" {
		return before + s + after
	}
	return ""
}

// bodyType says what does not fit: what the request accepts, or the type of its body.
func (v *view) bodyType() string {
	switch {
	case v.c.Status == 406:
		return "it accepts nothing that is available there"
	case v.request() == nil || len(v.request().ContentType()) == 0:
		return "its body is not accepted there"
	}
	sent := firstToken(v.request().ContentType())
	if v.response != nil && bytes.Contains(v.response.Header(sip.HeaderAccept), []byte(sent)) {
		return "its body is not accepted there" // in its encoding or language
	}
	return "a body of " + sent + " is not accepted there"
}

func firstToken(h []byte) string {
	s := clean(h)
	if i := strings.IndexAny(s, ";, "); i >= 0 {
		s = s[:i]
	}
	return s
}

// sdpMismatch says what was offered.
func (v *view) sdpMismatch(f *finding) *finding {
	if v.request() == nil {
		return nil
	}
	offer := v.offered()
	if offer == "" {
		if v.c.Method != "INVITE" && v.c.Method != "UPDATE" || len(v.request().ContentType()) > 0 {
			return nil // there is a body, and what it offers is not known
		}
		f.id = "sdp_missing"
		return f
	}
	f.id = "sdp_mismatch"
	if len(v.request().To().Tag()) > 0 {
		f.id = "sdp_change"
	}
	f.values["wanted"] = offer
	f.evidence = append(f.evidence, v.saw("offered: %s", offer))
	return f
}

// offered lists the media of the request: "audio RTP/AVP PCMU, PCMA; video RTP/AVP H264". It is "" when there are none.
func (v *view) offered() string {
	if v.request() == nil {
		return ""
	}
	var all []string
	parts := sip.Parts(v.request().ContentType(), v.request().Body())
	for p, ok := parts.Next(); ok && len(all) < 16; p, ok = parts.Next() {
		if !sip.MediaTypeIs(p.ContentType, "application/sdp") {
			continue
		}
		var s sdp.Session
		sdp.Parse(p.Body, &s)
		for i := range s.Media {
			all = append(all, mediaLine(&s.Media[i]))
		}
	}
	return strings.Join(all, "; ")
}

func mediaLine(m *sdp.Media) string {
	var codecs []string
	next := m.Codecs()
	for c, ok := next.Next(); ok && len(codecs) < 16; c, ok = next.Next() {
		name := clean(c.Name)
		if name == "" {
			name = "payload type " + strconv.Itoa(c.PayloadType)
		}
		codecs = append(codecs, name)
	}
	return strings.TrimSpace(clean(m.Type) + " " + clean(m.Protocol) + " " + strings.Join(codecs, ", "))
}
