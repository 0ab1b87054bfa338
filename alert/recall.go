package alert

import (
	"errors"
	"math"
	"net/netip"
	"time"

	"sipspan/alert/incident"
	"sipspan/record"
)

// How old a memory may be, in packet time. Of what was lately, counts are forgotten sooner than shares, as when they are
// learned: how much there is follows the hours.
const (
	recentShares = 2 * time.Hour
	recentRates  = 30 * time.Minute
	seasonKept   = 28 * 24 * time.Hour
	clockSteps   = time.Hour // a memory that is from a later time by less is from now: the clock was set back
)

// How long an engine has to watch before it compares with what it remembers. When a capture has just begun, requests are
// under way that it has not seen, and phones are registered that it does not know of: those that it knows come and go
// faster than all of them.
const (
	settleTraffic  = longer
	settleBindings = time.Hour
)

// Remember gives an engine the baselines that another one has learned. It is called before the first signal, by whose time
// their age is known. The baselines of a peer are used when it is seen again: a peer that is no longer there is not missed.
func (e *Engine) Remember(m Memory) {
	if m.Version == MemoryVersion && !m.At.IsZero() {
		e.remembered = &m
	}
}

// Resume takes up the faults that were firing when another engine ended, so that their end is handed on, and they themselves are not
// handed on again. It is called before the first signal. It returns the alerts as they were handed on, and an error for each fault that
// cannot be taken up.
func (e *Engine) Resume(faults []incident.Fault) ([]*record.Alert, error) {
	if e.groups == nil {
		return nil, nil
	}
	var errs []error
	for i := range faults {
		symptoms, err := e.groups.Resume(&faults[i])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e.kept = append(e.kept, symptoms...)
	}
	return e.groups.Firing(), errors.Join(errs...)
}

// Faults returns what is firing. It is for the goroutine that the engine belongs to.
func (e *Engine) Faults() []incident.Fault {
	if e.groups == nil {
		return nil
	}
	return e.groups.Faults()
}

// resume puts the series of a symptom into the state in which it was. A rule that is no longer there cannot say when it is over.
func (e *Engine) resume(s *incident.Symptom) {
	a := s.Alert
	for _, w := range e.watches {
		if w.Name != a.Rule || w.Type != a.Type {
			continue
		}
		alarm := w.alarmOf(s, e.next-e.interval)
		if alarm == nil || alarm.state == firing {
			break
		}
		alarm.state, alarm.resumed = firing, true
		alarm.since, alarm.held, alarm.expected = a.Start, a.Start, s.Expected
		alarm.fired, alarm.total = a, w.resumedTotal(a)
		w.standing.firing.Add(1)
		return
	}
	over := *a
	over.State, over.Summary = "resolved", unwatched(a)
	e.orphans = append(e.orphans, &over)
}

// alarmOf returns the alarm that a symptom belongs to, nil when the rule does not look at that. start is when the engine began: until
// then nobody knows what an address did.
func (w *watch) alarmOf(s *incident.Symptom, start int64) *alarm {
	if w.sources != nil {
		addr, err := netip.ParseAddr(label(s.Alert, "source"))
		if err != nil {
			return nil
		}
		i := w.sources.room(&record.Signal{Time: s.Alert.Start, Src: netip.AddrPortFrom(addr, 0), From: label(s.Alert, "peer")})
		x := &w.sources.list[i]
		x.first, x.refused = s.Alert.Start, max(start, s.Alert.Start)
		return &x.alarm
	}
	p := w.all
	switch {
	case s.Peer != "":
		p = w.of(s.Peer)
	case w.Peer == "":
		p = w.whole()
	}
	if p == nil {
		return nil
	}
	return &p.alarm
}

// resumedTotal returns what was counted until then, as far as the alert has it.
func (w *watch) resumedTotal(a *record.Alert) tally {
	t := tally{bad: int64(a.Events), of: int64(a.Of)}
	switch w.Type {
	case AnswerRatio:
		t.bad = t.of - t.bad
	case SetupDelay:
		t.of = t.bad
		if a.Value > 0 {
			t.sum = int64(math.Log(a.Value) * 1000 * float64(t.of))
		}
	}
	return t
}

// blind reports whether too little was seen since the start to say that an alert from before is over.
func (p *series) blind(w *watch) bool {
	if !p.alarm.resumed || p.age >= w.spans[len(w.spans)-1] {
		return false
	}
	switch w.Type {
	case StatusRatio, NoResponse, AnswerRatio, SetupDelay:
		return p.sums[len(p.sums)-1].of < max(w.samples, 1)
	}
	return p.age < w.spans[0]
}

