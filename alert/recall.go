package alert

import "time"

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
