package alerteval

import (
	"time"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/correlate"
)

// world is a site in its time: what is going on there and what is to come. It tells a watcher.
type world struct {
	chance
	site     *Site
	calendar *calendar
	began    int64
	agenda   agenda
	faults   []active
	benign   []happening
	phones   []phone
	calls    uint64 // Call-IDs given
	traffic  drift
	moods    []mood // of each trunk
	watcher  correlate.Watcher
	signals  uint64 // told
}

func newWorld(site *Site, cal *calendar, began int64, seed uint64) *world {
	w := &world{chance: newChance(seed, 0x51b5), site: site, calendar: cal, began: began}
	w.traffic = newDrift(w.chance, site.Drift, 40*time.Minute)
	for range site.Trunks {
		w.moods = append(w.moods, newMood(w.chance, site))
	}
	w.install()
	return w
}

func (w *world) trunk(peer string) int {
	for i := range w.site.Trunks {
		if w.site.Trunks[i].Peer == peer {
			return i
		}
	}
	return 0
}

// minute lets happen what begins within a minute and tells of all that ends within it. It keeps now at what has been told.
func (w *world) minute(from int64, now *int64) {
	to := from + int64(time.Minute)
	w.traffic.step(w.chance)
	for i := range w.moods {
		w.moods[i].step(w.chance)
	}
	w.people(from, to)
	w.registrations(from, to)
	w.pings(from, to)
	w.strays(from, to)
	w.scans(from, to)
	w.linksDown(from, to)
	for *now = from; *now < to; {
		w.tell(now, *now+int64(time.Second)-1)
	}
}

// tell tells the watcher all up to a time.
func (w *world) tell(now *int64, upTo int64) {
	for {
		at, it, ok := w.agenda.take(upTo)
		if !ok {
			break
		}
		*now = at
		if it.record != nil {
			if f, isFailure := it.record.(*record.Failure); !isFailure || !w.unseen(&record.Signal{Time: at, From: f.Peers.From, To: f.Peers.To}) {
				w.watcher.Record(at, it.record)
			}
			continue
		}
		if !w.unseen(&it.signal) {
			w.signals++
			w.watcher.Signal(&it.signal)
		}
	}
	*now = upTo
	w.watcher.Advance(upTo)
	*now++
}

// pings sends the OPTIONS of a minute with which trunks and phones are asked whether they are there.
func (w *world) pings(from, to int64) {
	if every := int64(w.site.Ping); every > 0 {
		for i := range w.site.Trunks {
			peer := w.site.Trunks[i].Peer
			for at := from + int64(i)*int64(time.Second); at < to; at += every {
				out := request{method: "OPTIONS", src: proxyAddr, dst: trunkAddr(i), to: peer, callID: "ping" + peer + "@" + w.site.Name}
				in := request{method: "OPTIONS", src: trunkAddr(i), dst: proxyAddr, from: peer, callID: out.callID}
				w.ping(&out, at, w.muted(peer, at))
				if !w.muted(peer, at) {
					w.ping(&in, at+int64(every)/2, w.dead(at))
				}
			}
		}
	}
	if every := int64(w.site.Qualify); every > 0 {
		for i := range w.phones {
			p := &w.phones[i]
			for at := from + int64(p.rank*float64(every)); at < to; at += every {
				if (p.on || p.unplugged) && !w.dead(at) {
					r := request{method: "OPTIONS", src: proxyAddr, dst: p.addr, callID: p.callID, target: p.target}
					w.ping(&r, at, p.unplugged || w.without(p, at) != 0)
				}
			}
		}
	}
}

func (w *world) ping(r *request, at int64, mute bool) {
	if mute {
		w.unanswered(r, at+int64(timerB), true)
		return
	}
	w.final(r, at, w.between(2*time.Millisecond, 40*time.Millisecond), 200, true)
}

// strays are the single requests of strangers, and single connections that break.
func (w *world) strays(from, to int64) {
	const day = float64(24 * time.Hour)
	for range w.poisson(w.site.Strays * float64(to-from) / day) {
		r := request{src: strayAddr(w.IntN(90)), dst: proxyAddr, callID: w.callID(), target: w.Uint64()}
		var status int
		switch n := w.IntN(10); {
		case n < 4:
			r.method, status = "OPTIONS", 200
		case n < 8:
			r.method, status = "REGISTER", []int{401, 403, 404}[w.IntN(3)]
		default:
			r.method, status = "INVITE", []int{401, 403, 404}[w.IntN(3)]
		}
		for range 1 + w.IntN(3) {
			w.final(&r, from+int64(w.between(0, time.Minute)), w.between(2*time.Millisecond, 30*time.Millisecond), status, true)
		}
	}
	for range w.poisson(w.site.Resets * float64(to-from) / day) {
		w.linkDown(from+int64(w.between(0, time.Minute)), w.IntN(len(w.site.Trunks)), wire.ConnectionReset)
	}
}
