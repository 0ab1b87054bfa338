package record

import "slices"

// Clock maps the program's time to the stamps of the packets. The program works on a time that only advances; it differs from the
// stamps when the clock of the capture was set, or a packet has a stamp that cannot be right.
type Clock interface {
	// Stamp returns the stamp of the packet of a time.
	Stamp(at int64) int64
	// Apart reports whether the difference of two times is not the difference of their stamps, or cannot be known.
	Apart(a, b int64) bool
}

// Restamp gives every time of a record the stamp that the packet had. Durations between packets whose stamps
// are apart become unknown. The record gets the flag ClockStep when a duration became unknown or its own times are apart, unless
// NoTimes says why already.
func Restamp(r Record, c Clock) {
	h := r.Head()
	s := restamp{clock: c, start: h.Start}
	s.time(&h.Start)
	s.time(&h.End)
	switch r := r.(type) {
	case *Call:
		s.call(r)
	case *Registration:
		s.elapsed(&r.RRD)
		s.cause(&r.Cause)
		s.tries(&r.Tries)
	case *Subscription:
		s.elapsed(&r.FirstNotify)
		s.cause(&r.Cause)
	case *Publication:
		s.cause(&r.Cause)
	case *Message:
		s.elapsed(&r.Delay)
		s.cause(&r.Cause)
	case *Transaction:
		s.elapsed(&r.Delay)
		s.cause(&r.Cause)
	case *Failure:
		s.cause(&r.Cause)
	case *TLS:
		s.cause(&r.Cause)
	}
	if s.apart && h.Confidence.Flags&NoTimes == 0 {
		h.Confidence.Flags |= ClockStep
	}
}

// restamp is the work on one record.
type restamp struct {
	clock Clock
	start int64 // of the record, not yet a stamp
	apart bool
}

func (s *restamp) time(at *int64) {
	if *at == 0 {
		return
	}
	s.apart = s.apart || s.clock.Apart(s.start, *at)
	*at = s.clock.Stamp(*at)
}

func (s *restamp) elapsed(e *Elapsed) {
	if e.Known && e.From != 0 && s.clock.Apart(e.From, e.From+int64(e.D)) {
		*e = Elapsed{}
		s.apart = true
	}
}

// cause changes a copy, because records share causes.
func (s *restamp) cause(c **Cause) {
	if *c == nil {
		return
	}
	own := **c
	own.Evidence = slices.Clone(own.Evidence)
	for i := range own.Evidence {
		s.time(&own.Evidence[i].Time)
	}
	*c = &own
}

func (s *restamp) call(r *Call) {
	for _, e := range []*Elapsed{&r.Setup, &r.SRD, &r.Ring, &r.Duration, &r.SDD, &r.ByeWait} {
		s.elapsed(e)
	}
	for i := range r.Hops {
		s.elapsed(&r.Hops[i].Delay)
	}
	for i := range r.ServiceEvidence {
		s.time(&r.ServiceEvidence[i].Time)
	}
	for i := range r.Holds {
		s.time(&r.Holds[i].Start)
		s.time(&r.Holds[i].End)
	}
	for i := range r.Dialogs {
		s.time(&r.Dialogs[i])
	}
	s.cause(&r.Cause)
	s.tries(&r.Tries)
}

func (s *restamp) tries(t *Tries) {
	s.time(&t.Began)
	for i := range t.Earlier {
		s.attempt(&t.Earlier[i])
	}
	s.attempt(&t.Last)
}

func (s *restamp) attempt(a *Attempt) {
	s.time(&a.Start)
	s.time(&a.Progress)
	s.time(&a.Final)
}
