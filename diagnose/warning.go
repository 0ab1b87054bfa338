package diagnose

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"sipspan/decode/sip"
)

// warnings are the registered codes of RFC 3261 section 20.43 and RFC 5630.
var warnings = [...]struct {
	code            int
	name            string
	because, action string
}{
	{300, "Incompatible network protocol", "the network protocol of its media is not available", "compare c= of both sides: IPv4 or IPv6"},
	{301, "Incompatible network address formats", "the address format of its media is not available", "compare c= of both sides: IPv4, IPv6 or a name"},
	{302, "Incompatible transport protocol", "the transport of its media is not available", "compare the profiles of m=: RTP/AVP or RTP/SAVP"},
	{303, "Incompatible bandwidth units", "the bandwidth is told in a unit that is not understood", "check b= of the offer"},
	{304, "Media type not available", "the kind of media it offers is not available", "check which media the other side may use; offered: {codecs}"},
	{305, "Incompatible media format", "the codecs it offers are not available there", "give both sides a codec in common; offered: {codecs}"},
	{306, "Attribute not understood", "an attribute of its SDP is not supported", "check the attributes of the offer"},
	{307, "Session description parameter not understood", "a parameter of its SDP is not understood", "check the SDP of the offer"},
	{330, "Multicast not available", "multicast is not available there", "offer a unicast address"},
	{331, "Unicast not available", "unicast is not available there", "offer a multicast address"},
	{370, "Insufficient bandwidth", "the bandwidth does not suffice for its media", "offer a codec that needs less, or check admission control"},
	{380, "SIPS Not Allowed", "a sips: URI is not allowed", "use a sip: URI, or TLS on every hop"},
	{381, "SIPS Required", "a sips: URI is required", "use a sips: URI and TLS"},
}

func warningTable() []Diagnosis {
	var all []Diagnosis
	for _, w := range warnings {
		all = append(all, Diagnosis{
			ID:       "warning_" + strconv.Itoa(w.code),
			Source:   Warning,
			RestsOn:  fmt.Sprintf("Warning: %d (%s)", w.code, w.name),
			Sentence: "{event} because " + w.because + " (warning {code}: {text})",
			Action:   w.action,
		})
	}
	return append(all, Diagnosis{"warning_other", Warning, "Warning: 399 or any other code, with a text",
		"{event} with the warning “{text}” ({code})", "look at the log of {origin}"})
}

// warningField reads Warning: code agent "text".
func (v *view) warningField() *finding {
	if v.response == nil || v.c.Status < 300 {
		return nil
	}
	m := v.response
	for i := m.First(sip.HeaderWarning); i >= 0; i = m.Next(i) {
		for list := m.Value(i); len(list) > 0; {
			var value []byte
			value, list = sip.NextValue(list)
			if f := v.warningFinding(value); f != nil {
				f.evidence = append(f.evidence, v.field(m.Name(i), m.Value(i)))
				return f
			}
		}
	}
	return nil
}

func (v *view) warningFinding(value []byte) *finding {
	code, rest, _ := bytes.Cut(value, []byte(" "))
	n, err := strconv.ParseUint(string(code), 10, 16)
	if err != nil || n < 300 || n > 399 {
		return nil
	}
	_, text, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	f := &finding{code: string(code), text: clean(bytes.Trim(bytes.TrimSpace(text), `"`))}
	for _, w := range warnings {
		if w.code == int(n) {
			f.id = "warning_" + f.code
			f.text = orElse(f.text, w.name)
			f.values = map[string]string{"codecs": orElse(v.offered(), "nothing")}
			return f
		}
	}
	if f.text == "" || strings.HasPrefix(f.text, "Noisy feedback") { // of SIP Express Router: where the request came from
		return nil
	}
	f.id = "warning_other"
	return f
}
