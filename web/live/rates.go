package live

import (
	"context"
	"sync"
	"time"

	"sipspan/decode/sip"
	"sipspan/exporters/prometheus"
	"sipspan/record"
)

const (
	// every is the time between two samples.
	every = 5 * time.Second
	// kept is how many samples are kept: those of an hour.
	kept = 720
	// over is how many samples the rates of now are of: those of a minute.
	over = 12
)

// sample is some counters at one time.
type sample struct {
	at                     time.Time
	open                   int64 // calls
	calls, failed          uint64
	messages, packets      uint64
	bytes, lost, responses uint64
}

// Rates is how much happened in a second, on average over a time.
type Rates struct {
	OverS     float64 `json:"over_s"`          // the time, in seconds
	Calls     float64 `json:"calls_per_s"`     // that ended
	Failed    float64 `json:"failed_per_s"`    // of them those that were rejected, failed, or had no response
	Responses float64 `json:"responses_per_s"` // final ones
	Messages  float64 `json:"messages_per_s"`  // SIP messages
	Packets   float64 `json:"packets_per_s"`   // taken from all sources
	Bits      float64 `json:"bits_per_s"`      // of those packets
	Lost      float64 `json:"lost_per_s"`      // packets
}

// Point is one time in the course of an hour.
type Point struct {
	Time      string `json:"time"`       // RFC 3339, UTC
	CallsOpen int64  `json:"calls_open"` // at that time
	Rates     Rates  `json:"rates"`      // since the point before
}

// Course takes a sample every five seconds and keeps those of an hour.
type Course struct {
	source *Source
	mu     sync.Mutex
	all    []sample // the oldest first
}

// NewCourse returns the course of a source. It is empty until Run.
func NewCourse(s *Source) *Course { return &Course{source: s} }

// Run takes samples until ctx ends.
func (c *Course) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	c.take()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.take()
		}
	}
}

func (c *Course) take() {
	s := c.source.Snapshot()
	now := c.source.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) == kept {
		copy(c.all, c.all[1:])
		c.all = c.all[:kept-1]
	}
	c.all = append(c.all, sampleOf(&s, now))
}

// Points returns the course, the oldest point first.
func (c *Course) Points() []Point {
	c.mu.Lock()
	defer c.mu.Unlock()
	points := []Point{}
	for i := 1; i < len(c.all); i++ {
		points = append(points, Point{
			Time: c.all[i].at.UTC().Format(time.RFC3339), CallsOpen: c.all[i].open, Rates: between(&c.all[i-1], &c.all[i]),
		})
	}
	return points
}

// rates returns those of the last minute.
func (c *Course) rates(s *prometheus.Snapshot, now time.Time) Rates {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) == 0 {
		return Rates{}
	}
	last := sampleOf(s, now)
	return between(&c.all[max(0, len(c.all)-over)], &last)
}

func sampleOf(s *prometheus.Snapshot, at time.Time) sample {
	p := sample{at: at, packets: s.Packets, bytes: s.Bytes}
	for _, d := range s.Drops {
		p.lost += d.Packets
	}
	c := s.Session
	if c == nil {
		return p
	}
	p.open, p.messages = c.CallsActive, c.Messages()
	for d, n := range c.Calls {
		switch record.Disposition(d) {
		case record.InProgress:
			continue
		case record.Rejected, record.AuthFailed, record.Failed, record.Timeout:
			p.failed += n
		}
		p.calls += n
	}
	for m := range sip.NumMethods {
		for i, n := range c.Responses[m] {
			if i >= 100 { // statuses from 200
				p.responses += n
			}
		}
	}
	return p
}

func between(a, b *sample) Rates {
	seconds := b.at.Sub(a.at).Seconds()
	if seconds <= 0 {
		return Rates{}
	}
	per := func(before, after uint64) float64 {
		return float64(after-min(before, after)) / seconds // a counter of an interface that was opened again may begin anew
	}
	return Rates{
		OverS: seconds, Calls: per(a.calls, b.calls), Failed: per(a.failed, b.failed), Responses: per(a.responses, b.responses),
		Messages: per(a.messages, b.messages), Packets: per(a.packets, b.packets), Bits: 8 * per(a.bytes, b.bytes), Lost: per(a.lost, b.lost),
	}
}
