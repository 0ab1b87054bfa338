package exporters_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

// shaky is an exporter that fails as often as it is told.
type shaky struct {
	failures int // still to come; below 0: for ever
	err      error
	times    []time.Time
	got      []int
	gate     chan struct{} // closed by Interrupt; Export waits for it if stuck
	stuck    bool
}

var (
	_ exporters.Exporter    = (*shaky)(nil)
	_ exporters.Interrupter = (*shaky)(nil)
)

func (s *shaky) Export(r record.Record) error {
	s.times = append(s.times, time.Now())
	if s.stuck {
		<-s.gate
		return &exporters.TemporaryError{Err: errors.New("interrupted")}
	}
	if s.failures != 0 {
		s.failures--
		return s.err
	}
	s.got = append(s.got, r.(*record.Call).Status)
	return nil
}

func (s *shaky) Flush() error { return nil }
func (s *shaky) Close() error { return nil }
func (s *shaky) Interrupt()   { close(s.gate) }

var passing = &exporters.TemporaryError{Err: errors.New("connection refused")}

var patient = exporters.Retry{First: time.Second, Most: 30 * time.Second, For: 10 * time.Minute}

func retrying(s *shaky, logger *slog.Logger) *exporters.Queue {
	return exporters.NewQueue(s, exporters.Options{
		Name: "probe", Size: 4, DropOldest: true, Retry: patient, Drain: 5 * time.Second, Logger: logger,
	})
}

func TestRetryBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &shaky{failures: 8, err: passing}
		q := retrying(s, slog.New(slog.NewTextHandler(&log, nil)))
		q.Put(numbered(1))
		q.Put(numbered(2))
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(s.got) != 2 || s.got[0] != 1 || s.got[1] != 2 {
			t.Fatalf("delivered %v, want 1 and 2 in this order", s.got)
		}
		longest := []time.Duration{1, 2, 4, 8, 16, 30, 30, 30} // seconds
		for i, most := range longest {
			most *= time.Second
			if wait := s.times[i+1].Sub(s.times[i]); wait < most/2 || wait > most {
				t.Errorf("try %d came after %v, want %v to %v", i+2, wait, most/2, most)
			}
		}
		check(t, q, 0, 2, 0)
		if n := strings.Count(log.String(), "exporter fails"); n < 1 || n > 3 {
			t.Errorf("%d lines in at most two minutes of trouble:\n%s", n, &log)
		}
		if !strings.Contains(log.String(), "works again") {
			t.Errorf("the log does not say that it is over:\n%s", &log)
		}
		if err := q.Close(); err != nil {
			t.Errorf("a trouble that a later try made good is an error at the end: %v", err)
		}
	})
}

func TestRetryWaitsAsLongAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shaky{failures: 1, err: &exporters.TemporaryError{After: 90 * time.Second, Err: errors.New("busy")}}
		q := retrying(s, quiet)
		q.Put(numbered(1))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if len(s.times) != 2 || s.times[1].Sub(s.times[0]) != 90*time.Second {
			t.Errorf("tried at %v", s.times)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRetryGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shaky{failures: -1, err: passing}
		q := retrying(s, quiet)
		q.Put(numbered(1))
		time.Sleep(9 * time.Minute)
		check(t, q, 1, 0, 0)
		time.Sleep(time.Minute)
		synctest.Wait()
		check(t, q, 0, 0, 1)
		if err := q.Close(); err == nil || !strings.Contains(err.Error(), "given up after") {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestNoRetryForWhatIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shaky{failures: 1, err: errors.New("400 Bad Request")}
		q := retrying(s, quiet)
		q.Put(numbered(1))
		q.Put(numbered(2))
		synctest.Wait()
		if len(s.times) != 2 || len(s.got) != 1 || s.got[0] != 2 {
			t.Errorf("%d tries, delivered %v", len(s.times), s.got)
		}
		if err := q.Close(); err == nil {
			t.Error("the loss is no error at the end")
		}
	})
}

func TestOldestIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shaky{failures: 3, err: passing}
		q := retrying(s, quiet)
		q.Put(numbered(0))
		synctest.Wait() // in the exporter's hands
		for i := range 6 {
			q.Put(numbered(1 + i))
		}
		check(t, q, 5, 0, 2)
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []int{0, 3, 4, 5, 6}
		if len(s.got) != len(want) {
			t.Fatalf("delivered %v, want %v", s.got, want)
		}
		for i := range want {
			if s.got[i] != want[i] {
				t.Fatalf("delivered %v, want %v", s.got, want)
			}
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		check(t, q, 0, 5, 2)
	})
}

// TestDrainIsBounded checks that Close ends in time whether the exporter waits between two tries or hangs in one.
func TestDrainIsBounded(t *testing.T) {
	for _, stuck := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := &shaky{failures: -1, err: passing, stuck: stuck, gate: make(chan struct{})}
			q := retrying(s, quiet)
			for i := range 3 {
				q.Put(numbered(i))
			}
			begun := time.Now()
			if err := q.Close(); err == nil {
				t.Error("no error although all was lost")
			}
			if took := time.Since(begun); took != 5*time.Second {
				t.Errorf("closing took %v, want the 5s that it may take", took)
			}
			check(t, q, 0, 0, 3)
		})
	}
}

// TestHangingExporterIsLeftBehind closes a queue whose exporter is in a call that nothing interrupts.
func TestHangingExporterIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probe{gate: make(chan struct{})}
		q := exporters.NewQueue(p, exporters.Options{Name: "probe", Drain: 5 * time.Second, Logger: quiet})
		q.Put(numbered(1))
		q.Put(numbered(2))
		begun := time.Now()
		if err := q.Close(); err == nil || err.Error() != "hangs, 2 records are lost" {
			t.Errorf("%v", err)
		}
		if took := time.Since(begun); took != 10*time.Second {
			t.Errorf("closing took %v", took)
		}
		close(p.gate) // so that the test leaves nothing behind
	})
}

func TestQueueTakesItsKindOnly(t *testing.T) {
	p := &probe{}
	q := exporters.NewQueue(p, exporters.Options{Name: "probe", Logger: quiet, Takes: func(r record.Record) bool { return r.Kind() == record.KindAlert }})
	q.Put(numbered(1))
	q.Put(&record.Alert{Rule: "5xx"})
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if len(p.got) != 1 || p.got[0].Kind() != record.KindAlert {
		t.Errorf("%v", p.got)
	}
	check(t, q, 0, 1, 0)
}
