package difference

import (
	"math/rand/v2"
	"slices"

	"sipspan/record"
)

// Limits of what is held of one side.
const (
	maxNames   = 2000 // names of one group, such as causes
	maxSamples = 20_000
)

// Side gathers the records of one side.
type Side struct {
	groups map[string]*group
	delays map[string]*samples
}

// group counts how often each of some names occurred among all of a kind.
type group struct {
	total  uint64
	counts map[string]uint64
}

// samples are delays in milliseconds: all of them, or of many a random choice that is the same in every run.
type samples struct {
	seen   uint64
	values []float64
	random *rand.Rand
}

// NewSide returns an empty side.
func NewSide() *Side { return &Side{groups: map[string]*group{}, delays: map[string]*samples{}} }

// Add adds a record. Kinds that are not compared are ignored.
func (s *Side) Add(r record.Record) {
	switch r := r.(type) {
	case *record.Call:
		if r.Disposition == record.Challenged { // the other try counts
			return
		}
		s.of("calls", r.Disposition.String())
		s.delay("set-up of calls", r.Setup)
		s.delay("ringing", r.Ring)
		s.delay("duration of calls", r.Duration)
	case *record.Registration:
		s.of("registrations", r.Outcome.String())
		s.delay("answer to REGISTER", r.RRD)
	case *record.Subscription:
		s.of("subscriptions", r.Outcome.String())
		s.delay("first NOTIFY", r.FirstNotify)
	case *record.Failure:
		cause := "unknown"
		if r.Cause != nil && r.Cause.Source != "" {
			cause = r.Cause.Source
			if r.Cause.Code != "" {
				cause += " " + r.Cause.Code
			}
		}
		s.of("causes of failures", r.Method+", "+cause)
		if r.Origin != "" {
			s.of("where requests failed", r.Origin)
		}
		if r.Peers.To != "" {
			s.of("peers of failures", r.Peers.To)
		}
	}
}

func (s *Side) of(kind, name string) {
	g := s.groups[kind]
	if g == nil {
		g = &group{counts: map[string]uint64{}}
		s.groups[kind] = g
	}
	g.total++
	if _, known := g.counts[name]; known || len(g.counts) < maxNames {
		g.counts[name]++
	}
}

func (s *Side) delay(name string, e record.Elapsed) {
	if !e.Known {
		return
	}
	d := s.delays[name]
	if d == nil {
		d = &samples{random: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same choice in every run
		s.delays[name] = d
	}
	d.seen++
	if len(d.values) < maxSamples {
		d.values = append(d.values, e.Milliseconds())
	} else if at := d.random.Uint64N(d.seen); at < maxSamples {
		d.values[at] = e.Milliseconds()
	}
}

func (g *group) count(name string) (n, total uint64) {
	if g == nil {
		return 0, 0
	}
	return g.counts[name], g.total
}

// quantile of sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

// sorted returns the values in order.
func (d *samples) sorted() []float64 {
	if d == nil {
		return nil
	}
	return slices.Sorted(slices.Values(d.values))
}
