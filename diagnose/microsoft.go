package diagnose

import (
	"bytes"
	"fmt"
	"strconv"

	"sipspan/decode/msdiag"
	"sipspan/decode/sip"
	"sipspan/record"
)

// msFields are the header fields that carry a diagnosis, the most detailed first.
var msFields = [...]sip.HeaderID{sip.HeaderMSDiagnostics, sip.HeaderMSDiagnosticsPublic, sip.HeaderMSClientDiagnostics}

func microsoftTable() []Diagnosis {
	var all []Diagnosis
	for _, r := range msdiag.Results() {
		all = append(all, Diagnosis{
			ID:       fmt.Sprintf("ms_hresult_%X", r.Code),
			Source:   MSDiagnostics,
			RestsOn:  fmt.Sprintf("HRESULT=%X", r.Code),
			Sentence: "{event} because " + r.Because + " (HRESULT {hresult})",
			Action:   r.Action,
		})
	}
	for _, m := range msdiag.Meanings() {
		if m.Kind == msdiag.Failure {
			all = append(all, Diagnosis{
				ID:       fmt.Sprintf("ms_%d", m.ID),
				Source:   MSDiagnostics,
				RestsOn:  fmt.Sprintf("ms-diagnostics: %d", m.ID),
				Sentence: "{event} because " + m.Because + " (ms-diagnostics {code})",
				Action:   m.Action,
			})
		}
	}
	return append(all,
		Diagnosis{"ms_gateway", MSDiagnostics, "ms-diagnostics: 10400 to 10699, or SipResponseCode",
			"{event} because the element behind the Mediation Server answered {nested} (ms-diagnostics {code})",
			"look at the gateway or the server behind the Mediation Server"},
		Diagnosis{"ms_hresult_sip", MSDiagnostics, "an HRESULT that stands for a SIP status code",
			"{event} because it had got {nested} itself (HRESULT {hresult})", "look at where the request went from there"},
		Diagnosis{"ms_hresult_other", MSDiagnostics, "any other HRESULT with a name",
			"{event} with the result {hresult}", "look at the event log of {origin}"},
		Diagnosis{"ms_component", MSDiagnostics, "any other error number of a known range, with a reason",
			"{event} because the {component} says “{text}” (ms-diagnostics {code})", "look at the event log of {origin}"},
		Diagnosis{"ms_other", MSDiagnostics, "any other error number, with a reason",
			"{event} with ms-diagnostics {code}: “{text}”", "look at the event log of {origin}"},
		Diagnosis{"ms_partner_silent", MSDiagnostics, "ms-diagnostics: 1034, and nothing else that says more than the status code",
			"{event} and the federated partner's server did not say why (ms-diagnostics {code})",
			"ask the partner, or look at the partner's edge server at that time"},
		Diagnosis{"ms_hop_silent", MSDiagnostics, "ms-diagnostics: 1011 or 13008, and nothing else that says more than the status code",
			"{event} and the server that decided did not say why (ms-diagnostics {code})",
			"look at the log of the server behind {origin}"},
	)
}

// spoken is a diagnosis with where it stands.
type spoken struct {
	msdiag.Diagnostic
	message *sip.Message
	field   int
}

// diagnostics calls f for each diagnosis of a message that has something to say, until it returns false.
func (v *view) diagnostics(f func(spoken) bool) {
	for _, m := range v.speakers {
		for _, id := range msFields {
			for i := m.First(id); i >= 0; i = m.Next(i) {
				if d, ok := msdiag.Parse(m.Value(i)); ok && !f(spoken{d, m, i}) {
					return
				}
			}
		}
	}
}

// microsoft takes the first diagnosis that says why.
func (v *view) microsoft() (found *finding) {
	v.diagnostics(func(s spoken) bool {
		found = v.msFinding(s)
		return found == nil
	})
	return found
}

// microsoftSilent takes a diagnosis that only says that nobody said why. It comes after everything but the status code.
func (v *view) microsoftSilent() (found *finding) {
	v.diagnostics(func(s spoken) bool {
		switch s.ID {
		case 1034:
			found = v.msBase("ms_partner_silent", s)
		case 1011, 13008:
			found = v.msBase("ms_hop_silent", s)
		}
		return found == nil
	})
	return found
}

