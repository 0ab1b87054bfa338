package alert

import (
	"math"
	"sync/atomic"
	"time"

	"sipspan/alert/incident"
	"sipspan/record"
)

// Engine looks whether rules hold. All its methods but Capture, Requests, Status, AskMemory and Reload belong to one goroutine.
type Engine struct {
	// Symptom, if set, is given every alert of a rule, also those that are not handed on by themselves. It is set before the first
	// signal, and borrows the alert.
	Symptom func(*record.Alert)
	// Changed, if set, is given the faults that are firing whenever they change, in the goroutine that the engine belongs to. It is set
	// before the first signal.
	Changed func([]incident.Fault)

	sensor   string
	raise    func(*record.Alert)
	groups   *incident.Groups // nil: every alert of a rule is handed on
	interval int64
	zone     *time.Location
	watches  []*watch
	byMethod map[string][]*watch // rules about requests, by method
	byOther  []*watch            // those about requests of any other method
	bySource []*watch
	byCause  []*watch
	byLink   []*watch
	lost     []*watch
	dropped  []*watch
	floods   []*watch

	next     int64 // end of the slice that runs; 0 before the first signal
	age      int   // slices that have ended
	idle     int   // slices since the last signal
	dormant  int   // after so many nothing is left in any window and no alert can change
	bound    int64 // bindings that are active, as far as was seen
	evidence evidence
	accepted sketch // requests by address
	refused  sketch // the same, without challenges that were answered
	capture  drops
	config   Config
	standing atomic.Pointer[[]*standing] // of the rules that are on, in their order
	wanted   atomic.Pointer[wanted]      // what Reload was given last, until it is in force
	parked   map[string]MemoryOfOne      // what was learned for rules that a reload has switched off, by rule

	remembered  *Memory            // until the first slice begins
	kept        []incident.Symptom // that were firing before the start, until the first slice begins
	orphans     []*record.Alert    // of rules that are no longer there
	before      int                // slices that an engine before this one had ended
	boundBefore int64              // bindings that were active before
	boundUntil  int64              // and may be still, until then
	asked       atomic.Pointer[chan Memory]
}

// standing is what other goroutines may ask of a rule.
type standing struct {
	rule   string
	firing atomic.Int64
	total  atomic.Uint64
}

// drops is how many packets the capture had and lost.
type drops struct {
	packets, lost atomic.Uint64 // as reported last
	requests      atomic.Uint64
	seenRequests  uint64
	seenPackets   uint64 // as evaluated last
	seenLost      uint64
}

// maxAlerts bounds the addresses that one rule has alerts about at a time.
const maxAlerts = 50

// New returns an engine with the rules of a valid configuration. Alerts are given to raise, with the name of the sensor.
func New(c Config, sensor string, raise func(*record.Alert)) *Engine {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	e := &Engine{sensor: sensor, raise: raise, interval: int64(c.Interval), zone: zone}
	if c.Group {
		e.groups = incident.New(raise)
	}
	e.config = c
	for _, r := range Complete(c.Rules) {
		if *r.Enabled {
			e.watches = append(e.watches, newWatch(r, &c))
		}
	}
	e.route()
	return e
}

// ofRequests says whether the rule counts requests.
func (w *watch) ofRequests() bool {
	switch w.Type {
	case StatusRatio, StatusCount, NoResponse, AnswerRatio, RegistrationStorm, SetupDelay, TrafficSilence:
		return true
	}
	return false
}

// Signal takes what has just happened. It is borrowed until the call returns.
func (e *Engine) Signal(s *record.Signal) {
	if s.Time >= e.next {
		e.reach(s.Time)
	}
	e.idle = 0
	switch s.Kind {
	case record.SignalFinal, record.SignalUnanswered:
		e.request(s)
	case record.SignalBound:
		e.bound += int64(s.Count)
	case record.SignalUnbound:
		e.bound = max(0, e.bound-int64(s.Count))
	case record.SignalLapsed:
		e.bound = max(0, e.bound-int64(s.Count))
		for _, w := range e.lost {
			w.whole().now.bad += int64(s.Count)
		}
	case record.SignalLinkDown:
		e.evidence.signal(s)
		for _, w := range e.byLink {
			if w.Peer == "" {
				w.count(w.whole(), s, bad)
			}
			w.ofPeers(s, bad)
		}
	}
}

func (e *Engine) request(s *record.Signal) {
	strange := s.First && !s.Inside && len(e.bySource) > 0 && e.strange(s)
	list, ok := e.byMethod[s.Method]
	if !ok {
		list = e.byOther
	}
	if !strange {
		for _, w := range list {
			w.request(s)
		}
	}
	if s.Status >= 400 || s.Status == 0 {
		e.evidence.signal(s)
	}
}

// strange counts a request by the address that it came from. It reports whether that address is known to try what it
// should not: then what it gets says nothing of the service. Addresses that are refused something now and then, and
// those that answer their challenges, are not looked up.
func (e *Engine) strange(s *record.Signal) (known bool) {
	if s.Time >= e.accepted.began+sketchHour {
		e.accepted.roll(s.Time)
		e.refused.roll(s.Time)
	}
	spot := spotOf(s.Src.Addr())
	switch {
	case isAccepted(s.Status):
		e.accepted.add(spot)
		if s.Retried {
			e.refused.takeBack(spot)
		}
	case isRefused(s.Status):
		e.refused.add(spot)
	}
	refused := e.refused.of(spot)
	for _, w := range e.bySource {
		if refused >= w.follow && w.takesMethod(s.Method) && w.sources.signal(w, s) {
			known = true
		}
	}
	return known
}

