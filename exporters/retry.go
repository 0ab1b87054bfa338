package exporters

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"sipspan/record"
)

// Retry sets when a record is tried again: after First, then each time after twice as long, but at most Most, until For has
// passed since the first try. Each wait is shortened by a random part of up to half, so that many sensors that lost the same
// server do not try it again at the same moment.
type Retry struct {
	First, Most, For time.Duration
}

// Wait is how long to wait before the n-th try that follows the first one.
func (r Retry) Wait(n int) time.Duration {
	d := r.Most
	if n < 20 {
		d = min(d, r.First<<(n-1))
	}
	return d - time.Duration(rand.Int64N(int64(d)/2+1))
}

// errExpired reports that the program ended before the record was delivered.
var errExpired = errors.New("no time was left to deliver it when the program ended")

// try exports a record, as often as Retry allows.
func (q *Queue) try(r record.Record) error {
	if q.options.Retry.First <= 0 {
		if q.isExpired() {
			return errExpired
		}
		return q.exporter.Export(r)
	}
	begun := time.Now()
	for n := 1; ; n++ {
		if q.isExpired() {
			return errExpired
		}
		err := q.exporter.Export(r)
		var passing *TemporaryError
		if err == nil || !errors.As(err, &passing) {
			return err
		}
		wait := max(q.options.Retry.Wait(n), passing.After)
		if time.Since(begun)+wait > q.options.Retry.For {
			return fmt.Errorf("given up after %d tries: %w", n, err)
		}
		q.faults.failed(exporting, err, 0)
		if !q.pause(wait) {
			return fmt.Errorf("%w: %w", errExpired, err)
		}
	}
}

// pause waits, until another exporter takes the place of this one at the longest. It returns false as soon as the time of Drain is over.
func (q *Queue) pause(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-q.changed:
		q.exchange()
		return true
	case <-q.expired:
		return false
	}
}

func (q *Queue) isExpired() bool {
	select {
	case <-q.expired:
		return true
	default:
		return false
	}
}
