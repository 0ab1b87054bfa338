package pcap

import (
	"fmt"
	"time"

	"sipspan/exporters"
	"sipspan/internal/fault"
	"sipspan/record"
)

var _ exporters.Exporter = (*Stage)(nil)

// Stage passes alerts on with their captures. It is an exporter with a queue of its own, between the engine that raises alerts and
// the exporters that deliver them, so that neither waits for the disk.
type Stage struct {
	next    func(record.Record)
	jobs    chan job
	late    chan done // of a capture that was not waited for; nil: none
	refused error     // of the last capture
}

// job is an alert whose capture is to be written.
type job struct {
	alert *record.Alert
	done  chan done
}

type done struct {
	alert *record.Alert
	err   error
}

// maxWait is how long an alert waits for its capture.
const maxWait = 5 * time.Second

// NewStage returns a stage in front of next, which takes the alerts from the goroutine of the stage's queue.
func NewStage(f *Folder, next func(record.Record)) *Stage {
	s := &Stage{next: next, jobs: make(chan job, 1)}
	go func() {
		defer fault.Catch()
		for j := range s.jobs {
			a, err := f.Attach(j.alert)
			j.done <- done{a, err}
		}
	}()
	return s
}

// Export implements exporters.Exporter. No alert is lost here: without a capture it is passed on unchanged.
func (s *Stage) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	if s.late != nil {
		select {
		case <-s.late:
			s.late = nil
		default: // the previous capture is still being written
			s.next(a)
			return nil
		}
	}
	j := job{a, make(chan done, 1)}
	s.jobs <- j
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case d := <-j.done:
		a, s.refused = d.alert, d.err
	case <-timer.C:
		s.late, s.refused = j.done, errSlow
	}
	s.next(a)
	return nil
}

// Flush implements exporters.Exporter: it returns the error of the last capture, if it could not be written.
func (s *Stage) Flush() error {
	if s.refused != nil {
		return &exporters.TemporaryError{Err: s.refused}
	}
	return nil
}

// Close implements exporters.Exporter. It does not wait for a capture that still hangs.
func (s *Stage) Close() error {
	close(s.jobs)
	return s.Flush()
}

var errSlow = fmt.Errorf("the capture of an alert took more than %v; alerts are passed on without theirs", maxWait)
