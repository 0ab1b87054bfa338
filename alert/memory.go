package alert

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// MemoryVersion is that of the form of a Memory. Another one is not understood.
const MemoryVersion = 1

// Memory is what an engine has learned, in plain values that can be kept in a file: what is usual of each rule, and of each
// peer that it looks at. It names rules and peers of the configuration and nobody else: what is known of addresses, which
// alerts there are and which bindings are active is not in it.
type Memory struct {
	Version  int           `json:"version"`
	At       time.Time     `json:"at"`        // in packet time; zero when nothing was learned
	Watched  int64         `json:"watched_s"` // seconds of packet time before that without a break
	TimeZone string        `json:"time_zone"` // of the half hours
	Bindings int64         `json:"bindings"`  // how many were active
	Rules    []MemoryOfOne `json:"rules"`
}

// MemoryOfOne is the memory of one rule.
type MemoryOfOne struct {
	Rule   string         `json:"rule"`
	Sees   string         `json:"sees"` // what the rule looks at; of anything else the memory says nothing
	Series []SeriesMemory `json:"series"`
}

// SeriesMemory is what is usual of everything, or of a peer.
type SeriesMemory struct {
	Peer    string       `json:"peer,omitempty"` // "": of everything
	Learned time.Time    `json:"learned"`        // when it was copied, in packet time
	Share   *ShareMemory `json:"share,omitempty"`
	Rate    *RateMemory  `json:"rate,omitempty"`
}

// ShareMemory is the memory of a quotient. The days have half hours from midnight on, 48 of work days and then 48 of
// weekends.
type ShareMemory struct {
	Bad      float64 `json:"bad"`
	Of       float64 `json:"of"`
	Windows  int     `json:"windows"`
	Noise    float64 `json:"noise"`
	Variance float64 `json:"variance"` // of delays

	Slot    int       `json:"slot"` // the half hour that runs
	SlotBad float64   `json:"slot_bad"`
	SlotOf  float64   `json:"slot_of"`
	Days    []int     `json:"days,omitempty"` // on how many days each half hour was seen; none: on no day
	DayBad  []float32 `json:"day_bad,omitempty"`
	DayOf   []float32 `json:"day_of,omitempty"`
}

// RateMemory is the memory of how much there is in a window. The days are as in ShareMemory.
type RateMemory struct {
	Mean     float64 `json:"mean"`
	Variance float64 `json:"variance"`
	Windows  int     `json:"windows"`

	Slot        int       `json:"slot"` // the half hour that runs
	SlotSum     float64   `json:"slot_sum"`
	SlotWindows int       `json:"slot_windows"`
	Days        []int     `json:"days,omitempty"` // on how many days each half hour was seen; none: on no day
	DayMean     []float32 `json:"day_mean,omitempty"`
	DayVariance []float32 `json:"day_variance,omitempty"`
}

// maxRemembered bounds the series of a Memory, and so its size: some kilobytes each. Where there are more, rules with many
// have to leave out some.
const maxRemembered = 4000

// Memory returns a copy of what was learned. It is for the goroutine that the engine belongs to.
func (e *Engine) Memory() Memory {
	if e.next == 0 {
		if e.remembered != nil {
			return *e.remembered
		}
		return Memory{Version: MemoryVersion}
	}
	return e.memory(e.next - e.interval)
}

// AskMemory returns a channel that gets a copy of what was learned when the next slice has ended. It may be called from
// any goroutine, again when the copy is there.
func (e *Engine) AskMemory() <-chan Memory {
	asked := make(chan Memory, 1)
	e.asked.Store(&asked)
	return asked
}

// answer gives a copy to who has asked for one.
func (e *Engine) answer(at int64) {
	if e.asked.Load() != nil {
		*e.asked.Swap(nil) <- e.memory(at)
	}
}

func (e *Engine) memory(at int64) Memory {
	m := Memory{
		Version: MemoryVersion, At: time.Unix(0, at).UTC(), Watched: int64(e.age+e.before) * e.interval / int64(time.Second),
		TimeZone: e.zone.String(), Bindings: e.bindings(at),
	}
	for i, n := range e.shares() {
		w := e.watches[i]
		if n == 0 {
			continue
		}
		one := w.memory(m.At, n)
		if len(one.Series) > 0 {
			m.Rules = append(m.Rules, one)
		}
	}
	return m
}

// memory returns what the rule has learned, of n series at most.
func (w *watch) memory(at time.Time, n int) MemoryOfOne {
	one := MemoryOfOne{Rule: w.Name, Sees: w.sees(), Series: make([]SeriesMemory, 0, min(n, len(w.list)+len(w.unclaimed)))}
	for _, p := range w.list {
		if len(one.Series) == n || !p.hasLearned() {
			continue
		}
		if s := p.memory(w, at); s.valid() {
			one.Series = append(one.Series, s)
		}
	}
	for _, peer := range slices.Sorted(maps.Keys(w.unclaimed)) {
		if s := w.unclaimed[peer]; len(one.Series) < n && at.Sub(s.Learned) <= seasonKept {
			one.Series = append(one.Series, *s)
		}
	}
	return one
}

