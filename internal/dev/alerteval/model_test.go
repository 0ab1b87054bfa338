package alerteval

import (
	"hash/fnv"
	"math"
	"testing"
	"time"

	"sipspan/record"
	"sipspan/session/correlate"
)

// listener takes what an engine would be told.
type listener struct {
	testing.TB
	last    int64
	signals func(*record.Signal)
	records func(int64, record.Record)
}

func (l *listener) Signal(s *record.Signal) {
	l.pass(s.Time)
	if l.signals != nil {
		l.signals(s)
	}
}

func (l *listener) Record(at int64, r record.Record) {
	l.pass(at)
	if l.records != nil {
		l.records(at, r)
	}
}

func (l *listener) Advance(now int64) { l.pass(now) }

func (l *listener) pass(at int64) {
	if at < l.last {
		l.Fatalf("time goes back from %d to %d", l.last, at)
	}
	l.last = at
}

func (l *listener) engine(_, _ func(*record.Alert)) correlate.Watcher { return l }

// heir is an engine that keeps something.
type heir struct {
	*listener
	restarts *[]int64
}

func (h heir) Successor(_, _ func(*record.Alert)) correlate.Watcher {
	*h.restarts = append(*h.restarts, h.last)
	return heir{h.listener, h.restarts}
}

func TestARestartHasASuccessor(t *testing.T) {
	tl := quiet(siteOf(t, "pbx"), 1, 1)
	tl.restarts = []int64{tl.at(0, 11*time.Hour), tl.at(0, 13*time.Hour)}
	var restarts []int64
	made := 0
	tl.Run(func(_, _ func(*record.Alert)) correlate.Watcher { made++; return heir{&listener{TB: t}, &restarts} })
	if made != 1 || len(restarts) != 2 || tl.restarts[0]-restarts[0] != 1 || tl.restarts[1]-restarts[1] != 1 {
		t.Errorf("%d engines without history, successors at %v, want %v", made, restarts, tl.restarts)
	}
}

func siteOf(tb testing.TB, name string) Site {
	for _, s := range Sites() {
		if s.Name == name {
			return s
		}
	}
	tb.Fatalf("there is no site %s", name)
	return Site{}
}

// quiet is a timeline without incidents and oddities.
func quiet(site Site, seed uint64, days int) *Timeline {
	t := Weeks(site, seed)
	t.start, t.end = t.at(0, 0), t.at(days, 0)
	t.planted, t.benign, t.restarts = nil, nil, nil
	return t
}

func TestASeedIsAWorld(t *testing.T) {
	sum := func(seed uint64) uint64 {
		h := fnv.New64a()
		l := &listener{TB: t, signals: func(s *record.Signal) {
			var b [8]byte
			for i := range b {
				b[i] = byte(uint64(s.Time) >> (8 * i))
			}
			_, _ = h.Write(append(b[:], s.CallID+s.Method...))
		}}
		quiet(siteOf(t, "pbx"), seed, 3).Run(l.engine)
		return h.Sum64()
	}
	if a, b := sum(1), sum(1); a != b {
		t.Error("the same seed gives different signals")
	}
	if sum(1) == sum(2) {
		t.Error("different seeds give the same signals")
	}
}

// What is written down of a site is what comes out.
func TestTrafficIsThatOfTheSite(t *testing.T) {
	for _, s := range Sites() {
		t.Run(s.Name, func(t *testing.T) {
			var byHour [24]int
			var weekend, placed, up int
			peers := map[string]int{}
			tl := quiet(s, 3, 7)
			l := &listener{TB: t, signals: func(sig *record.Signal) {
				if sig.Method != "INVITE" || sig.Kind != record.SignalFinal {
					return
				}
				if peer := sig.From + sig.To; peer != "" {
					peers[peer]++
				}
				if !sig.First || sig.Status == 407 || sig.Src.Addr() == strayAddr(0).Addr() {
					return
				}
				local := tl.calendar.local(sig.Time)
				if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
					weekend++
					return
				}
				byHour[local.Hour()]++
				placed++
				if sig.Status == 200 {
					up++
				}
			}}
			tl.Run(l.engine)
			if days := float64(placed) / 5; days < 0.8*s.Calls || days > 1.4*s.Calls {
				t.Errorf("%.0f calls on a working day, expected some %.0f and those tried again", days, s.Calls)
			}
			shares := s.Mix.shares()
			rest := 0.0
			for _, share := range shares {
				rest += share
			}
			if got, want := float64(up)/float64(placed), s.Mix.Answered/rest; math.Abs(got-want) > 0.08 {
				t.Errorf("a share of %.2f was answered, expected some %.2f", got, want)
			}
			if noon, ten := byHour[12], byHour[10]; noon >= ten {
				t.Errorf("%d calls at noon, %d at ten", noon, ten)
			}
			if night := byHour[3]; night > byHour[10]/8 {
				t.Errorf("%d calls at three at night, %d at ten", night, byHour[10])
			}
			if float64(weekend)/2 > 0.8*float64(placed)/5 {
				t.Errorf("%d calls on the weekend, %d in the week", weekend, placed)
			}
			total := 0
			for _, n := range peers {
				total += n
			}
			for _, trunk := range s.Trunks {
				if got := float64(peers[trunk.Peer]) / float64(total); math.Abs(got-trunk.Weight) > 0.03 {
					t.Errorf("%s has a share of %.2f, expected %.2f", trunk.Peer, got, trunk.Weight)
				}
			}
		})
	}
}

