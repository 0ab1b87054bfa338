package alerteval

import (
	"slices"
	"time"

	"sipspan/record"
	"sipspan/session/correlate"
)

// Timeline is what an engine will be shown of a site.
type Timeline struct {
	Kind       string // "weeks" or "fresh"
	Site       Site
	Seed       uint64
	calendar   *calendar
	start, end int64
	planted    []planted
	benign     []happening
	restarts   []int64
}

// planted is an incident in its time.
type planted struct {
	*Incident
	start, end int64
}

// Weeks returns how long the timeline is.
func (t *Timeline) Weeks() float64 { return float64(t.end-t.start) / float64(7*24*time.Hour) }

// Weeks is four weeks of a site that begin in the middle of a Monday with no history: the first ends with a change of the
// clocks, the second has a holiday. In the third and fourth incidents are planted; on Thursday of the fourth the daemon is
// started anew and forgets all but what its engine keeps.
func Weeks(site Site, seed uint64) *Timeline {
	t := &Timeline{Kind: "weeks", Site: site, Seed: seed, calendar: &autumn}
	if seed%2 == 1 {
		t.calendar = &spring
	}
	c := newChance(seed, 0x7157)
	t.start = t.at(0, 8*time.Hour+c.between(0, 7*time.Hour).Truncate(time.Minute))
	t.end = t.at(28, 0)
	t.restarts = []int64{t.at(24, 11*time.Hour+20*time.Minute)}
	for _, b := range oddities(&t.Site) {
		at := t.at(b.Day, b.From)
		t.benign = append(t.benign, happening{&b, at, at + int64(b.For)})
	}
	busyHours := []time.Duration{9*time.Hour + 10*time.Minute, 14 * time.Hour}
	if site.Name == "carrier" {
		busyHours = append(busyHours, 18*time.Hour)
	}
	t.plant(c, slots([]int{14, 15, 16, 17, 18, 21, 22, 23, 25}, busyHours), slots([]int{14, 15, 16, 17, 18, 19, 20, 21, 22, 23}, []time.Duration{90 * time.Minute}))
	return t
}

// slot is when an incident may begin.
type slot struct {
	day  int
	from time.Duration
}

func slots(days []int, from []time.Duration) (list []slot) {
	for _, day := range days {
		for _, f := range from {
			list = append(list, slot{day, f})
		}
	}
	return list
}

// plant gives every incident a slot, and as many of them a second time as there are slots left.
func (t *Timeline) plant(c chance, busy, night []slot) {
	all := Incidents(&t.Site)
	for _, isNight := range []bool{false, true} {
		free := busy
		if isNight {
			free = night
		}
		var list []*Incident
		for i := range all {
			if all[i].Night == isNight {
				list = append(list, &all[i])
			}
		}
		c.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		c.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
		for i, s := range free {
			if i == 2*len(list) {
				break
			}
			at := t.at(s.day, s.from+c.between(0, 40*time.Minute).Truncate(time.Millisecond))
			in := list[i%len(list)]
			t.planted = append(t.planted, planted{in, at, at + int64(in.For)})
		}
	}
	slices.SortFunc(t.planted, func(a, b planted) int { return int((a.start - b.start) / 1e9) })
}

// Fresh returns short timelines of a site: each incident of the busy hours once, soon after the daemon was started.
func Fresh(site Site, seed uint64) (list []*Timeline) {
	c := newChance(seed, 0xf4e5)
	for _, in := range Incidents(&site) {
		if in.Night || in.Learned && site.Hours == [2]int{} {
			continue // nobody can say after an hour of few calls what is usual
		}
		t := &Timeline{Kind: "fresh", Site: site, Seed: seed, calendar: &autumn}
		at := t.at(c.IntN(5), 9*time.Hour+30*time.Minute+c.between(0, 90*time.Minute).Truncate(time.Millisecond))
		t.start = at - int64(c.between(20*time.Minute, time.Hour).Truncate(time.Second))
		t.end = at + int64(in.For) + int64(time.Hour)
		t.planted = []planted{{&in, at, at + int64(in.For)}}
		list = append(list, t)
	}
	return list
}

