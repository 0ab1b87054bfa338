package webhook

import (
	"fmt"
	"net/http"

	"sipspan/exporters"
	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

var (
	_ exporters.Exporter    = (*Webhook)(nil)
	_ exporters.Interrupter = (*Webhook)(nil)
)

// Webhook sends each alert in one request.
type Webhook struct {
	body   *body
	sender delivery.Sender
}

// Open tries the template and makes the client.
func Open(c Config) (*Webhook, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	client, err := delivery.NewClient(c.HTTPConfig)
	if err != nil {
		return nil, err
	}
	b, err := newBody(c.Template)
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for _, h := range c.Headers {
		header.Set(h.Name, h.Value)
	}
	w := &Webhook{body: b, sender: delivery.Sender{Client: client, Method: c.Method, URL: c.URL, Header: header, Timeout: c.Timeout}}
	w.sender.Start()
	return w, nil
}

// Export implements exporters.Exporter.
func (w *Webhook) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	text, err := w.body.of(a)
	if err != nil {
		return fmt.Errorf("making the body for alert %s: %w", a.Rule, err)
	}
	return w.sender.Send(text)
}

// Interrupt implements exporters.Interrupter.
func (w *Webhook) Interrupt() { w.sender.Interrupt() }

// Flush implements exporters.Exporter: nothing is held back.
func (w *Webhook) Flush() error { return nil }

// Close implements exporters.Exporter.
func (w *Webhook) Close() error {
	w.sender.Close()
	return nil
}
