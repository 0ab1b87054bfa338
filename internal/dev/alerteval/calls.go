package alerteval

import (
	"math"
	"net/netip"
	"time"
)

// outcome is what becomes of a call that the far side takes.
type outcome uint8

const (
	answered outcome = iota
	busy
	noAnswer
	cancelled
	notFound
	declined
	forbidden
	notInTime
	broken
	unavailable
	numOutcomes
)

var outcomeStatus = [numOutcomes]int{200, 486, 480, 487, 404, 603, 403, 408, 500, 503}

func (m *Mix) shares() [numOutcomes]float64 {
	return [numOutcomes]float64{
		m.Answered, m.Busy, m.NoAnswer, m.Cancelled, m.NotFound, m.Declined, m.Forbidden, m.NotInTime, m.Broken, m.Unavailable,
	}
}

// mood is how the outcomes of a trunk differ from the usual at a time.
type mood struct {
	answers drift // of the share of answered calls, on the logit scale
	wrong   drift // of the numbers that nobody has, on the log scale
	faulty  drift // of what the network itself fails at, on the log scale
}

func newMood(c chance, s *Site) mood {
	return mood{
		newDrift(c, s.MixDrift, 90*time.Minute), newDrift(c, 2*s.MixDrift, 3*time.Hour), newDrift(c, 2*s.MixDrift, 30*time.Minute),
	}
}

func (m *mood) step(c chance) {
	m.answers.step(c)
	m.wrong.step(c)
	m.faulty.step(c)
}

// outcome draws what becomes of a call. The factor is what is left of the share of answered calls.
func (c chance) outcome(m *Mix, now *mood, factor float64) outcome {
	shares := m.shares()
	shares[notFound] *= math.Exp(now.wrong.x)
	for _, o := range []outcome{notInTime, broken, unavailable} {
		shares[o] *= math.Exp(now.faulty.x)
	}
	rest := 0.0
	for _, s := range shares[1:] {
		rest += s
	}
	p := shares[answered] / (shares[answered] + rest)
	p = 1 / (1 + math.Exp(-math.Log(p/(1-p))-now.answers.x))
	if c.happens(p) {
		switch {
		case c.happens(factor):
			return answered
		case c.happens(0.7):
			return cancelled
		}
		return noAnswer
	}
	x := c.Float64() * rest
	for o := busy; o < numOutcomes; o++ {
		if x -= shares[o]; x < 0 {
			return o
		}
	}
	return cancelled
}

// call is a call on its way.
type call struct {
	at      int64
	inbound bool
	trunk   int // that it comes from or should go to
	mix     *Mix
	src     netip.AddrPort // of an outgoing call
	target  uint64
	tries   int // so far, by the same caller
}

// people begins the calls of a minute.
func (w *world) people(from, to int64) {
	w.retryAccounts(from, to)
	w.probes(from, to)
	usual := w.rate(from)
	for range w.poisson(usual * math.Exp(w.traffic.x) * w.gamma(w.site.Unevenness)) {
		w.begin(call{at: from + int64(w.between(0, time.Minute)), inbound: w.happens(w.site.Inbound)})
	}
	w.campaigns(from, to, usual)
}

// rate is how many calls are expected in the minute from a time on.
func (w *world) rate(at int64) float64 {
	week := &w.site.Week
	weeks := float64(at-w.began) / float64(7*24*time.Hour)
	return w.site.Calls * week.at(w.calendar, at) / week.workday() / 60 * math.Pow(1+w.site.Growth, weeks)
}

// begin lets a call happen from its INVITE to its BYE.
func (w *world) begin(c call) {
	if c.tries == 0 {
		c.trunk = w.choose()
		if c.target == 0 {
			c.target = w.Uint64()
		}
		if !c.src.IsValid() {
			c.src = coreAddr
			if len(w.phones) > 0 {
				p := &w.phones[w.IntN(w.site.Phones)]
				if !c.inbound && w.without(p, c.at) != 0 {
					return // nobody can call from there
				}
				c.src = p.addr
			}
		}
	}
	if c.mix == nil {
		if c.mix = w.site.Trunks[c.trunk].Mix; c.mix == nil {
			c.mix = &w.site.Mix
		}
	}
	if c.inbound {
		w.incoming(&c)
	} else {
		w.outgoing(&c)
	}
}

// choose draws a trunk by weight.
func (w *world) choose() int {
	x := w.Float64()
	for i := range w.site.Trunks {
		if x -= w.site.Trunks[i].Weight; x < 0 {
			return i
		}
	}
	return 0
}

// incoming is a call from a trunk to the site. What lies behind the site's proxy belongs to no peer.
func (w *world) incoming(c *call) {
	r := &request{
		method: "INVITE", src: trunkAddr(c.trunk), dst: proxyAddr, from: w.site.Trunks[c.trunk].Peer, callID: w.callID(), target: c.target,
	}
	if w.muted(r.from, c.at) {
		return // a trunk that is dead sends nothing either
	}
	if w.dead(c.at) {
		w.unanswered(r, c.at+int64(timerB), true)
		return
	}
	if status := w.ownRefusal(c.at); status != 0 {
		w.final(r, c.at, w.between(5*time.Millisecond, 60*time.Millisecond), status, true)
		w.again(c, c.at, 0.4)
		return
	}
	w.finish(c, nil, r, c.at)
}