// at returns a time of a day of the timeline, counted from its first Monday, by the clock on the wall.
func (t *Timeline) at(day int, since time.Duration) int64 {
	return t.calendar.instant(t.calendar.monday().AddDate(0, 0, day).Add(since))
}

// oddities are the benign events of a site. None of them happens at the same time as an incident of which it is the cause.
func oddities(s *Site) []Benign {
	list := []Benign{
		{Name: "test call at night", Day: 2, From: 3*time.Hour + 10*time.Minute, For: time.Hour, Failing: 1},
		{Name: "test calls at night", Day: 10, From: 3*time.Hour + 40*time.Minute, For: time.Hour, Failing: 3},
		{Name: "maintenance", Day: 3, From: 4 * time.Hour, For: 10 * time.Minute, Options: 500},
		{Name: "maintenance", Day: 10, From: 4*time.Hour + 5*time.Minute, For: 10 * time.Minute, Options: 500},
		{Name: "dead account", Day: 1, From: 10 * time.Hour, For: 50 * time.Hour, Account: 1},
		{Name: "dead account", Day: 9, From: 3 * time.Hour, For: 30 * time.Hour, Account: 1},
		{Name: "dead account", Day: 22, From: 17 * time.Hour, For: 60 * time.Hour, Account: 1},
	}
	if s.Hours == [2]int{} {
		return append(list,
			Benign{Name: "call-round", Day: 3, From: 10 * time.Hour, For: 2 * time.Hour, Number: 50, Mix: &coldCalls},
			Benign{Name: "mailing", Day: 9, From: 14 * time.Hour, For: 20 * time.Minute, Number: 25, Inbound: true, Mix: &hotLine},
		)
	}
	return append(list,
		Benign{Name: "call-centre campaign", Day: 1, From: 13*time.Hour + 30*time.Minute, For: 2 * time.Hour, Calls: 0.6, Mix: &coldCalls},
		Benign{Name: "call-centre campaign", Day: 8, From: 10 * time.Hour, For: 3 * time.Hour, Calls: 0.7, Mix: &coldCalls},
		Benign{Name: "marketing burst", Day: 10, From: 14*time.Hour + 5*time.Minute, For: 15 * time.Minute, Calls: 2, Inbound: true, Mix: &hotLine},
		Benign{Name: "marketing burst", Day: 19, From: 20*time.Hour + 15*time.Minute, For: 12 * time.Minute, Calls: 2.5, Inbound: true, Mix: &hotLine},
	)
}

// Engine makes an alert engine that has no history. The alerts of each rule go to symptom, and those that people are given, one for each
// fault, to deliver.
type Engine func(symptom, deliver func(*record.Alert)) correlate.Watcher

// Keeper is an engine that keeps something over a restart of the daemon.
type Keeper interface {
	// Successor returns the engine of the daemon that is started next.
	Successor(symptom, deliver func(*record.Alert)) correlate.Watcher
}

// Run shows the timeline to an engine and returns what it made of it.
func (t *Timeline) Run(engine Engine) *Outcome {
	w := newWorld(&t.Site, t.calendar, t.start, t.Seed)
	w.benign = slices.Clone(t.benign)
	for _, p := range t.planted {
		w.faults = append(w.faults, active{&p.Fault, p.start, p.end})
	}
	out := &Outcome{Timeline: t}
	w.watcher = engine(out.take, out.deliver)
	restarts := t.restarts
	for now := t.start; now < t.end; now += int64(time.Minute) {
		if len(restarts) > 0 && restarts[0] <= now {
			restarts = restarts[1:]
			out.restarted()
			w.forget()
			if k, ok := w.watcher.(Keeper); ok {
				w.watcher = k.Successor(out.take, out.deliver)
			} else {
				w.watcher = engine(out.take, out.deliver)
			}
		}
		w.minute(now, &out.now)
	}
	out.Signals = w.signals
	out.judge()
	return out
}
