package exporters_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

// heir is an exporter that takes over what a probe had.
type heir struct {
	probe
	before exporters.Exporter
}

var _ exporters.Successor = (*heir)(nil)

func (h *heir) Succeed(before exporters.Exporter) { h.before = before }

// TestReplaceDeliversWhatWaits gives a queue another exporter while a record is tried again and others wait.
func TestReplaceDeliversWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, next := &probe{}, &heir{}
		old.set(&exporters.TemporaryError{Err: errors.New("away")}, nil)
		options := exporters.Options{
			Name: "probe", Logger: quiet, Drain: time.Minute, FlushEvery: time.Second,
			Retry: exporters.Retry{First: time.Hour, Most: time.Hour, For: 24 * time.Hour},
		}
		q := exporters.NewQueue(old, options)
		for i := range 5 {
			q.Put(numbered(i))
		}
		synctest.Wait() // the first one waits for its second try
		check(t, q, 5, 0, 0)
		q.Replace(next, options)
		synctest.Wait()
		check(t, q, 0, 5, 0)
		if len(next.got) != 5 || !old.closed || next.before != old || next.closed {
			t.Errorf("the new one had %d records and succeeds %v; the old one is closed: %v", len(next.got), next.before, old.closed)
		}
		if err := q.Close(); err != nil || !next.closed {
			t.Errorf("closed: %v, error %v", next.closed, err)
		}
		late := &heir{}
		q.Replace(late, options)
		if !late.closed || len(late.got) > 0 {
			t.Error("an exporter that came after the end is open")
		}
	})
}

// TestReplaceChangesLimits makes a queue shorter.
func TestReplaceChangesLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, next := &probe{gate: make(chan struct{})}, &heir{}
		options := exporters.Options{Name: "test", Logger: quiet, DropOldest: true, Size: 10}
		q := exporters.NewQueue(old, options)
		for i := range 9 {
			q.Put(numbered(i))
		}
		synctest.Wait() // the first one hangs in the old exporter
		options.Size = 3
		q.Replace(&heir{}, options) // which never exports anything
		q.Replace(next, options)
		close(old.gate)
		synctest.Wait()
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		s := q.Stats()
		if s.Delivered+s.Errors != 9 || int(s.Delivered) != len(old.got)+len(next.got) {
			t.Errorf("%+v, the exporters had %d and %d", s, len(old.got), len(next.got))
		}
	})
}

// TestReplaceUnderLoad replaces the exporter again and again while records come. None is lost, and none comes twice.
func TestReplaceUnderLoad(t *testing.T) {
	const records, replacements = 20000, 200
	first := &heir{}
	all := []*heir{first}
	options := exporters.Options{Name: "test", Logger: quiet, Size: records, FlushEvery: time.Millisecond}
	q := exporters.NewQueue(first, options)
	var f exporters.Fanout
	f.Add(q)
	var beside sync.WaitGroup
	beside.Go(func() {
		for i := range records {
			f.Put(numbered(i))
		}
	})
	beside.Go(func() {
		for range replacements {
			e := &heir{}
			all = append(all, e)
			q.Replace(e, options)
			f.Stats()
		}
	})
	beside.Wait()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	seen := make([]int, records)
	for _, e := range all {
		for _, r := range e.got {
			seen[r.(*record.Call).Status]++
		}
		if !e.closed {
			t.Fatal("an exporter is open")
		}
	}
	for i, n := range seen {
		if n != 1 {
			t.Fatalf("record %d came %d times", i, n)
		}
	}
}

// TestFanout takes a queue out.
func TestFanout(t *testing.T) {
	one, two := &probe{}, &probe{}
	var f exporters.Fanout
	a := exporters.NewQueue(one, exporters.Options{Name: "one", Logger: quiet})
	b := exporters.NewQueue(two, exporters.Options{Name: "two", Logger: quiet})
	f.Add(a, b)
	f.Put(numbered(1))
	f.Remove(a)
	f.Put(numbered(2))
	if err := errors.Join(a.Close(), f.Close()); err != nil {
		t.Error(err)
	}
	if s := f.Stats(); len(one.got) != 1 || len(two.got) != 2 || len(s) != 1 || s[0].Name != "two" {
		t.Errorf("%d and %d records, %+v", len(one.got), len(two.got), s)
	}
}
