package stats

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// maxOtherMethods bounds the names of methods outside the closed set that are counted one by one.
const maxOtherMethods = 64

// CountMessage counts a message by method and transport or by method and status, and its faults.
func (c *Counters) CountMessage(meta *wire.Meta, m *sip.Message) {
	if m.Request {
		c.Requests[m.Method][meta.Transport]++
		if m.Method == sip.MethodOther {
			c.countOther(m.MethodName())
		}
	} else {
		c.Responses[m.Method][StatusIndex(m.Status)]++
		c.ResponseTransports[meta.Transport]++
	}
	if meta.Flags&record.Truncated == 0 { // what the capture cut off is not the sender's fault
		m.Faults.Each(func(f sip.Fault) { c.Malformed[f]++ })
	}
}

func (c *Counters) countOther(name []byte) {
	if n, ok := c.OtherMethods[string(name)]; ok {
		c.OtherMethods[string(name)] = n + 1
		return
	}
	if c.OtherMethods == nil {
		c.OtherMethods = make(map[string]uint64)
	}
	if len(c.OtherMethods) < maxOtherMethods {
		c.OtherMethods[string(name[:min(len(name), wire.MaxText)])] = 1
	}
}

// Count counts one finished record by its kind and outcome.
func (c *Counters) Count(r record.Record) {
	c.Records[r.Kind()]++
	c.countNames(r)
	switch r := r.(type) {
	case *record.Call:
		c.countCall(r)
	case *record.Registration:
		c.Registrations[r.Outcome]++
		c.RFC6076.countRegistration(r)
	case *record.Subscription:
		e := eventsByName[r.Event]
		c.Subscriptions[e][r.Outcome]++
		c.FirstNotify[e].observe(r.FirstNotify, &r.Header)
	case *record.Publication:
		c.Publications[r.Outcome]++
	case *record.Failure:
		c.countFailure(r)
	case *record.TLS:
		c.TLS[r.Outcome]++
		if r.NotAfter != 0 {
			c.countCertificate(r.Peers.To, r.NotAfter/int64(time.Second))
		}
	}
}

// countCertificate notes when a certificate of a server that belongs to a peer ends.
func (c *Counters) countCertificate(peer string, at int64) {
	if c.Certificates == nil {
		c.Certificates = make(map[string]int64)
	}
	if first, ok := c.Certificates[peer]; !ok || at < first {
		c.Certificates[peer] = at
	}
}

func (c *Counters) countCall(r *record.Call) {
	c.Calls[r.Disposition]++
	if r.Confidence.Complete() {
		c.CompleteCalls[r.Disposition]++
	}
	c.CallsLast[r.Disposition] = exemplar(&r.Header, 1)
	c.RFC6076.countCall(r)
	c.Peers.countCall(r)
	for _, name := range r.Services {
		if s, ok := record.ServiceNamed(name); ok {
			c.Services[s]++
		}
	}
	if !hasFailure(r) {
		c.countDiagnosis(r.Cause)
	}
	c.CallSetup.observe(r.Setup, &r.Header)
	c.CallDuration.observe(r.Duration, &r.Header)
}

func (c *Counters) countFailure(r *record.Failure) {
	labels := FailureLabels{Method: sip.ParseMethod([]byte(r.Method)), Code: uint16(r.Status), Source: "sip"}
	if r.Cause != nil {
		labels.Source = r.Cause.Source
	}
	cause := CauseLabel(r.Cause)
	c.Failures.CountOf(labels, otherFailure, exemplar(&r.Header, 1))
	c.Causes.Count(CauseLabels{labels.Method, r.Event, labels.Code, cause}, otherCause)
	c.Peers.countFailure(r, &labels, cause)
	c.countDiagnosis(r.Cause)
}
