package correlate

import (
	"slices"
	"time"

	"sipspan/record"
	"sipspan/session/link"
)

// heldTime is a time in which a side had the other on hold.
type heldTime struct {
	by       link.Identity
	src      uint64 // hash of where the request came from
	from, to int64  // to is 0 while it lasts

	held, source uint64 // where who is held wants media, and where the description of the holder has them come from
}

const (
	maxHoldings = 32 // of one call
	// maxHolders is how many calls that one user has on hold are looked at: more are those of a trunk with one name for
	// everybody, and the first of them are the least likely to be what the next call is about.
	maxHolders = 64
	// handling is how far apart two things are that somebody does with one key: what comes first is the telephone's choice.
	handling = int64(2 * time.Second)
)

func (r *relations) observeHold(l *leg, at int64, f *link.Hold) {
	if l == nil {
		return
	}
	d := l.dealings()
	if len(d.holds) >= maxHoldings {
		return
	}
	d.holds = append(d.holds, heldTime{by: f.By, src: link.HashAddr(f.Src.Addr()), from: at, held: f.Other, source: f.Media})
	if list := r.holders[f.By.AOR]; !slices.Contains(list, l) {
		if len(list) >= maxHolders {
			list = slices.Delete(list, 0, 1)
		}
		r.holders[f.By.AOR] = append(list, l)
	}
	// What the holder placed meanwhile may have been seen before the hold was accepted.
	for ref, n := r.legs.last, 0; ref != 0 && n < maxConsult; n++ {
		if r.legs.began(ref) < at {
			break
		}
		o := r.wake(ref)
		if o.begun && o != l {
			r.observeConsultation(o)
		}
		ref = o.neighbours.Previous
	}
}

func (r *relations) observeResume(l *leg, at int64, f *link.Resume) {
	if l == nil || l.deals == nil {
		return
	}
	for i := range l.deals.holds {
		if h := &l.deals.holds[i]; h.by.AOR == f.By.AOR && h.to == 0 {
			h.to = at
		}
	}
	r.release(l, f.By.AOR)
	r.observeMixed(l, at, f)
}

func (r *relations) release(l *leg, holder uint64) {
	list := r.holders[holder]
	if i := slices.Index(list, l); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if len(list) == 0 {
		delete(r.holders, holder)
	} else {
		r.holders[holder] = list
	}
}

func (r *relations) unhold(l *leg) {
	if l.deals == nil {
		return
	}
	for i := range l.deals.holds {
		r.release(l, l.deals.holds[i].by.AOR)
	}
}

// heldBy reports whether somebody has the call on hold.
func heldBy(l *leg, by link.Identity) bool {
	return l != nil && l.deals != nil && slices.ContainsFunc(l.deals.holds, func(h heldTime) bool {
		return h.to == 0 && h.by.SameUser(by)
	})
}

// observeConsultation takes a call that somebody placed who has another one on hold, from the same telephone.
func (r *relations) observeConsultation(l *leg) {
	for _, held := range r.holders[l.from().AOR] {
		d := held.deals
		if held == l || len(d.consults) >= maxConsult || slices.Contains(d.consults, l) || !slices.ContainsFunc(d.holds, func(h heldTime) bool {
			return h.to == 0 && h.by.AOR == l.from().AOR && h.from <= l.start+handling && h.src == link.HashAddr(l.src.Addr())
		}) {
			continue
		}
		d.consults = append(d.consults, l)
		if own := l.dealings(); own.consultedBy == nil {
			own.consultedBy = held
		}
	}
}

// consultationWaits reports whether the end of one of the two calls of a consultation is not known yet: that it was placed
// before the other went on, or that a call which was placed meanwhile is over.
func consultationWaits(l *leg) bool {
	for _, o := range l.deals.consults {
		if h := l.deals.during(o); h != nil && h.to != 0 && !o.closed {
			return true
		}
	}
	held := l.deals.consultedBy
	if held == nil || held.closed {
		return false
	}
	h := held.deals.during(l)
	return h != nil && h.to == 0
}

// during returns the time on hold in which a call was placed.
func (d *deals) during(l *leg) *heldTime {
	for i := range d.holds {
		h := &d.holds[i]
		if h.by.AOR == l.from().AOR && h.from <= l.start+handling && (h.to == 0 || h.to >= l.start) {
			return h
		}
	}
	return nil
}

