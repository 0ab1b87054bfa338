package pcap

import (
	"fmt"
	"time"

	"sipspan/exporters"
	"sipspan/internal/fault"
	"sipspan/record"
)

var _ exporters.Exporter = (*Stage)(nil)

// Stage hands alerts on with their captures. It stands, behind a queue of its own, between who raises alerts and who
// delivers them, so that neither waits for the disk.
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

// patience is how long an alert waits for its capture.
const patience = 5 * time.Second

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

// Export implements exporters.Exporter. No alert is lost here: without a capture it goes on as it came.
func (s *Stage) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	if s.late != nil {
		select {
		case <-s.late:
			s.late = nil
		default: // the disk still has the one before
			s.next(a)
			return nil
		}
	}
	j := job{a, make(chan done, 1)}
	s.jobs <- j
	timer := time.NewTimer(patience)
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

// Flush implements exporters.Exporter: it says so when the last capture could not be written.
func (s *Stage) Flush() error {
	if s.refused != nil {
		return &exporters.TemporaryError{Err: s.refused}
	}
	return nil
}

// Close implements exporters.Exporter. A capture that still hangs is left behind.
func (s *Stage) Close() error {
	close(s.jobs)
	return s.Flush()
}

var errSlow = fmt.Errorf("the capture of an alert took more than %v; alerts go on without theirs", patience)
