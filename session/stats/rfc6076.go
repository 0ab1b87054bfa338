package stats

import "sipspan/record"

// Setups counts session requests by their result: the numerators and denominators of RFC 6076 sections 4.6 to 4.9.
type Setups struct {
	Total       uint64
	Redirected  uint64 // 3xx
	Established uint64 // 2xx
	Effective   uint64 // 2xx, 480, 486, 600, 603
	Ineffective uint64 // 408, 500, 503, 504
	Completed   uint64 // established, and ended with a BYE that was answered
	Unanswered  uint64 // failed for want of a response: none in time, 408, 504, or a BYE without one
}

// Registers counts registration attempts (section 4.2).
type Registers struct {
	Total       uint64
	Ineffective uint64 // 4xx but 401, 402 and 407, 5xx, 6xx, or none in time
}

// Result is whether a delay is that of a success or of a failure: RFC 6076 does not mix the two.
type Result uint8

// The results.
const (
	Success Result = iota
	Failure
	NumResults = int(iota)
)

// String returns the name used as the result label.
func (r Result) String() string { return [...]string{"success", "failure"}[r] }

// RFC6076 counts what the metrics of RFC 6076 are made of, from records that hold the whole of their session. Every
// request counts once, whatever hops and forks it had. A session that was still open at the end of the capture is not
// counted.
type RFC6076 struct {
	Invites  Setups // each INVITE outside a dialog that a user agent sent
	Sessions Setups // with the tries around a challenge as one

	Registers     Registers // each REGISTER
	Registrations Registers // with the tries around a challenge as one

	RRD Histogram             // section 4.1
	SRD [NumResults]Histogram // section 4.3
	SDD [NumResults]Histogram // section 4.4, without those that ended by Timer F
	SDT [NumResults]Histogram // section 4.5
}

// Excused reports whether a status is a challenge and no failure (RFC 6076 sections 4.2 and 4.3).
func Excused(status int) bool { return status == 401 || status == 402 || status == 407 }

// Spanned reports whether the delay of a request continues after this status until that of the next one.
func Spanned(status int) bool { return Excused(status) || redirects(status) }

func redirects(status int) bool { return status >= 300 && status < 400 }

func success(status int) bool { return status >= 200 && status < 300 }

// fails reports whether a status is a failure.
func fails(status int) bool { return status >= 400 && !Excused(status) }

// setup is the result of one session request.
type setup struct {
	status                 int // 0 for none
	established, completed bool
	unanswered             bool
}

func (s *Setups) count(r setup) {
	s.Total++
	if redirects(r.status) {
		s.Redirected++
	}
	if r.established {
		s.Established++
	}
	if r.completed {
		s.Completed++
	}
	switch r.status {
	case 480, 486, 600, 603:
		s.Effective++
	case 408, 500, 503, 504:
		s.Ineffective++
	default:
		if r.established {
			s.Effective++
		}
	}
	if r.unanswered || r.status == 408 || r.status == 504 {
		s.Unanswered++
	}
}

// countCall counts the INVITEs of a call.
func (m *RFC6076) countCall(r *record.Call) {
	if !r.Confidence.Complete() || r.Disposition == record.InProgress {
		return
	}
	d := setupDelay{began: r.Tries.Began}
	for i := range r.Tries.Earlier {
		a := &r.Tries.Earlier[i]
		e := setup{status: a.Status}
		m.Invites.count(e)
		if !Excused(a.Status) {
			m.Sessions.count(e)
		}
		d.try(a)
		if !Spanned(a.Status) {
			m.delay(&d, e, a.Final, &r.Header)
			d = setupDelay{}
		}
	}
	e := lastSetup(r)
	m.Invites.count(e)
	m.disconnect(r)
	if r.Disposition == record.Challenged {
		return // the call that tried again counts for both
	}
	m.Sessions.count(e)
	d.try(&r.Tries.Last)
	d.dialogs = r.Dialogs
	m.delay(&d, e, r.Tries.Last.Final, &r.Header)
}

