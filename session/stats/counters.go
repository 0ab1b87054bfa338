package stats

import (
	"maps"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
)

// Counters is what a tracker or the correlator has counted. The trackers of one goroutine may share one. The zero value is
// ready. One goroutine owns it, and no method takes a lock.
type Counters struct {
	// What trackers count.
	Requests           [sip.NumMethods][wire.NumTransports]uint64
	Responses          [sip.NumMethods][NumStatuses]uint64 // by the CSeq method, and StatusIndex
	ResponseTransports [wire.NumTransports]uint64
	OtherMethods       map[string]uint64 // requests of methods outside the closed set, by name; at most 64 names
	Retransmissions    [sip.NumMethods]uint64
	Malformed          [sip.NumFaults]uint64
	CallIDs            uint64 // distinct Call-IDs
	CallIDsOverflow    uint64 // Call-IDs that may or may not have been new, because the table was full
	Notifies           [NumEvents][NumNotifyStates]uint64
	BodiesUnreadable   uint64 // of event packages: broken or beyond a limit

	// Gauges of trackers.
	CallsActive         int64
	RegistrationsActive int64 // bindings
	SubscriptionsActive [NumEvents]int64
	Tracked             [NumTables]int64
	Evicted             [NumTables]uint64
	Bytes               [NumTables]int64 // of memory, of the tables that count it: see Weighed
	EvidenceBytes       int64            // of messages that explain failures
	CallIDBytes         int64            // of the table of distinct Call-IDs

	// PresenceChanges counts the changes of presentities by their new state, each change once, however many watchers were
	// notified of it. The correlator counts them.
	PresenceChanges [NumBasics]uint64

	// What Count counts of finished records.
	Records       [record.NumKinds]uint64
	Calls         [record.NumDispositions]uint64
	CompleteCalls [record.NumDispositions]uint64 // those of which the capture held everything; ratios are made of these
	Services      [record.NumServices]uint64     // calls that had the service
	CallSetup     Histogram
	CallDuration  Histogram
	Registrations [record.NumOutcomes]uint64
	Subscriptions [NumEvents][record.NumOutcomes]uint64
	FirstNotify   [NumEvents]Histogram
	Publications  [record.NumOutcomes]uint64
	TLS           [record.NumTLSOutcomes]uint64
	Certificates  map[string]int64 // when the first certificate of a configured peer ends, Unix seconds; "" for servers of no peer
	CallsLast     [record.NumDispositions]Exemplar
	Failures      Tally[FailureLabels]
	Causes        Tally[CauseLabels] // of failures
	RFC6076       RFC6076
	MSDiagnostics map[string]uint64 // causes by error number of ms-diagnostics; at most 256 numbers and "other"

	UserAgents, Domains Top // of calls and registrations

	Peers PeerCounters // of trackers: requests and responses; of finished records: the others
}

// Messages returns how many messages were counted, requests and responses.
func (c *Counters) Messages() (n uint64) {
	for m := range c.Requests {
		for _, k := range c.Requests[m] {
			n += k
		}
		for _, k := range c.Responses[m] {
			n += k
		}
	}
	return n
}

// FirstRequests returns how many requests there were, without those that were sent again and without ACK, which follows a response.
func (c *Counters) FirstRequests() (n uint64) {
	for m := range c.Requests {
		if sip.Method(m) == sip.ACK {
			continue
		}
		all := uint64(0)
		for _, k := range c.Requests[m] {
			all += k
		}
		n += all - min(all, c.Retransmissions[m])
	}
	return n
}

// Copy returns counters that another goroutine may keep. It is all that the owner does for a scrape: it looks at no
// session and allocates a few times.
func (c *Counters) Copy() *Counters {
	to := new(Counters)
	*to = *c
	to.OtherMethods, to.MSDiagnostics = maps.Clone(c.OtherMethods), maps.Clone(c.MSDiagnostics)
	to.Certificates = maps.Clone(c.Certificates)
	to.Failures, to.Causes, to.Peers = c.Failures.copy(), c.Causes.copy(), c.Peers.copy()
	to.UserAgents, to.Domains = c.UserAgents.copy(), c.Domains.copy()
	return to
}

// Add adds the counts of o, gauges included.
func (c *Counters) Add(o *Counters) {
	for i := range c.Requests {
		addAll(c.Requests[i][:], o.Requests[i][:])
		addAll(c.Responses[i][:], o.Responses[i][:])
	}
	addAll(c.ResponseTransports[:], o.ResponseTransports[:])
	for name, n := range o.OtherMethods {
		if c.OtherMethods == nil {
			c.OtherMethods = make(map[string]uint64)
		}
		c.OtherMethods[name] += n
	}
	addAll(c.Retransmissions[:], o.Retransmissions[:])
	addAll(c.Malformed[:], o.Malformed[:])
	c.CallIDs += o.CallIDs
	c.CallIDsOverflow += o.CallIDsOverflow
	for i := range c.Notifies {
		addAll(c.Notifies[i][:], o.Notifies[i][:])
		addAll(c.Subscriptions[i][:], o.Subscriptions[i][:])
		c.FirstNotify[i].Add(&o.FirstNotify[i])
	}
	addAll(c.PresenceChanges[:], o.PresenceChanges[:])
	c.BodiesUnreadable += o.BodiesUnreadable
	c.CallsActive += o.CallsActive
	c.RegistrationsActive += o.RegistrationsActive
	addAll(c.SubscriptionsActive[:], o.SubscriptionsActive[:])
	addAll(c.Tracked[:], o.Tracked[:])
	addAll(c.Evicted[:], o.Evicted[:])
	addAll(c.Bytes[:], o.Bytes[:])
	c.EvidenceBytes += o.EvidenceBytes
	c.CallIDBytes += o.CallIDBytes
	addAll(c.Records[:], o.Records[:])
	addAll(c.Calls[:], o.Calls[:])
	addAll(c.CompleteCalls[:], o.CompleteCalls[:])
	addAll(c.Services[:], o.Services[:])
	c.CallSetup.Add(&o.CallSetup)
	c.CallDuration.Add(&o.CallDuration)
	addAll(c.Registrations[:], o.Registrations[:])
	addAll(c.Publications[:], o.Publications[:])
	addAll(c.TLS[:], o.TLS[:])
	for peer, at := range o.Certificates {
		c.countCertificate(peer, at)
	}
	c.RFC6076.add(&o.RFC6076)
	for i := range c.CallsLast {
		c.CallsLast[i].later(&o.CallsLast[i])
	}
	c.Failures.Add(&o.Failures, otherFailure)
	c.Causes.Add(&o.Causes, otherCause)
	c.Peers.add(&o.Peers)
	c.UserAgents.add(&o.UserAgents)
	c.Domains.add(&o.Domains)
	for code, n := range o.MSDiagnostics {
		if c.MSDiagnostics == nil {
			c.MSDiagnostics = make(map[string]uint64)
		}
		c.MSDiagnostics[code] += n
	}
}

func addAll[N uint64 | int64](to, from []N) {
	for i, n := range from {
		to[i] += n
	}
}
