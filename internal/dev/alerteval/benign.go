package alerteval

import "time"

// Benign is something that looks odd and is no incident.
type Benign struct {
	Name string
	Day  int           // of the timeline, 0 for the first Monday
	From time.Duration // since midnight, by the clock on the wall
	For  time.Duration

	Calls   float64 // more calls, in times of those that are usual at that hour
	Number  int     // or so many more altogether
	Inbound bool
	Mix     *Mix
	Account int // devices with a dead account, each trying every 30 seconds
	Options int // OPTIONS to all and sundry, altogether
	Failing int // test calls, one a minute, that fail
}

// happening is a benign event in its time.
type happening struct {
	*Benign
	start, end int64
}

// The mixes of calls that come in crowds.
var (
	coldCalls = Mix{
		Answered: 0.33, NoAnswer: 0.24, Cancelled: 0.22, Busy: 0.1, NotFound: 0.07, Declined: 0.03, Unavailable: 0.01,
	}
	hotLine    = Mix{Answered: 0.62, Busy: 0.22, Cancelled: 0.13, NoAnswer: 0.03}
	fewNumbers = Mix{Answered: 0.25, NoAnswer: 0.3, Cancelled: 0.25, Busy: 0.15, NotFound: 0.05}
)

// campaigns are the calls of a minute that come in crowds: planned ones, and small ones at random.
func (w *world) campaigns(from, to int64, usual float64) {
	for i := range w.benign {
		if b := &w.benign[i]; b.start < to && from < b.end {
			share := float64(time.Minute) / float64(b.end-b.start)
			for range w.poisson(b.Calls*usual + share*float64(b.Number)) {
				w.begin(call{at: from + int64(w.between(0, time.Minute)), inbound: b.Inbound, mix: b.Mix})
			}
			for range w.poisson(share * float64(b.Options)) {
				w.sundry(from + int64(w.between(0, time.Minute)))
			}
		}
	}
	if w.happens(w.site.Campaigns / (24 * 60)) {
		w.benign = append(w.benign, happening{
			&Benign{Calls: 0.1 + 0.2*w.Float64(), Inbound: w.happens(0.5), Mix: &fewNumbers}, from, from + int64(w.between(5*time.Minute, 25*time.Minute)),
		})
	}
}

// sundry is an OPTIONS request of the maintenance.
func (w *world) sundry(at int64) {
	r := request{method: "OPTIONS", src: hostAddr(200), dst: hostAddr(20 + w.IntN(60)), callID: w.callID()}
	if len(w.phones) > 0 {
		r.dst = w.phones[w.IntN(len(w.phones))].addr
	}
	switch n := w.IntN(20); {
	case n < 2:
		w.unanswered(&r, at+int64(timerB), true)
	case n < 3:
		w.final(&r, at, 10*time.Millisecond, 404, true)
	default:
		w.final(&r, at, 10*time.Millisecond, 200, true)
	}
}

// retryAccounts are the REGISTER requests of a minute for accounts that are no more.
func (w *world) retryAccounts(from, to int64) {
	for i := range w.benign {
		b := &w.benign[i]
		if b.Account == 0 || b.start >= to || from >= b.end {
			continue
		}
		for n := range b.Account {
			r := request{method: "REGISTER", src: phoneAddr(60000 + n), dst: proxyAddr, callID: "dead" + b.Name, target: uint64(7 + n)}
			for at := from + int64(n)*int64(time.Second); at < to; at += int64(30 * time.Second) {
				r.retried, r.awaitCredentials = false, true
				w.final(&r, at, 8*time.Millisecond, 401, true)
				r.retried, r.awaitCredentials = true, false
				w.final(&r, at+int64(60*time.Millisecond), 8*time.Millisecond, 403, true)
			}
		}
	}
}

// probes are the test calls of a minute that fail.
func (w *world) probes(from, to int64) {
	for i := range w.benign {
		b := &w.benign[i]
		if b.start < to && from < b.end && from-b.start < int64(b.Failing)*int64(time.Minute) {
			r := request{method: "INVITE", src: hostAddr(200), dst: proxyAddr, callID: w.callID(), target: 1}
			w.final(&r, max(from, b.start), 30*time.Millisecond, 503, true)
		}
	}
}
