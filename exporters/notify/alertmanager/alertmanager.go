package alertmanager

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sipspan/exporters"
	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

var (
	_ exporters.Exporter    = (*Alertmanager)(nil)
	_ exporters.Interrupter = (*Alertmanager)(nil)
	_ exporters.Successor   = (*Alertmanager)(nil)
)

// Alertmanager delivers alerts to one Alertmanager.
type Alertmanager struct {
	config Config
	retry  exporters.Retry
	sender delivery.Sender
	now    func() time.Time

	known  states
	failed int       // tries in a row
	pause  time.Time // no try before
	err    error     // of the last try
}

// path of the API below the address of an Alertmanager.
const path = "/api/v2/alerts"

// Open returns an exporter to one of the URLs. now is the wall clock.
func Open(c Config, url string, retry exporters.Retry, now func() time.Time) (*Alertmanager, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	client, err := delivery.NewClient(c.HTTPConfig)
	if err != nil {
		return nil, err
	}
	a := &Alertmanager{config: c, retry: retry, now: now, sender: delivery.Sender{
		Client: client, Method: http.MethodPost, URL: strings.TrimRight(url, "/") + path,
		Header: http.Header{"Content-Type": {"application/json"}}, Timeout: c.Timeout,
	}}
	a.sender.Start()
	return a, nil
}

// Export implements exporters.Exporter. The alert is kept, and sent at once unless the last try has failed: then Flush
// tries again when it is due, and returns the error.
func (a *Alertmanager) Export(r record.Record) error {
	alert, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	now := a.now()
	if lost := a.known.put(alert, now); lost > 0 {
		return loss(lost+a.send(now), fmt.Errorf("more than %d alerts at a time", maxKnown))
	}
	lost := a.send(now)
	return loss(lost, a.err)
}

// Succeed implements exporters.Successor: what is firing, and what is over and was not sent often enough, is sent at once.
func (a *Alertmanager) Succeed(before exporters.Exporter) {
	if b, ok := before.(*Alertmanager); ok {
		a.known, b.known = b.known, states{}
		for _, s := range a.known.of {
			s.due = a.now()
		}
	}
}

// Flush implements exporters.Exporter: it sends what is due. It returns an error as long as the last try has failed.
func (a *Alertmanager) Flush() error {
	if lost := a.send(a.now()); lost > 0 {
		return loss(lost, a.err)
	}
	if len(a.known.of) == 0 {
		a.err = nil // there is nothing left that could fail
	}
	if a.err != nil {
		return &exporters.TemporaryError{Err: a.err}
	}
	return nil
}

// Interrupt implements exporters.Interrupter.
func (a *Alertmanager) Interrupt() { a.sender.Interrupt() }

// Close implements exporters.Exporter. What was never sent is tried once more. What is firing is not resolved: it may go
// on, and if the sensor does not return, it ends by itself.
func (a *Alertmanager) Close() error {
	a.pause = time.Time{}
	lost := 0
	if a.known.unsent() > 0 {
		lost = a.send(a.now())
	}
	a.sender.Close()
	return loss(lost+a.known.unsent(), a.err)
}

func loss(n int, err error) error {
	if n == 0 {
		return nil
	}
	return &exporters.LossError{Records: n, Err: err}
}

// most alerts in one request.
const most = 256

// send sends what is due, and returns how many alerts were lost.
func (a *Alertmanager) send(now time.Time) (lost int) {
	if now.Before(a.pause) {
		return 0
	}
	for due := a.known.due(now); len(due) > 0; {
		part := due[:min(most, len(due))]
		due = due[len(part):]
		err := a.post(part, now)
		var passing *exporters.TemporaryError
		if errors.As(err, &passing) {
			a.failed++
			a.err = err
			a.pause = now.Add(max(passing.After, a.retry.Wait(a.failed)))
			return lost + a.known.giveUp(now, a.retry.For)
		}
		a.failed, a.err = 0, err
		lost += a.known.sent(part, now, a.config.RepeatEvery, err == nil)
	}
	return lost
}

// Body returns what is posted for one alert at a time of the wall clock.
func (c *Config) Body(a *record.Alert, now time.Time) ([]byte, error) {
	return json.Marshal([]postable{c.message(a, now)})
}

// post sends some alerts in one request.
func (a *Alertmanager) post(part []*state, now time.Time) error {
	messages := make([]postable, len(part))
	for i, s := range part {
		messages[i] = a.config.message(s.alert, now)
	}
	body, err := json.Marshal(messages)
	if err != nil {
		return fmt.Errorf("making the request: %w", err)
	}
	return a.sender.Send(body)
}
