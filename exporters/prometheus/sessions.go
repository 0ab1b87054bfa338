package prometheus

import (
	"maps"
	"slices"
	"strconv"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/stats"
)

// methods are the names of the SIP methods in the order in which stats.Counters counts them.
var methods = func() []string {
	var names []string
	method := stats.FailureLabels{}.Method
	for range (stats.Counters{}).Requests {
		names = append(names, method.String())
		method++
	}
	return names
}()

// wire writes the counters of messages. Only those above zero are written, because most pairs of method and code never occur.
func (o *output) wire(c *stats.Counters) {
	for m, method := range methods {
		for t, n := range c.Requests[m] {
			if n > 0 {
				o.count(requests, n, method, wire.Transport(t).Label())
			}
		}
		for i, n := range c.Responses[m] {
			if n > 0 {
				o.open(responses, stats.Counted{N: n}, method, strconv.Itoa(i+100))
			}
		}
		if n := c.Retransmissions[m]; n > 0 {
			o.count(retransmissions, n, method)
		}
	}
	for e := range c.Notifies {
		for s, n := range c.Notifies[e] {
			if n > 0 {
				o.count(notifies, n, stats.EventPackage(e).String(), stats.NotifyState(s).String())
			}
		}
	}
	for b := 1; b < stats.NumBasics; b++ { // the first is the unknown one, which nothing changes to
		o.count(presenceChanges, c.PresenceChanges[b], stats.Basic(b).String())
	}
	o.count(bodiesUnreadable, c.BodiesUnreadable)
}

// sessions writes the sessions that are open.
func (o *output) sessions(c *stats.Counters) {
	o.value(callsActive, float64(c.CallsActive))
	o.value(registrationsActive, float64(c.RegistrationsActive))
	for t := range c.Tracked {
		table := stats.Table(t).String()
		o.value(sessionsTracked, float64(c.Tracked[t]), table)
		o.count(sessionsEvicted, c.Evicted[t], table)
	}
	for _, t := range stats.Weighed {
		o.value(tableBytes, float64(c.Bytes[t]), t.String())
	}
	o.value(tableBytes, float64(c.EvidenceBytes), "evidence")
	o.value(tableBytes, float64(c.CallIDBytes), "call_ids")
	for e, n := range c.SubscriptionsActive {
		if shown(c, stats.EventPackage(e)) {
			o.value(subscriptionsActive, float64(n), stats.EventPackage(e).String())
		}
	}
}

// The outcomes that each kind of session can have. They are written from the start, so that the first one is an increase of
// a series and not a new series.
var (
	registrationOutcomes = []record.Outcome{record.Registered, record.Unregistered, record.Fetched, record.OutcomeFailed, record.OutcomeTimeout}
	subscriptionOutcomes = []record.Outcome{record.Active, record.Terminated, record.OutcomeRejected, record.Fetched, record.Expired, record.OutcomeTimeout}
	publicationOutcomes  = []record.Outcome{record.Published, record.Refreshed, record.Modified, record.Removed, record.ConditionFailed, record.OutcomeFailed, record.OutcomeTimeout}
)

// outcomes writes how finished sessions ended.
func (o *output) outcomes(c *stats.Counters) {
	for k, n := range c.Records {
		o.count(records, n, record.Kind(k).String())
	}
	for d, n := range c.Calls {
		o.countOf(&calls, stats.Counted{N: n, Last: c.CallsLast[d]}, record.Disposition(d).String())
	}
	for d, n := range c.CompleteCalls {
		o.count(completeCalls, n, record.Disposition(d).String())
	}
	for s, n := range c.Services {
		o.count(services, n, record.Service(s).String())
	}
	o.histogram(callSetup, &c.CallSetup)
	o.histogram(callDuration, &c.CallDuration)
	o.ended(registrationsEnded, &c.Registrations, registrationOutcomes)
	o.ended(publications, &c.Publications, publicationOutcomes)
	for i, n := range c.TLS {
		o.count(tlsConnections, n, record.TLSOutcome(i).String())
	}
	for _, peer := range slices.Sorted(maps.Keys(c.Certificates)) {
		o.value(tlsCertificates, float64(c.Certificates[peer]), orOther(peer))
	}
	for e := range c.Subscriptions {
		event := stats.EventPackage(e)
		if !shown(c, event) {
			continue
		}
		o.ended(subscriptions, &c.Subscriptions[e], subscriptionOutcomes, event.String())
		o.histogram(firstNotify, &c.FirstNotify[e], event.String())
	}
	for k, n := range c.Failures.All {
		if k.Code == stats.OtherCode {
			o.fold(failures, n.N, 1)
			continue
		}
		o.open(failures, n, k.Method.String(), codeLabel(k.Code), k.Source)
	}
	for k, n := range c.Causes.All {
		o.open(failureCauses, n, k.Method.String(), orNone(k.Event), codeLabel(k.Code), k.Cause)
	}
	for _, code := range slices.Sorted(maps.Keys(c.MSDiagnostics)) {
		o.open(msDiagnostics, stats.Counted{N: c.MSDiagnostics[code]}, code)
	}
	o.rfc6076(&c.RFC6076)
	o.peers(&c.Peers)
	o.names(userAgents, &c.UserAgents, o.veil.UserAgent)
	o.names(domains, &c.Domains, o.veil.Domain)
	o.closeBudget()
}

// orOther names what belongs to no peer.
func orOther(peer string) string {
	if peer == "" {
		return "other"
	}
	return peer
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// ended writes one counter for each outcome: the expected ones always, others when they occurred.
func (o *output) ended(m metric, counts *[record.NumOutcomes]uint64, expected []record.Outcome, labels ...string) {
	var always [record.NumOutcomes]bool
	for _, outcome := range expected {
		always[outcome] = true
	}
	for i, n := range counts {
		if n > 0 || always[i] {
			o.count(m, n, append(labels[:len(labels):len(labels)], record.Outcome(i).String())...)
		}
	}
}

// shown reports whether an event package is written: presence always, others once there was a subscription.
func shown(c *stats.Counters, e stats.EventPackage) bool {
	if e == stats.EventPresence || c.SubscriptionsActive[e] != 0 {
		return true
	}
	for _, n := range c.Subscriptions[e] {
		if n > 0 {
			return true
		}
	}
	return false
}

// codeLabel names a status code: "none" where there was no response.
func codeLabel(code uint16) string {
	switch code {
	case 0:
		return "none"
	case stats.OtherCode:
		return other
	}
	return strconv.Itoa(int(code))
}
