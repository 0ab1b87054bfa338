package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"text/template"

	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

// body makes the body of a request of an alert.
type body struct {
	template *template.Template // nil: the JSON of the alert
}

// newBody reads a template and tries it with an alert that fires and one that is over, and with one that has nothing but
// what all have: so that a template that does not handle an unknown baseline fails at the start.
func newBody(text string) (*body, error) {
	if text == "" {
		return &body{}, nil
	}
	t, err := template.New("template").Funcs(functions).Parse(text)
	if err != nil {
		return nil, err
	}
	b := &body{template: t}
	for _, a := range examples() {
		if _, err := b.of(a); err != nil {
			return nil, fmt.Errorf("tried with an example: %w", err)
		}
	}
	return b, nil
}

// of returns the body of a request for an alert.
func (b *body) of(a *record.Alert) ([]byte, error) {
	text := a.AppendJSON(nil)
	if b.template == nil {
		return text, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // numbers keep their digits
	var members map[string]any
	if err := decoder.Decode(&members); err != nil {
		return nil, fmt.Errorf("reading the alert's own JSON: %w", err)
	}
	var out bytes.Buffer
	if err := b.template.Execute(&out, members); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(out.Bytes(), new(any)); err != nil {
		return nil, fmt.Errorf("the template does not make JSON: %w in %s", err, excerpt(out.Bytes()))
	}
	return out.Bytes(), nil
}

// excerpt returns the part of a text that fits into an error.
func excerpt(text []byte) string {
	const most = 120
	text = bytes.Join(bytes.Fields(text), []byte(" "))
	if len(text) > most {
		return fmt.Sprintf("%q…", text[:most])
	}
	return fmt.Sprintf("%q", text)
}

// examples are alerts of every shape. Texts hold what JSON has to escape.
func examples() []*record.Alert {
	const begun = 1764150000e9
	header := record.Header{ID: "example", Sensor: "span1", Start: begun}
	full := record.Alert{
		Header: header, Rule: "5xx_spike", Type: "status_ratio", Severity: "critical", State: delivery.Firing,
		Labels:  []record.Label{{Name: "method", Value: "INVITE"}, {Name: "peer", Value: "carrier \"a\"\\"}},
		Summary: "A quarter of the INVITEs to \"carrier a\" were answered with 5xx.",
		Value:   0.25, Threshold: 0.1, Baseline: 0.015, Events: 25, Of: 100,
		TopCauses: []record.Count{{Name: "503", Value: 20}, {Name: "icmp", Value: 5}},
		TopPeers:  []record.Count{{Name: "carrier \"a\"", Value: 25}},
		Samples:   []string{"a84b4c76e66710@192.0.2.1", "b\"\\@host"}, Pcap: "/var/lib/sipspan/alerts/example.pcap",
	}
	over := full
	over.State, over.End = delivery.Resolved, begun+600e9
	bare := record.Alert{
		Header: header, Rule: "silence", Type: "silence", Severity: "warning", State: delivery.Firing,
		Value: math.NaN(), Threshold: math.NaN(), Baseline: math.NaN(),
	}
	return []*record.Alert{&full, &over, &bare}
}
