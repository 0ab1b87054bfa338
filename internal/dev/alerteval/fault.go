package alerteval

import (
	"time"

	"sipspan/record"
)

// Fault is what an incident changes about the traffic while it lasts. What is zero stays as it is.
type Fault struct {
	Trunk     string        // the peer it concerns, "" for the whole site
	Refuse    int           // status with which the trunk, or the site's own proxy, refuses calls
	Mute      bool          // the trunk, or every trunk, does not respond to calls and pings
	Share     [2]float64    // of calls that are refused or not responded to, at the beginning and at the end; zero: all
	Down, Up  time.Duration // it comes and goes: so long there, so long not
	Dead      bool          // the site's own proxy responds to nothing
	Dark      bool          // the capture sees nothing of it any more
	Answers   float64       // factor on the share of calls that are answered
	Setup     float64       // factor on the set-up delay
	Register  int           // status with which the registrar refuses everybody
	Subscribe int           // status with which subscriptions are refused
	Lost      float64       // share of phones that have no power or no network
	Back      time.Duration // when they are all switched on again, counted from the start; 0: each at its own time after the end
	Refused   time.Duration // a TCP connection to the trunk is refused so often
	Scan      *Scan
}

// Scan is somebody who tries what is there.
type Scan struct {
	Method string
	Every  time.Duration
	Names  int     // how many different users are tried
	Hosts  int     // how many addresses are tried; only the first of them is the site's
	Refuse float64 // share of tries that the site refuses
	Status int     // with this
}

// active is a fault and when it is there.
type active struct {
	*Fault
	start, end int64
}

// holds reports whether the fault is there at a time, flapping included.
func (a *active) holds(at int64) bool {
	if at < a.start || at >= a.end {
		return false
	}
	return a.Down == 0 || time.Duration(at-a.start)%(a.Down+a.Up) < a.Down
}

func (a *active) concerns(trunk string) bool { return a.Trunk == "" || a.Trunk == trunk }

// share is how many of the calls it hits at a time.
func (a *active) share(at int64) float64 {
	if a.Share == [2]float64{} {
		return 1
	}
	progress := float64(at-a.start) / float64(a.end-a.start)
	return a.Share[0] + progress*(a.Share[1]-a.Share[0])
}

// ownRefusal draws whether the site's own proxy refuses a call at a time, and with what.
func (w *world) ownRefusal(at int64) int {
	for i := range w.faults {
		if f := &w.faults[i]; f.Refuse != 0 && f.Trunk == "" && f.holds(at) && w.happens(f.share(at)) {
			return f.Refuse
		}
	}
	return 0
}

// trunkFault draws what a trunk does with a call at a time: takes it, refuses it, or stays mute.
func (w *world) trunkFault(trunk string, at int64) (status int, mute bool) {
	for i := range w.faults {
		f := &w.faults[i]
		if (f.Refuse != 0 && f.Trunk == trunk || f.Mute && f.concerns(trunk)) && f.holds(at) && w.happens(f.share(at)) {
			return f.Refuse, f.Mute
		}
	}
	return 0, false
}

// factor multiplies what the faults of a time say.
func (w *world) factor(at int64, trunk string, of func(*Fault) float64) float64 {
	v := 1.0
	for i := range w.faults {
		f := &w.faults[i]
		if x := of(f.Fault); x != 0 && f.holds(at) && f.concerns(trunk) {
			v *= x
		}
	}
	return v
}

// refusal is the status with which something is refused at a time, 0 for not.
func (w *world) refusal(at int64, of func(*Fault) int) int {
	for i := range w.faults {
		if f := &w.faults[i]; of(f.Fault) != 0 && f.holds(at) {
			return of(f.Fault)
		}
	}
	return 0
}

// dead reports whether the site's own proxy responds to nothing.
func (w *world) dead(at int64) bool {
	for i := range w.faults {
		if f := &w.faults[i]; f.Dead && f.holds(at) {
			return true
		}
	}
	return false
}

// muted reports whether a trunk responds to nothing at all.
func (w *world) muted(trunk string, at int64) bool {
	for i := range w.faults {
		if f := &w.faults[i]; f.Mute && f.Share == [2]float64{} && f.holds(at) && f.concerns(trunk) {
			return true
		}
	}
	return false
}

// unseen reports whether the capture does not see a signal.
func (w *world) unseen(s *record.Signal) bool {
	for i := range w.faults {
		f := &w.faults[i]
		if f.Dark && f.holds(s.Time) && (f.Trunk == "" || f.Trunk == s.From || f.Trunk == s.To) {
			return true
		}
	}
	return false
}

// without returns until when a phone is without power or network, 0 if it is not.
func (w *world) without(p *phone, at int64) int64 {
	for i := range w.faults {
		if f := &w.faults[i]; f.Lost > p.rank && f.start <= at && at < f.back() {
			return f.back()
		}
	}
	return 0
}

// back is when the phones have power or network again.
func (a *active) back() int64 {
	if a.Back != 0 {
		return a.start + int64(a.Back)
	}
	return a.end
}

// powerCuts lets phones lose power or network within a minute. Each registers anew when it is up again.
func (w *world) powerCuts(from, to int64) {
	for i := range w.faults {
		f := &w.faults[i]
		if f.Lost == 0 || f.start < from || f.start >= to {
			continue
		}
		boot := 30 * time.Minute // each is switched on when somebody comes by
		if f.Back != 0 {
			boot = 50 * time.Second
		}
		for j := range w.phones {
			if p := &w.phones[j]; p.rank < f.Lost {
				p.refresh = f.back() + int64(w.between(0, boot))
				p.subscribe = p.refresh + int64(w.between(time.Second, 20*time.Second))
			}
		}
	}
}

// scans sends what a scanner tries within a minute.
func (w *world) scans(from, to int64) {
	for i := range w.faults {
		f := &w.faults[i]
		if f.Scan == nil || f.end <= from || f.start >= to {
			continue
		}
		for at := f.start + (max(0, from-f.start)+int64(f.Scan.Every)-1)/int64(f.Scan.Every)*int64(f.Scan.Every); at < min(to, f.end); at += int64(f.Scan.Every) {
			w.try(f.Scan, at)
		}
	}
}

func (w *world) try(s *Scan, at int64) {
	r := &request{
		method: s.Method, src: scanAddr, dst: proxyAddr, callID: w.callID(), target: w.Uint64N(uint64(s.Names)) + 1<<40, retried: s.Names == 1,
	}
	if s.Hosts > 1 {
		r.dst = hostAddr(w.IntN(s.Hosts))
		if r.dst != proxyAddr {
			w.unanswered(r, at+int64(32*time.Second), true)
			return
		}
	}
	status := 200
	if w.happens(s.Refuse) {
		status = s.Status
	}
	w.final(r, at, w.between(time.Millisecond, 20*time.Millisecond), status, true)
}

// linksDown tells of the connections to trunks that are refused within a minute.
func (w *world) linksDown(from, to int64) {
	for i := range w.faults {
		f := &w.faults[i]
		if f.Refused == 0 {
			continue
		}
		for at := f.start; at < min(to, f.end); at += int64(f.Refused) {
			if at >= from {
				w.linkDown(at, w.trunk(f.Trunk), connectionRefused)
			}
		}
	}
}
