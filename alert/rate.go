package alert

import "math"

// rate is the memory of how often something happens in a window: lately, and by the time of day.
type rate struct {
	mean, variance float64 // of windows, lately
	windows        int     // learned from

	season  *season // means of the days and how far they were apart
	slot    int     // that today is of
	today   float64
	counted int // windows in today
}

// learn takes one window in.
func (r *rate) learn(x float64, slot int, keep float64) {
	if slot != r.slot {
		r.endSlot()
		r.slot = slot
	}
	r.windows++
	w := max(1-keep, 1/float64(r.windows))
	d := x - r.mean
	r.mean += w * d
	r.variance = (1 - w) * (r.variance + w*d*d)
	r.today += x
	r.counted++
}

// endSlot takes a slot of today over into the memory of the days.
func (r *rate) endSlot() {
	if r.counted >= enoughWindows {
		if r.season == nil {
			r.season = new(season)
		}
		s, i := r.season, r.slot
		w := float32(dayWeight(s.days[i]))
		d := float32(r.today/float64(r.counted)) - s.a[i]
		if s.days[i] == 0 {
			s.a[i] += d
		} else {
			s.a[i] += w * d
			s.b[i] = (1 - w) * (s.b[i] + w*d*d)
		}
		s.seen(i)
	}
	r.today, r.counted = 0, 0
}

// asleep forgets what was lately: it is too long ago.
func (r *rate) asleep() { r.mean, r.variance, r.windows = 0, 0, 0 }

// spread is how much more windows differ than chance makes them, from 1.
func (r *rate) spread() float64 {
	if r.mean <= 0 {
		return 1
	}
	return min(max(1, r.variance/r.mean), 4*maxNoise)
}

// atMost returns what a window has on a busy day, NaN while nothing is known.
func (r *rate) atMost(slot int) float64 {
	v := r.lately()
	if s := r.season; s.known(slot) {
		if day := float64(s.a[slot]) + 2*math.Sqrt(float64(s.b[slot])); math.IsNaN(v) || day > v {
			v = day
		}
	}
	return v
}

// atLeast returns what is expected in a window of a slot: the recent rate, or less where the rate falls at this time of the
// day. Other days contribute the course of the day, not its level, so that a holiday among them does not matter. A recent
// rate that no other day has, such as the tries of a stranger, is not missed.
func (r *rate) atLeast(slot int) float64 {
	v := r.lately()
	s := r.season
	if !s.known(slot) {
		return v
	}
	before := slot - 1
	if before < 0 || before == daySlots-1 {
		before += daySlots
	}
	if s.known(before) && s.a[before] > 0 {
		v *= min(1, float64(s.a[slot]/s.a[before]))
	}
	return min(v, float64(s.a[slot])+2*math.Sqrt(float64(s.b[slot]))) // NaN stays
}

func (r *rate) lately() float64 {
	if r.windows < enoughWindows {
		return math.NaN()
	}
	return r.mean
}