// recall takes up the memory when the first slice begins.
func (e *Engine) recall() {
	m := e.remembered
	e.remembered = nil
	if m == nil {
		return
	}
	old := time.Duration(e.next - m.At.UnixNano())
	if old > seasonKept {
		return
	}
	if isRecent(old, recentRates) {
		e.before = int(min(max(m.Watched, 0)*int64(time.Second)/e.interval, int64(seasonKept)/e.interval))
	}
	if m.Bindings > 0 && old > -clockSteps {
		e.boundBefore, e.boundUntil = m.Bindings, m.At.Add(settleBindings).UnixNano()
	}
	rules := make(map[string]*MemoryOfOne, len(m.Rules))
	for i := range m.Rules {
		rules[m.Rules[i].Rule] = &m.Rules[i]
	}
	for _, w := range e.watches {
		w.at = e.next
		if one := rules[w.Name]; one != nil && one.Sees == w.sees() {
			w.remember(one.Series, m.TimeZone == e.zone.String())
		}
	}
}

// isRecent says whether a memory is not older than limit. Of one from the future nobody knows; the days are kept all the same:
// a clock that was wrong once does not change what is usual at noon.
func isRecent(old, limit time.Duration) bool { return -clockSteps < old && old <= limit }

// bindings is how many bindings there are: those that were seen, or soon after the start those that there were before.
func (e *Engine) bindings(at int64) int64 {
	if at < e.boundUntil {
		return max(e.bound, e.boundBefore)
	}
	return e.bound
}

// remember keeps the memories of a rule until what they are of is seen. Everything together is looked at from now on: it
// may be silent already.
func (w *watch) remember(list []SeriesMemory, sameZone bool) {
	w.unclaimed = make(map[string]*SeriesMemory, len(list))
	w.sameZone = sameZone
	for i := range list {
		if s := &list[i]; s.valid() && (s.Rate != nil) == w.ofRates() && len(w.unclaimed) < maxSeries {
			w.unclaimed[s.Peer] = s
		}
	}
	if w.unclaimed[""] != nil {
		w.whole()
	}
}

// recall gives a series that has just begun what is remembered of it.
func (p *series) recall(w *watch) {
	s := w.unclaimed[p.peer]
	if s == nil {
		return
	}
	delete(w.unclaimed, p.peer)
	old := time.Duration(w.at - s.Learned.UnixNano())
	if old > seasonKept {
		return
	}
	var recent bool
	if w.ofRates() {
		recent = isRecent(old, recentRates) && s.Rate.Windows > 0
		p.rate.recall(s.Rate, recent, w.sameZone)
	} else {
		recent = isRecent(old, recentShares) && s.Share.Windows > 0
		p.habit.recall(s.Share, recent, w.sameZone)
	}
	if recent { // there is no haste to learn
		p.lag, p.unlearned = w.lag, w.lag
		if s.Share != nil {
			p.variance = s.Share.Variance
		}
	}
	p.recalled = recent || p.habit.season != nil || p.rate.season != nil
}

// settling says whether it is too early to compare a series with what is remembered of it.
func (w *watch) settling(p *series) bool { return p.recalled && p.age < w.settle }

func (h *habit) recall(m *ShareMemory, recent, season bool) {
	if season {
		h.slot, h.todayX, h.todayN = m.Slot, m.SlotBad, m.SlotOf
		h.season = recalledSeason(m.Days, m.DayBad, m.DayOf)
	}
	if recent {
		h.x, h.n, h.windows, h.noise = m.Bad, m.Of, m.Windows, m.Noise
	} else if season {
		h.endSlot()
	}
}

func (r *rate) recall(m *RateMemory, recent, season bool) {
	if season {
		r.slot, r.today, r.counted = m.Slot, m.SlotSum, m.SlotWindows
		r.season = recalledSeason(m.Days, m.DayMean, m.DayVariance)
	}
	if recent {
		r.mean, r.variance, r.windows = m.Mean, m.Variance, m.Windows
	} else if season {
		r.endSlot()
	}
}

func recalledSeason(days []int, a, b []float32) *season {
	if len(days) == 0 {
		return nil
	}
	s := new(season)
	for i := range days {
		s.a[i], s.b[i], s.days[i] = a[i], b[i], uint8(days[i])
	}
	return s
}