func (v *view) msFinding(s spoken) *finding {
	h, coded := s.HRESULT()
	if _, ok := msdiag.LookupHRESULT(h.Code); coded && ok {
		return v.msResult(s, h)
	}
	if status := s.SIPStatus(); status != 0 {
		f := v.msBase("ms_gateway", s)
		f.values["nested"] = fmt.Sprintf("%d %s", status, orElse(clean(s.Param("SipResponseText")), statusName(status)))
		return f
	}
	m, known := msdiag.Lookup(s.ID)
	vague := known && (m.Kind == msdiag.Silent || s.ID <= 1) // says less than a result code
	if coded && m.Kind != msdiag.Progress && (vague || !known && len(s.Reason) == 0) {
		if f := v.msResult(s, h); f != nil {
			return f
		}
	}
	switch {
	case known && m.Kind == msdiag.Failure:
		return v.msBase("ms_"+strconv.FormatUint(uint64(s.ID), 10), s)
	case known || len(s.Reason) == 0:
		return nil // the status code says more
	case msdiag.Component(s.ID) != "":
		return v.msBase("ms_component", s)
	}
	return v.msBase("ms_other", s)
}

// msResult takes a result code that is known, stands for a status code, or has a name.
func (v *view) msResult(s spoken, h msdiag.HRESULT) *finding {
	name := clean(h.Name)
	var id string
	known, ok := msdiag.LookupHRESULT(h.Code)
	switch {
	case ok:
		id = fmt.Sprintf("ms_hresult_%X", h.Code)
		name = orElse(name, known.Name)
	case h.SIPStatus() >= 300:
		id = "ms_hresult_sip"
	case name != "":
		id = "ms_hresult_other"
	default:
		return nil
	}
	f := v.msBase(id, s)
	f.values["hresult"] = fmt.Sprintf("%08X", h.Code)
	if name != "" {
		f.values["hresult"] += ", " + name
		if m, ok := msdiag.Lookup(s.ID); ok && m.Kind == msdiag.Silent {
			f.text = name // the reason only points to elsewhere
		}
	}
	if status := h.SIPStatus(); status != 0 {
		f.values["nested"] = fmt.Sprintf("%d %s", status, statusName(status))
	}
	return f
}

// msBase makes a finding with what every diagnosis of this kind has.
func (v *view) msBase(id string, s spoken) *finding {
	f := &finding{
		id:       id,
		said:     s.message,
		code:     string(s.AppendID(nil)),
		text:     clean(s.Reason),
		values:   map[string]string{"component": msdiag.Component(s.ID)},
		evidence: append(v.msEvidence(s.message), v.field(s.message.Name(s.field), s.message.Value(s.field))),
	}
	f.origin, f.by = v.msOrigin(s)
	return f
}

// msOrigin names the server that made the diagnosis, and says what kind of server it is where that is known.
func (v *view) msOrigin(s spoken) (origin, by string) {
	trust := msdiag.ParseTrust(s.message.Header(sip.HeaderMSEdgeProxyMessageTrust))
	source := s.Source
	if len(source) == 0 && trust.GeneratedByEdge() {
		source = trust.EdgeFQDN
	}
	origin = clean(source)
	h, _ := s.HRESULT()
	switch {
	case origin == "":
		return "", ""
	case h.EdgeProxy() || trust.GeneratedByEdge() && bytes.EqualFold(source, trust.EdgeFQDN):
		return origin, "the edge proxy " + origin
	case len(s.AppName) > 0:
		return origin, clean(s.AppName) + " on " + origin
	case len(s.Component) > 0:
		return origin, "the " + clean(s.Component) + " " + origin
	}
	return origin, ""
}

// msEvidence quotes where an edge server says the message came from.
func (v *view) msEvidence(m *sip.Message) (all []record.Evidence) {
	if m.Header(sip.HeaderMSEdgeProxyMessageTrust) != nil {
		all = append(all, v.quote(m, sip.HeaderMSEdgeProxyMessageTrust))
	}
	return all
}