// judgeConsultations says what the calls were that were placed while this one was on hold, and what this one was placed
// for.
func (r *relations) judgeConsultations(l *leg, at int64) {
	for _, o := range l.deals.consults {
		judgeConsultation(l, o, at, l)
	}
	if held := l.deals.consultedBy; held != nil {
		judgeConsultation(held, l, at, l)
	}
}

// judgeConsultation marks a call that was on hold while the other was placed, or that other. Two calls placed at a time
// cannot both be what it was held for, but one that brings music can go beside.
func judgeConsultation(held, l *leg, at int64, marked *leg) {
	h := held.deals.during(l)
	if h == nil {
		return
	}
	if plays(held, l) {
		markMusic(marked, held, l, h)
		return
	}
	if h.to == 0 || l.oneWay || l.stepped || held.stepped {
		return
	}
	end := l.end
	if end == 0 {
		end = at
	}
	for _, o := range held.deals.consults {
		if o != l && !plays(held, o) && o.start < end && (o.end == 0 || o.end > l.start) {
			return
		}
	}
	list := []record.ServiceEvidence{
		observation(h.from, "the other side is put on hold"),
		observation(l.start, l.invite()),
	}
	resumed := observation(h.to, takenOff)
	switch {
	case l.end != 0 && l.end <= h.to+handling:
		list = append(list, observation(l.end, "the call that was placed meanwhile is over"), resumed)
		marked.mark(record.ConsultationHold, list...)
		marked.relate(related{RelationConsultation, marked.otherOf(held, l), "placed while the other was on hold", 0.8})
	case l.confirmed && !l.flawed && !held.flawed && !held.askedDuring(h) && together(held, l, h.by, h.to, at):
		marked.mark(record.ThreeWayCall, append(list, resumed)...)
		marked.relate(related{RelationConference, marked.otherOf(held, l), bothGoOn, 0.6})
	}
}

const (
	takenOff = "the other side is taken off hold"
	bothGoOn = "both go on at the same telephone, and none is on hold"
)

// otherOf returns the Call-ID of the other of two calls.
func (l *leg) otherOf(a, b *leg) string {
	if l == a {
		return b.callID
	}
	return a.callID
}

// askedDuring reports whether the holder asked for a transfer meanwhile: when he takes the call back then, he has given
// that up, and wants no conference.
func (l *leg) askedDuring(h *heldTime) bool {
	return slices.ContainsFunc(l.deals.refers, func(f *refer) bool { return f.at >= h.from && f.at <= h.to })
}

// Who puts somebody on hold may have music played to him by a server (RFC 7088): the holder calls the server and passes
// the session descriptions on, so that the server sends to who is held. That is no consultation.

// plays reports whether a call brings music to one that is on hold: its media are wanted where who is held has asked for
// them, or come from where the holder says that they do; or who was called is a server without a user.
func plays(held, l *leg) bool {
	if l.music {
		return true
	}
	for i := range held.deals.holds {
		h := &held.deals.holds[i]
		if h.by.AOR == l.from().AOR && (h.held != 0 && h.held == l.media || h.source != 0 && h.source == l.offered) {
			return true
		}
	}
	return false
}

// noteMusic notes that a call which was placed while another one is on hold sends its media to who is held.
func noteMusic(l *leg, f *link.Move) {
	if l.deals == nil {
		return
	}
	for _, o := range l.deals.consults {
		if o.offered == f.Media && heldBy(l, o.from()) {
			o.music = true
		}
	}
}

// markMusic marks one of the two calls.
func markMusic(l, held, server *leg, h *heldTime) {
	l.mark(record.MusicOnHold, observation(h.from, "the other side is put on hold"), observation(server.start, server.invite()))
	l.relate(related{RelationMedia, l.otherOf(held, server), "the one is on hold, and the other brings the music", 0.9})
}

// oneWay reports whether media go one way in a session: it has an announcement, or music. Nobody is consulted there.
func oneWay(list []record.Media) bool {
	found := false
	for i := range list {
		switch list[i].Direction {
		case "": // refused
		case "sendonly", "recvonly":
			found = true
		default:
			return false
		}
	}
	return found
}