// outgoing is a call from the site through its proxy to a trunk, and to another one if that fails.
func (w *world) outgoing(c *call) {
	near := &request{method: "INVITE", src: c.src, dst: proxyAddr, callID: w.callID(), target: c.target}
	at := c.at
	if w.dead(at) {
		w.unanswered(near, at+int64(timerB), true)
		w.again(c, at+int64(20*time.Second), 0.5)
		return
	}
	if w.happens(w.site.Challenged) {
		near.awaitCredentials = true
		w.final(near, at, w.between(3*time.Millisecond, 15*time.Millisecond), 407, true)
		at += int64(w.between(20*time.Millisecond, 120*time.Millisecond))
		near.retried = true
	}
	if status := w.ownRefusal(at); status != 0 {
		at += int64(w.between(5*time.Millisecond, 60*time.Millisecond))
		w.finalHeard(near, at, time.Duration(at-c.at), status, true)
		w.again(c, at, 0.5)
		return
	}
	status := 0
	for i := range min(2, len(w.site.Trunks)) {
		trunk := (c.trunk + i) % len(w.site.Trunks)
		far := *near
		far.src, far.dst, far.to = proxyAddr, trunkAddr(trunk), w.site.Trunks[trunk].Peer
		refused, mute := w.trunkFault(far.to, at)
		last := i+1 == min(2, len(w.site.Trunks))
		switch {
		case mute && !last:
			at += int64(4 * time.Second) // then the proxy turns to the next
			w.unanswered(&far, at, false)
			status = 408
		case mute:
			w.giveUp(c, near, &far, at)
			return
		case refused != 0:
			at += int64(w.between(20*time.Millisecond, 120*time.Millisecond))
			w.finalHeard(&far, at, time.Duration(at-c.at), refused, false)
			status = refused
		default:
			c.trunk = trunk
			w.finish(c, &far, near, at)
			return
		}
	}
	at += int64(w.between(time.Millisecond, 5*time.Millisecond))
	w.finalHeard(near, at, time.Duration(at-c.at), status, true)
	w.again(c, at, 0.5)
}

// giveUp ends a call to a trunk that does not respond: some callers hang up before the proxy does.
func (w *world) giveUp(c *call, near, far *request, at int64) {
	patience := w.draw(Spread{16 * time.Second, 0.5})
	if patience < timerB-time.Second && w.happens(0.5) {
		w.finalHeard(near, at+int64(patience), patience, 487, true)
		w.unanswered(far, at+int64(patience+recordWait), false)
		w.again(c, at+int64(patience), 0.5)
		return
	}
	w.unanswered(far, at+int64(timerB), false)
	w.finalHeard(near, at+int64(timerB), timerB, 408, true)
	w.again(c, at+int64(timerB), 0.4)
}

// again lets the caller try again, sometimes.
func (w *world) again(c *call, at int64, p float64) {
	if c.tries < 3 && w.happens(p) {
		next := *c
		next.tries++
		next.at = at + int64(w.between(4*time.Second, 45*time.Second))
		w.begin(next)
	}
}

// finish lets the far side do with a call what it does. Of an incoming call it is not seen.
func (w *world) finish(c *call, far, near *request, at int64) {
	trunk := w.site.Trunks[c.trunk].Peer
	what := w.outcome(c.mix, &w.moods[c.trunk], w.factor(at, trunk, func(f *Fault) float64 { return f.Answers }))
	setup := w.draw(w.site.Setup)
	setup = time.Duration(float64(setup) * w.factor(at, trunk, func(f *Fault) float64 { return f.Setup }))
	heard, took := setup, setup
	switch what {
	case answered:
		took += w.draw(Spread{7 * time.Second, 0.7})
	case noAnswer:
		took += w.between(22*time.Second, 45*time.Second)
	case cancelled:
		took += w.draw(Spread{12 * time.Second, 0.6})
	case declined:
		took += w.between(time.Second, 9*time.Second)
	case notInTime:
		took += w.between(10*time.Second, 30*time.Second)
		heard = took
	case notFound, forbidden, broken, unavailable:
		heard = w.draw(Spread{400 * time.Millisecond, 0.6})
		took = heard
	}
	end := at + int64(took)
	heard += time.Duration(at - c.at)
	if far != nil {
		w.finalHeard(far, end, heard, outcomeStatus[what], false)
		end += int64(w.between(500*time.Microsecond, 3*time.Millisecond))
	}
	w.finalHeard(near, end, heard, outcomeStatus[what], true)
	switch what {
	case answered:
		w.hangUp(near, far, end+int64(w.draw(Spread{80 * time.Second, 1.2})))
		if w.site.Watched > 0 && w.happens(0.3) {
			w.notify(&w.phones[w.IntN(w.site.Phones)], "dialog", end)
		}
	case busy:
		w.again(c, end, 0.25)
	case notInTime, broken, unavailable:
		w.again(c, end, 0.4)
	}
}

// hangUp sends the BYE on the hops of which the INVITE was seen.
func (w *world) hangUp(near, far *request, at int64) {
	if w.dead(at) {
		return
	}
	for _, hop := range []*request{far, near} {
		if hop != nil {
			bye := *hop
			bye.method, bye.inside, bye.retried = "BYE", true, false
			status := 200
			if w.happens(0.003) {
				status = 481
			}
			w.final(&bye, at, w.between(2*time.Millisecond, 60*time.Millisecond), status, hop == near)
		}
	}
}