// Arrivals vary more than Poisson's and not wildly.
func TestBusyMinutesAreBusier(t *testing.T) {
	s := siteOf(t, "carrier")
	tl := quiet(s, 5, 5)
	minutes := map[int64]int{}
	l := &listener{TB: t, signals: func(sig *record.Signal) {
		if sig.Method == "INVITE" && sig.First && sig.Kind == record.SignalFinal {
			minutes[sig.Time/int64(time.Minute)]++
		}
	}}
	tl.Run(l.engine)
	var n, sum, squares float64
	for minute, count := range minutes {
		if h := tl.calendar.local(minute * int64(time.Minute)).Hour(); h == 10 {
			n++
			sum += float64(count)
			squares += float64(count) * float64(count)
		}
	}
	mean := sum / n
	if dispersion := (squares/n - mean*mean) / mean; dispersion < 1.5 || dispersion > 15 {
		t.Errorf("the variance of calls in a minute is %.1f times the mean", dispersion)
	}
}

// Each incident changes the traffic as it says.
func TestIncidentsAreThere(t *testing.T) {
	for _, s := range Sites() {
		for _, in := range Incidents(&s) {
			t.Run(s.Name+"/"+in.Name, func(t *testing.T) {
				before, during := measure(t, s, nil, in.For), measure(t, s, &in, in.For)
				if before == during {
					t.Error("the incident changes nothing")
				}
				f := &in.Fault
				switch {
				case f.Dark && f.Trunk == "" && during.signals != 0:
					t.Errorf("%d signals of a link that is dark", during.signals)
				case f.Refuse != 0 && f.Share == [2]float64{} && during.refused[f.Refuse] < 2*before.refused[f.Refuse]+2:
					t.Errorf("%d calls are refused with %d, %d without the incident", during.refused[f.Refuse], f.Refuse, before.refused[f.Refuse])
				case (f.Mute || f.Dead) && during.mute <= before.mute:
					t.Errorf("%d requests without a response, %d without the incident", during.mute, before.mute)
				case f.Answers != 0 && during.refused[200] > before.refused[200]*6/10:
					t.Errorf("%d calls are answered, %d without the incident", during.refused[200], before.refused[200])
				}
			})
		}
	}
}

type measured struct {
	signals, mute, down int
	refused             [700]int
	delay               time.Duration
}

// measure counts what is seen of an incident while it lasts, or at the same time without it.
func measure(t *testing.T, s Site, in *Incident, length time.Duration) (m measured) {
	tl := quiet(s, 7, 1)
	at := tl.at(1, 10*time.Hour)
	if in != nil {
		tl.planted = []planted{{in, at, at + int64(length)}}
	}
	tl.start, tl.end = at-int64(10*time.Minute), at+int64(4*time.Hour)
	l := &listener{TB: t, signals: func(sig *record.Signal) {
		if sig.Time < at || sig.Time >= at+int64(length) {
			return
		}
		m.signals++
		switch {
		case sig.Kind == record.SignalUnanswered:
			m.mute++
		case sig.Kind == record.SignalLinkDown:
			m.down++
		case sig.Method == "INVITE":
			m.refused[sig.Status]++
			m.delay += sig.Delay
		}
	}}
	tl.Run(l.engine)
	return m
}

func TestCalendar(t *testing.T) {
	for _, c := range []*calendar{&spring, &autumn} {
		if d := c.monday().Weekday(); d != time.Monday {
			t.Errorf("the timeline begins on a %v", d)
		}
		for hour := range 28 * 24 {
			local := c.monday().Add(time.Duration(hour) * time.Hour)
			if h := time.Duration(c.shift); local.Sub(time.Unix(0, int64(h)).UTC()).Abs() < 4*time.Hour {
				continue // an hour that is there twice or not at all
			}
			if got := c.local(c.instant(local)); !got.Equal(local) {
				t.Errorf("%v is %v on the wall", local, got)
			}
		}
	}
	if day := (autumn.holidays[0]).Weekday(); day != time.Friday {
		t.Errorf("the holiday is a %v", day)
	}
}

func TestAgendaKeepsTheOrder(t *testing.T) {
	c := newChance(1, 1)
	var a agenda
	for i := range 1000 {
		a.put(int64(c.IntN(50))).signal.Count = i
	}
	last, order := int64(-1), -1
	for range 1000 {
		at, it, ok := a.take(50)
		if !ok || at < last || at == last && it.signal.Count < order {
			t.Fatalf("%d, %d follows %d, %d", at, it.signal.Count, last, order)
		}
		last, order = at, it.signal.Count
	}
	if _, _, ok := a.take(50); ok {
		t.Error("more comes out than went in")
	}
}
