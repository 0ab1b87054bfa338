package ladder

import (
	"fmt"
	"strings"

	"sipspan/decode/presence"
	"sipspan/decode/sip"
	"sipspan/view/plain"
)

// told are the header fields that say what a message is for, with what they are called beside an arrow.
var told = []struct {
	id     sip.HeaderID
	name   string
	status int // smallest status of the responses that they are shown of; 0 for requests
}{
	{sip.HeaderEvent, "Event", 0},
	{sip.HeaderSubscriptionState, "Subscription-State", 0},
	{sip.HeaderReferTo, "Refer-To", 0},
	{sip.HeaderReferredBy, "Referred-By", 0},
	{sip.HeaderReplaces, "Replaces", 0},
	{sip.HeaderJoin, "Join", 0},
	{sip.HeaderAlso, "Also", 0},
	{sip.HeaderDiversion, "Diversion", 0},
	{sip.HeaderSIPIfMatch, "SIP-If-Match", 0},
	{sip.HeaderReason, "Reason", 0},
	{sip.HeaderReason, "Reason", 101},
	{sip.HeaderSIPETag, "SIP-ETag", 200},
	{sip.HeaderRetryAfter, "Retry-After", 300},
	{sip.HeaderWarning, "Warning", 300},
	{sip.HeaderMSDiagnostics, "ms-diagnostics", 101},
	{sip.HeaderMSDiagnosticsPublic, "ms-diagnostics-public", 101},
	{sip.HeaderMSClientDiagnostics, "ms-client-diagnostics", 101},
	{sip.HeaderMSClientDiagnostics, "ms-client-diagnostics", 0},
	{sip.HeaderUnsupported, "Unsupported", 400},
	{sip.HeaderMinExpires, "Min-Expires", 400},
	{sip.HeaderMinSE, "Min-SE", 400},
}

// maxNotes bounds the notes of a message that come from its header fields.
const maxNotes = 8

// notesOf reads what the header fields and the body of a message say of its purpose.
func notesOf(p *sip.Message, showText bool) (notes []Note) {
	note := func(format string, args ...any) {
		if len(notes) < maxNotes {
			notes = append(notes, Note{NoteHeader, plain.Clean(fmt.Sprintf(format, args...), maxNote)})
		}
	}
	if p.Request && (p.First(sip.HeaderAuthorization) >= 0 || p.First(sip.HeaderProxyAuthorization) >= 0) {
		note("with credentials")
	}
	for _, t := range told {
		if p.Request != (t.status == 0) || p.Status < t.status {
			continue
		}
		if v := p.Header(t.id); len(v) > 0 {
			note("%s: %s", t.name, sip.Unfold(nil, v))
		}
	}
	if c, ok := p.Contact(); ok && p.Status >= 300 && p.Status < 400 {
		note("Contact: %s", c.URI)
	}
	switch p.Method {
	case sip.REGISTER, sip.SUBSCRIBE, sip.PUBLISH:
		if e := expires(p); e != "" {
			note("Expires: %s", e)
		}
	case sip.MESSAGE:
		if p.Request {
			note("%s, %d bytes", orElse(plain.Clean(p.ContentType(), maxLabel), "no Content-Type"), len(p.Body()))
			if showText {
				note("“%s”", p.Body())
			}
		}
	}
	for _, said := range statesOf(p) {
		note("%s", said)
	}
	return notes
}

// expires returns the lifetime that a message asks for or grants, "" when it does not say.
func expires(p *sip.Message) string {
	if !p.Request && (p.Status < 200 || p.Status > 299) {
		return ""
	}
	if c, ok := p.Contact(); ok {
		if v := c.Param("expires"); v != nil {
			return plain.Clean(v, maxLabel)
		}
	}
	return plain.Clean(p.Header(sip.HeaderExpires), maxLabel)
}

// maxStates bounds the documents of one body that are put into words.
const maxStates = 3

// statesOf puts into words what the bodies of event packages say.
func statesOf(p *sip.Message) (said []string) {
	if len(p.Body()) == 0 || p.Method != sip.NOTIFY && p.Method != sip.BENOTIFY && p.Method != sip.PUBLISH && p.Method != sip.SUBSCRIBE {
		return nil
	}
	documents, _ := presence.Parse(p.ContentType(), p.Body())
	for i := range documents {
		d := &documents[i]
		var words []string
		if d.Basic != presence.Unset {
			words = append(words, d.Basic.String())
		}
		words = append(words, d.Activities[:min(len(d.Activities), maxStates)]...)
		if len(words) == 0 {
			for j := range d.States[:min(len(d.States), maxStates)] {
				if s := &d.States[j]; s.Value != "" {
					words = append(words, s.Value)
				}
			}
		}
		if len(words) > 0 && len(said) < maxStates {
			said = append(said, d.Kind.String()+": "+strings.Join(words, ", "))
		}
	}
	return said
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