// Record takes a record that was finished at a time. Only failures tell something: their causes.
func (e *Engine) Record(at int64, r record.Record) {
	f, ok := r.(*record.Failure)
	if !ok || e.next == 0 {
		return
	}
	if at >= e.next {
		e.reach(at)
	}
	e.evidence.failure(at, f)
	for _, w := range e.byCause {
		w.failure(f)
	}
}

// Advance reports that everything up to now was delivered.
func (e *Engine) Advance(now int64) {
	if e.next != 0 && now >= e.next-1 || e.next == 0 && now > 0 && (len(e.kept) > 0 || e.capture.requests.Load() > 0) {
		e.reach(now + 1)
	}
}

// Capture reports how many packets the capture has received and lost up to now. It may be called from any goroutine.
func (e *Engine) Capture(packets, lost uint64) {
	e.capture.packets.Store(packets)
	e.capture.lost.Store(lost)
}

// Requests reports how many requests have come up to now, without those that were sent again. It may be called from any goroutine.
func (e *Engine) Requests(n uint64) { e.capture.requests.Store(n) }

// reach ends all slices up to a time. Slices in which nothing can change any more are passed over at once.
func (e *Engine) reach(at int64) {
	if w := e.wanted.Swap(nil); w != nil {
		e.adopt(w)
	}
	if e.next == 0 {
		e.next = at - at%e.interval + e.interval
		e.recall()
		for i := range e.kept { // after the baselines of their series
			e.resume(&e.kept[i])
		}
		e.kept = nil
		return
	}
	for e.next <= at {
		if e.idle > e.dormant && e.capture.lost.Load() == e.capture.seenLost && e.capture.requests.Load() == e.capture.seenRequests {
			e.sleep()
			e.next = at - at%e.interval + e.interval
			return
		}
		e.tick(e.next)
		e.next += e.interval
		e.idle++
	}
}

// sleep forgets the recent rates.
func (e *Engine) sleep() {
	for _, w := range e.watches {
		for _, p := range w.list {
			p.rate.asleep()
		}
	}
}

// tick ends a slice and looks at every rule.
func (e *Engine) tick(at int64) {
	slot := slotOf(at-1, e.zone)
	e.age++
	for _, w := range e.lost {
		if w.all != nil || e.bound > 0 {
			w.whole().now.of = fine * (e.bound + w.whole().now.bad) / int64(w.spans[0])
		}
	}
	e.tickCapture()
	e.tickRequests()
	bound := e.bindings(at)
	for _, w := range e.watches {
		if w.sources != nil {
			e.tickSources(w, at)
			continue
		}
		w.bound = bound
		w.age = e.before + e.age
		w.at = at
		for _, p := range w.list {
			p.turn(w)
			v := w.look(p, slot)
			if v.holds && p.alarm.state != firing && !e.convinces(w, p, at, &v) {
				v.holds = false
			}
			if p.alarm.state == firing {
				v.clears = v.clears && !p.blind(w)
				p.lasts(&v)
			}
			switch p.alarm.step(w, at, e.interval, &v) {
			case began:
				p.began(at, e.interval)
				e.begin(w, &p.alarm, p.labels(w), p.peer, at, &v)
			case ended:
				e.end(w, &p.alarm, p.peer, &v)
				p.forget()
			}
			p.learn(w, slot)
		}
	}
	e.turn(at)
	e.answer(at)
}

// turn hands on what has changed.
func (e *Engine) turn(at int64) {
	if e.groups == nil {
		return
	}
	for _, a := range e.orphans {
		a.End = max(at, a.Start)
		e.groups.End(a)
	}
	e.orphans = nil
	before := e.groups.Version()
	e.groups.Turn(e.trace)
	if e.Changed != nil && e.groups.Version() != before {
		e.Changed(e.groups.Faults())
	}
}

func (e *Engine) tickCapture() {
	packets, lost := e.capture.packets.Load(), e.capture.lost.Load()
	newPackets, newLost := packets-e.capture.seenPackets, lost-e.capture.seenLost
	e.capture.seenPackets, e.capture.seenLost = packets, lost
	if newPackets > math.MaxInt32 || newLost > math.MaxInt32 || packets == 0 && lost == 0 {
		return // counted anew, or never reported
	}
	if newLost > 0 {
		e.idle = 0
	}
	for _, w := range e.dropped {
		w.whole().now = tally{bad: int64(newLost), of: int64(newPackets + newLost)}
	}
}

// tickRequests gives the rules about floods what has come.
func (e *Engine) tickRequests() {
	all := e.capture.requests.Load()
	came := all - e.capture.seenRequests
	e.capture.seenRequests = all
	if all == 0 || came > math.MaxInt32 {
		return // never reported, or counted anew
	}
	if came > 0 {
		e.idle = 0
	}
	for _, w := range e.floods {
		w.whole().now = tally{bad: int64(came), of: int64(came)}
	}
}

func (e *Engine) tickSources(w *watch, at int64) {
	t := w.sources
	for i := range t.list {
		x := &t.list[i]
		if x.alarm.state == quiet && !x.suspect(uint32(w.threshold)) {
			continue
		}
		if x.alarm.state != firing && w.standing.firing.Load() >= maxAlerts {
			continue
		}
		v := t.look(w, x, at, float64(e.accepted.of(spotOf(x.addr))))
		switch x.alarm.step(w, at, e.interval, &v) {
		case began:
			x.alarm.since = x.first
			e.begin(w, &x.alarm, x.labels(), "", at, &v)
		case ended:
			x.alarm.over = x.refused
			e.end(w, &x.alarm, "", &v)
			x.forget()
		}
	}
}
