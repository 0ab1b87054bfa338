package alert

import (
	"math"
	"time"
)

// habit is the memory of a quotient x/n, such as failures of requests: lately, and by the time of day.
type habit struct {
	x, n    float64 // lately, the older the less
	windows int     // learned from
	signed  bool    // the quotient is no share
	noise   float64 // how much more the shares of windows differ than chance makes them, from 1

	season         *season
	slot           int // that todayX and todayN are of
	todayX, todayN float64
}

// What has to be known before there is a baseline.
const (
	enoughWindows = 10
	enoughSamples = 50
	enoughBlocks  = 2
	fewSamples    = 20
	maxNoise      = 10
)

// learn takes one window in. One in which nothing happened says nothing.
func (h *habit) learn(x, n float64, slot int, keep float64) {
	if slot != h.slot {
		h.endSlot()
		h.slot = slot
	}
	h.windows++
	if n == 0 {
		return
	}
	h.x, h.n = h.x*keep+x, h.n*keep+n
	h.todayX += x
	h.todayN += n
}

// endSlot takes a slot of today over into the memory of the days.
func (h *habit) endSlot() {
	if h.todayN > 0 {
		if h.season == nil {
			h.season = new(season)
		}
		s, i := h.season, h.slot
		w := float32(dayWeight(s.days[i]))
		s.a[i] += w * (float32(h.todayX) - s.a[i])
		s.b[i] += w * (float32(h.todayN) - s.b[i])
		s.seen(i)
	}
	h.todayX, h.todayN = 0, 0
}

// noisy learns from a window how much shares differ by more than chance: the mean of Pearson's χ² for one degree of
// freedom is 1 where they do not.
func (h *habit) noisy(t *tally, keep float64) {
	p, known := h.recently()
	expected := float64(t.of) * p
	if !known || expected < 0.5 {
		return
	}
	d := float64(t.bad) - expected
	chi := min(d*d/(expected*(1-p)+0.5), 4*maxNoise)
	if d > 0 {
		chi = min(chi, mostAbove) // it may be the beginning of what is to be found
	}
	if h.noise == 0 {
		h.noise = 1
	}
	h.noise = min(keep*h.noise+(1-keep)*chi, maxNoise)
}

// curbed is how many bad ones of a window are learned: a share that is higher than chance explains moves what is usual by
// a little only, so that a slow rise stands out.
func (h *habit) curbed(t *tally) float64 {
	p, known := h.recently()
	x, n := float64(t.bad), float64(t.of)
	if most := curb * p * n; known && x > most && binomialTail(x, n, max(p, 0.5/h.n)) < odd {
		return max(most, 1)
	}
	return x
}

const (
	mostAbove = 4
	curb      = 1.5
	odd       = 0.01
)

// spread is by how much the evidence counts less than it seems.
func (h *habit) spread() float64 { return max(1, h.noise) }

// recently returns the recent quotient.
func (h *habit) recently() (float64, bool) {
	if h.windows < enoughBlocks || h.n < fewSamples {
		return 0, false
	}
	return h.x / h.n, true
}

// usual returns the baseline of a slot: the higher one of the recent share and that of the time of the day. A share with few
// samples may be higher by half a deviation. Where no failure was seen, half a failure in all samples is assumed.
func (h *habit) usual(slot int) float64 {
	v, known := h.recently()
	if !known {
		v = math.NaN()
	} else if h.x == 0 {
		v = 0.5 / h.n
	} else if 0 < v && v < 1 && !h.signed {
		v += math.Sqrt(v*(1-v)/h.n) / 2
	}
	if s := h.season; s.known(slot) && s.b[slot] >= enoughSamples {
		if seasonal := float64(s.a[slot] / s.b[slot]); !known || seasonal > v {
			v = seasonal
		}
	}
	return v
}

// The day has slots of half an hour; work days and weekends are remembered apart.
const (
	slotLength = 30 * time.Minute
	daySlots   = int(24 * time.Hour / slotLength)
	slots      = 2 * daySlots
)

// slotOf returns the slot of a time in a time zone.
func slotOf(at int64, zone *time.Location) int {
	t := time.Unix(0, at).In(zone)
	slot := (t.Hour()*60 + t.Minute()) / int(slotLength/time.Minute)
	if day := t.Weekday(); day == time.Saturday || day == time.Sunday {
		slot += daySlots
	}
	return slot
}

// season remembers two numbers for each slot over the days.
type season struct {
	a, b [slots]float32
	days [slots]uint8
}

// enoughDays is how many days a slot was seen on before it counts.
const enoughDays = 2

// dayWeight is how much a new day counts against all before it.
func dayWeight(days uint8) float64 { return max(0.25, 1/float64(days+1)) }

func (s *season) known(slot int) bool { return s != nil && s.days[slot] >= enoughDays }

// seen notes that a slot had another day.
func (s *season) seen(slot int) {
	if s.days[slot] < 255 {
		s.days[slot]++
	}
}
