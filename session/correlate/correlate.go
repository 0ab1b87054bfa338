package correlate

import (
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// Config configures a correlator. The names are those of session.Config, where the values come from and are validated;
// the limits are those of the whole program.
type Config struct {
	TopUserAgents, TopDomains int // how many of them are counted by name

	MaxRegistrations     int // bindings
	MaxRegistrationBytes int // that they take, with the records that wait for their end; 0 for no limit
	MaxResources         int // presentities

	T1               time.Duration // of RFC 3261 section 17
	ChallengeWindow  time.Duration
	RegistrationWait time.Duration
	FlapChanges      int
	FlapWindow       time.Duration
	RelatedMedia     bool
	RelatedWindow    time.Duration
	RelatedWait      time.Duration
}

// timerF is how long a REGISTER that was sent in time may take for its answer (RFC 3261 section 17.1.2.2).
func (c *Config) timerF() int64 { return int64(64 * c.T1) }

// The relations between two calls of which the second is the retry of the first after a challenge.
const (
	RelationChallengedRetry = "challenged_retry" // on the challenged call: the call that tried again
	RelationChallengedTry   = "challenged_try"   // on the call that tried again: the challenged one
)

const sameNonce = "the nonce of the challenge came back in the credentials"

// Correlator takes what all trackers emit and announce and hands on the records in one order: by the packet time at
// which they were finished, the same for any number of trackers. It joins a call that was challenged with the one that
// tried again under another Call-ID: the same nonce, From and To, within Config.ChallengeWindow. It names on each call the
// others that are legs of the same conversation, and the services that they make together. It has one owner and no
// locks.
type Correlator struct {
	cfg       Config
	out       func(record.Record)
	counters  stats.Counters
	events    eventQueue
	relations *relations
	now       int64 // of the event in hand

	// Explainer is asked about what only several Call-IDs together show. It is set before the first record.
	Explainer evidence.Explainer
	rivals    rivals
	registrar *registrar
	repeated  retries

	presentities presentities

	// Clock knows the stamps of packets where they are not their times; nil where they are. It is set before the first record.
	Clock evidence.Clock

	// Waits, if set, is given in packed form each binding whose record begins to wait for what becomes of it. The bytes are
	// borrowed until it returns. It is set before the first record.
	Waits      func(number uint64, packed []byte)
	lastNumber uint64 // of a registration whose record waits
	packer     store.Codec
	packed     []byte

	// Watcher, if there is one, is given signals and records. It is set before the first of them.
	Watcher Watcher
	signals signals

	challenges openChallenges
	retries    pairs           // Call-ID of a challenged call → that of the retry
	tries      pairs           // Call-ID of a retry → that of the challenged call
	joined     map[string]bool // Call-IDs of calls that became challenged ones at joinedAt: their failures follow
	joinedAt   int64
}

// New returns a correlator that hands finished records to out.
func New(cfg Config, out func(record.Record)) *Correlator {
	c := &Correlator{cfg: cfg, out: out, challenges: newOpenChallenges(), joined: make(map[string]bool)}
	c.relations, c.registrar = newRelations(&c.cfg), newRegistrar(c)
	c.counters.UserAgents, c.counters.Domains = stats.NewTop(cfg.TopUserAgents), stats.NewTop(cfg.TopDomains)
	return c
}

// Counters returns what was counted of the records handed on. It belongs to the owner of the correlator.
func (c *Correlator) Counters() *stats.Counters { return &c.counters }

// Open returns how many values are kept of open calls: 0 when the records of all of them were handed on.
func (c *Correlator) Open() int { return c.relations.size() }

// Emit takes a record that was finished at a time, see session.Sink. The time must not lie before the last watermark.
func (c *Correlator) Emit(at int64, r record.Record) {
	e := c.events.push(at, rankRecord)
	e.kind, e.id, e.record = r.Kind(), r.Head().ID, r
	c.events.settle()
}

// Announce takes a fact about a session, see session.Sink.
func (c *Correlator) Announce(at int64, a link.Announcement) {
	rank, nonce := rankSighting, ""
	switch f := a.Fact.(type) {
	case link.Challenge:
		rank, nonce = rankChallenge, f.Nonce
	case link.Credentials:
		rank, nonce = rankCredentials, f.Nonce
	}
	e := c.events.push(at, rank)
	e.id, e.nonce, e.announcement = a.CallID, nonce, a
	c.events.settle()
}

// Signal takes what has just happened, see session.Sink.
func (c *Correlator) Signal(s *record.Signal) {
	if c.Watcher != nil && !c.timeless(s.Time) {
		c.signals.list = append(c.signals.list, *s)
	}
}

// Mark is a point in the order in which records are handed on: after everything from before a time, and after the records of
// calls of that time with a smaller ID, if there is an ID.
type Mark struct {
	At int64
	ID string
}

// Before reports whether a point comes before another.
func (m Mark) Before(o Mark) bool { return m.At < o.At || m.At == o.At && m.ID < o.ID }

// Advance handles everything from before the watermark: every tracker has been handed all messages up to that time.
func (c *Correlator) Advance(watermark int64) { c.AdvanceTo(Mark{At: watermark}) }

// AdvanceTo handles everything from before a point, before which nothing will be emitted or announced any more.
func (c *Correlator) AdvanceTo(m Mark) {
	watermark, order := m.At, m.order()
	c.signals.sort()
	for {
		e, ok := c.events.before(watermark, order)
		if !ok {
			break
		}
		c.expireBindings(e.at - 1)
		c.signals.deliver(c.Watcher, e.at)
		if c.Watcher != nil && e.at != c.now {
			c.Watcher.Advance(e.at - 1) // what it raises up to then stands in front of the record, however far apart watermarks are
		}
		c.now = e.at
		c.handle(e)
		c.events.release(e)
	}
	c.challenges.expire(watermark)
	if watermark < wire.Never {
		c.expireBindings(watermark - 1)
	}
	if c.Watcher != nil {
		c.signals.deliver(c.Watcher, watermark-1)
		if 0 < watermark && watermark < wire.Never {
			c.Watcher.Advance(watermark - 1)
		}
	}
}

// expireBindings ends the bindings that ran out up to a time.
func (c *Correlator) expireBindings(upTo int64) {
	for {
		a, at, ok := c.registrar.deadlines.due(upTo)
		if !ok {
			return
		}
		if c.Watcher != nil {
			c.signals.deliver(c.Watcher, at)
			c.Watcher.Advance(at - 1)
		}
		c.now = at
		a.wake(at)
	}
}

// Close handles all that is left. What the watermark did not reach has not happened: bindings that run out later go on.
func (c *Correlator) Close() {
	c.handleAll()
	c.registrar.close()
	c.relations.legs.shelf.Close()
}

func (c *Correlator) handleAll() {
	c.Advance(wire.Never)
	c.relations.advance(wire.Never)
}

// Raise hands on an alert, counted like every other record.
func (c *Correlator) Raise(a *record.Alert) {
	c.restamp(a)
	c.counters.Count(a)
	c.out(a)
}

func (c *Correlator) handle(e *event) {
	c.relations.advance(e.at)
	c.challenges.expire(e.at)
	switch e.rank {
	case rankChallenge, rankCredentials, rankSighting:
		c.see(e)
	case rankRecord:
		if e.at != c.joinedAt {
			clear(c.joined)
			c.joinedAt = e.at
		}
		c.finish(e)
	}
}

// see takes an announcement.
func (c *Correlator) see(e *event) {
	a := &e.announcement
	switch f := a.Fact.(type) {
	case link.Challenge:
		c.challenges.add(a.CallID, f, e.at+int64(c.cfg.ChallengeWindow))
	case link.Credentials:
		c.answer(a.CallID, &f)
	case link.Refusal:
		c.repeated.see(a.CallID, &f)
	case link.Presence:
		c.observePresence(a, &f)
	case link.NoPresence:
		c.presentities.takeNews(sessionKey{hashOf(a.CallID), f.Subscription})
	default:
		c.relations.see(e.at, a)
	}
}

// finish takes a record.
func (c *Correlator) finish(e *event) {
	switch r := e.record.(type) {
	case *link.FinishedSubscription:
		c.finishSubscription(r)
		c.pass(r.Subscription)
	case *link.FinishedRegistration:
		c.explainRivals(r)
		c.explainRetries(r.Registration)
		c.restamp(r.Registration)
		c.counters.Count(r.Registration)
		if !c.registrar.observe(r, e.at) {
			c.handOn(r.Registration)
		}
	case *link.FinishedCall:
		c.finishCall(e, r)
	default:
		c.pass(r)
	}
}

// finishCall takes the record of a call, or holds it back while what another call has to do with it is not over.
func (c *Correlator) finishCall(e *event, f *link.FinishedCall) {
	l := c.relations.finished(f)
	if c.relations.waits(l) {
		w := c.events.push(e.at+int64(c.cfg.RelatedWait), rankRecord)
		w.kind, w.id, w.record, w.first = e.kind, e.id, e.record, e.at
		c.events.settle()
		return
	}
	at := e.at
	if e.first != 0 && f.Disposition == record.InProgress {
		at = e.first // the capture was over then
	}
	if l != nil {
		l.stepped = f.Confidence.Flags&record.NoTimes == 0 && c.apart(f.Start, f.End)
	}
	c.relations.finish(l, f.Call, at)
	if f.Cut {
		if _, retried := c.retries.byCallID[f.CallID]; !retried {
			f.Disposition = record.InProgress // nobody knows whether it was tried again
		}
	}
	c.pass(f.Call)
}

// answer finds the challenge that credentials answer. Under the same Call-ID the tracker has joined both tries itself,
// and what other Call-IDs bring the same credentials, such as the other side of a back-to-back user agent, are no retry.
func (c *Correlator) answer(callID string, f *link.Credentials) {
	// Servers give the same nonce to everybody who asks within a second, so the caller's own challenge goes first.
	if own := c.challenges.answered(callID, f); own != nil {
		c.challenges.forget(own)
		return
	}
	if challenge := c.challenges.answeredElsewhere(f); challenge != nil {
		c.challenges.forget(challenge)
		c.retries.add(challenge.callID, pair{callID: callID})
		c.tries.add(callID, pair{challenge.callID, challenge.Began})
	}
}

// pass hands on a record, changed where another Call-ID has to do with it.
func (c *Correlator) pass(r record.Record) {
	switch r := r.(type) {
	case *record.Call:
		if r.Disposition == record.AuthFailed {
			if retry, ok := c.retries.take(r.CallID); ok {
				c.joined[r.CallID] = true
				r.Disposition = record.Challenged
				r.Challenged = true
				r.Cause = nil
				r.Related = append(r.Related, record.Related{Relation: RelationChallengedRetry, CallID: retry.callID, Reason: sameNonce, Score: 1})
			}
		}
		if challenged, ok := c.tries.take(r.CallID); ok {
			r.Challenged = true
			r.Tries.Began = challenged.began
			r.Related = append(r.Related, record.Related{Relation: RelationChallengedTry, CallID: challenged.callID, Reason: sameNonce, Score: 1})
		}
	case *record.Message:
		c.relations.messages.put(r)
	case *record.Failure:
		if c.joined[r.CallID] && isChallenge(r.Status) && r.Method == sip.INVITE.String() {
			return
		}
	}
	c.explainRetries(r)
	c.restamp(r)
	c.counters.Count(r)
	c.handOn(r)
}

// handOn hands on a record to which nothing is added any more.
func (c *Correlator) handOn(r record.Record) {
	c.out(r)
	if c.Watcher != nil && r.Head().Confidence.Flags&(record.NoTimes|record.NoDates) == 0 {
		c.Watcher.Record(c.now, r)
	}
}

// restamp gives a record that leaves the correlator the stamps of its packets.
func (c *Correlator) restamp(r record.Record) {
	if c.Clock != nil && c.Clock.Differs() {
		record.Restamp(r, c.Clock)
	}
	if r.Head().Confidence.Flags&record.NoAddresses != 0 {
		record.HideParties(r)
	}
}

// timeless reports whether nobody knows when the packet of a time was sent. Then no rate can be made of it.
func (c *Correlator) timeless(at int64) bool {
	return c.Clock != nil && c.Clock.Differs() && c.Clock.Stamp(at) == 0
}

// apart reports whether the difference of two times is not that of the stamps.
func (c *Correlator) apart(from, to int64) bool {
	return c.Clock != nil && c.Clock.Differs() && c.Clock.Apart(from, to)
}

// explain asks the explainer, if there is one.
func (c *Correlator) explain(k *evidence.Case) *record.Cause {
	return evidence.Explain(c.Explainer, c.Clock, k)
}