// shares says how many series of each rule have a place in a memory.
func (e *Engine) shares() []int {
	take := make([]int, len(e.watches))
	for left, more := maxRemembered, true; more; {
		more = false
		for i, w := range e.watches {
			if left > 0 && take[i] < len(w.list)+len(w.unclaimed) {
				take[i]++
				left--
				more = true
			}
		}
	}
	return take
}

// sees says what a rule looks at: what it has learned is of use to no rule that looks at anything else.
func (w *watch) sees() string {
	sorted := func(list []string) string {
		list = slices.Clone(list)
		slices.Sort(list)
		return strings.Join(slices.Compact(list), ",")
	}
	words := []string{w.Type}
	for _, word := range [][2]string{
		{"methods", sorted(w.Methods)}, {"codes", sorted(w.Codes)}, {"except", sorted(w.Except)}, {"cause", w.Cause}, {"event", w.Event},
		{"peer", w.Peer}, {"direction", directionKept[w.Direction]}, {"window", (time.Duration(w.spans[0]) * w.slice).String()},
	} {
		if word[1] != "" {
			words = append(words, word[0]+"="+word[1])
		}
	}
	return strings.Join(words, " ")
}

// directionKept are the words for directions in a memory. They stay what they were, so that memories stay valid.
var directionKept = map[string]string{To: "to", From: "from", Either: Either}

// hasLearned says whether there is anything to remember.
func (p *series) hasLearned() bool {
	return p.habit.windows > 0 || p.rate.windows > 0 || p.habit.season != nil || p.rate.season != nil
}

func (p *series) memory(w *watch, at time.Time) SeriesMemory {
	s := SeriesMemory{Peer: p.peer, Learned: at}
	if w.ofRates() {
		s.Rate = p.rate.memory()
	} else {
		s.Share = p.habit.memory()
		s.Share.Variance = p.variance
	}
	return s
}

func (h *habit) memory() *ShareMemory {
	m := &ShareMemory{Bad: h.x, Of: h.n, Windows: h.windows, Noise: h.noise, Slot: h.slot, SlotBad: h.todayX, SlotOf: h.todayN}
	m.Days, m.DayBad, m.DayOf = h.season.memory()
	return m
}

func (r *rate) memory() *RateMemory {
	m := &RateMemory{Mean: r.mean, Variance: r.variance, Windows: r.windows, Slot: r.slot, SlotSum: r.today, SlotWindows: r.counted}
	m.Days, m.DayMean, m.DayVariance = r.season.memory()
	return m
}

func (s *season) memory() (days []int, a, b []float32) {
	if s == nil {
		return nil, nil, nil
	}
	days = make([]int, slots)
	for i, n := range s.days {
		days[i] = int(n)
	}
	return days, slices.Clone(s.a[:]), slices.Clone(s.b[:])
}

// valid says whether a memory can be one: somebody may have changed the file.
func (s *SeriesMemory) valid() bool {
	switch {
	case len(s.Peer) > maxPeerName || (s.Share == nil) == (s.Rate == nil):
		return false
	case s.Share != nil:
		m := s.Share
		return sane(false, m.Bad, m.SlotBad) && sane(true, m.Of, float64(m.Windows), m.Noise, m.Variance, m.SlotOf) &&
			isSlot(m.Slot) && ofDays(m.Days, m.DayBad, m.DayOf)
	}
	m := s.Rate
	return sane(true, m.Mean, m.Variance, float64(m.Windows), m.SlotSum, float64(m.SlotWindows)) &&
		isSlot(m.Slot) && ofDays(m.Days, m.DayMean, m.DayVariance)
}

// maxPeerName bounds the names of peers in a memory.
const maxPeerName = 255

func isSlot(slot int) bool { return 0 <= slot && slot < slots }

// sane says whether numbers are ones that come of counting. Sums of the logarithms of delays may be below 0.
func sane(positive bool, list ...float64) bool {
	return !slices.ContainsFunc(list, func(v float64) bool { return !(math.Abs(v) < 1e15) || positive && v < 0 })
}

func ofDays(days []int, a, b []float32) bool {
	if len(days) == 0 && len(a) == 0 && len(b) == 0 {
		return true
	}
	if len(days) != slots || len(a) != slots || len(b) != slots {
		return false
	}
	for i := range days {
		if days[i] < 0 || days[i] > math.MaxUint8 || !sane(false, float64(a[i])) || !sane(true, float64(b[i])) {
			return false
		}
	}
	return true
}