// lastSetup returns the result of the last INVITE of a call.
func lastSetup(r *record.Call) setup {
	e := setup{status: r.Status, established: r.Disposition == record.Answered}
	if e.established {
		e.completed = r.ByeStatus != 0
		e.unanswered = r.ByeWait.Known
	} else if r.Status == 0 {
		e.unanswered = r.Disposition == record.Timeout || r.Disposition == record.NoAnswer
	}
	return e
}

// setupDelay measures from the first INVITE to the first response that indicates the status.
type setupDelay struct {
	began, indicated int64
	dialogs          []int64
}

func (d *setupDelay) try(a *record.Attempt) {
	if d.began == 0 {
		d.began = a.Start
	}
	if d.indicated == 0 {
		d.indicated = a.Progress
	}
}

// delay counts the session request delay (section 4.3) of a request with that final response: until the first provisional
// response other than 100, else until the final one. Of several dialogs each has its own.
func (m *RFC6076) delay(d *setupDelay, e setup, final int64, of *record.Header) {
	result := Failure
	switch {
	case e.established:
		result = Success
	case e.status != 0 && !fails(e.status):
		return // a challenge that was not answered, a redirection that was not followed
	}
	if d.indicated == 0 {
		d.indicated = final
	}
	observeBetween(&m.SRD[result], d.began, d.indicated, of)
	for i, at := range d.dialogs {
		if i > 0 {
			observeBetween(&m.SRD[result], d.began, at, of)
		}
	}
}

func observeBetween(h *Histogram, from, to int64, of *record.Header) {
	h.observe(record.Between(from, to), of)
}

// disconnect counts the end of a session: its duration (section 4.5), and the delay of its disconnection (section 4.4).
func (m *RFC6076) disconnect(r *record.Call) {
	if r.Disposition != record.Answered {
		return
	}
	switch {
	case r.ByeWait.Known && r.Duration.Known:
		m.SDT[Failure].ObserveOf(r.Duration.D+r.ByeWait.D, &r.Header)
	case r.ByeStatus != 0 && r.Duration.Known:
		m.SDT[Success].ObserveOf(r.Duration.D, &r.Header)
	}
	switch {
	case r.ByeStatus == 0:
	case success(r.ByeStatus):
		if r.SDD.Known {
			m.SDD[Success].ObserveOf(r.SDD.D, &r.Header)
		}
	case r.ByeRefused.Known:
		m.SDD[Failure].ObserveOf(r.ByeRefused.D, &r.Header)
	}
}

// countRegistration counts the REGISTER requests of a registration.
func (m *RFC6076) countRegistration(r *record.Registration) {
	if !r.Confidence.Complete() || r.Outcome == record.OutcomeInProgress {
		return
	}
	began := int64(0)
	try := func(a *record.Attempt, last bool) {
		if began == 0 {
			began = a.Start
		}
		failed := fails(a.Status) || a.Status == 0
		m.Registers.count(failed)
		if last && success(a.Status) {
			observeBetween(&m.RRD, began, a.Final, &r.Header)
		}
		if last || !Excused(a.Status) {
			m.Registrations.count(failed)
			began = 0
		}
	}
	for i := range r.Tries.Earlier {
		try(&r.Tries.Earlier[i], false)
	}
	try(&r.Tries.Last, true)
}

func (c *Registers) count(failed bool) {
	c.Total++
	if failed {
		c.Ineffective++
	}
}

// add adds what o counted.
func (m *RFC6076) add(o *RFC6076) {
	m.Invites.add(&o.Invites)
	m.Sessions.add(&o.Sessions)
	m.Registers.add(&o.Registers)
	m.Registrations.add(&o.Registrations)
	m.RRD.Add(&o.RRD)
	for i := range m.SRD {
		m.SRD[i].Add(&o.SRD[i])
		m.SDD[i].Add(&o.SDD[i])
		m.SDT[i].Add(&o.SDT[i])
	}
}

func (s *Setups) add(o *Setups) {
	s.Total += o.Total
	s.Redirected += o.Redirected
	s.Established += o.Established
	s.Effective += o.Effective
	s.Ineffective += o.Ineffective
	s.Completed += o.Completed
	s.Unanswered += o.Unanswered
}

func (c *Registers) add(o *Registers) {
	c.Total += o.Total
	c.Ineffective += o.Ineffective
}
