package exporters_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sipspan/exporters"
	"sipspan/record"
)

var quiet = slog.New(slog.DiscardHandler)

// probe is an exporter that a test looks into.
// probe is an exporter that keeps what it is given and fails when a test wants it to.
type probe struct {
	got     []record.Record
	flushes int
	closed  bool
	close   error         // of Close
	gate    chan struct{} // Export waits for it, if it is there

	mu    sync.Mutex // guards what tests change while a queue runs
	fail  error      // of Export
	flush error      // of Flush
}

// set makes later calls of Export and Flush return these errors.
func (p *probe) set(fail, flush error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail, p.flush = fail, flush
}

// faults returns what Export and Flush return.
func (p *probe) faults() (fail, flush error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fail, p.flush
}

var _ exporters.Exporter = (*probe)(nil)

func (p *probe) Export(r record.Record) error {
	if p.gate != nil {
		<-p.gate
	}
	fail, _ := p.faults()
	if fail != nil {
		return fail
	}
	p.got = append(p.got, r)
	return nil
}

func (p *probe) Flush() error {
	p.flushes++
	_, flush := p.faults()
	return flush
}

func (p *probe) Close() error {
	p.closed = true
	return p.close
}

func numbered(i int) record.Record { return &record.Call{Status: i} }

func check(t *testing.T, q *exporters.Queue, queued, delivered, lost uint64) {
	t.Helper()
	want := exporters.Stats{Name: "probe", Queued: queued, Delivered: delivered, Errors: lost}
	if got := q.Stats(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestQueueDeliversInOrder(t *testing.T) {
	p := &probe{}
	q := exporters.NewQueue(p, exporters.Options{Name: "probe", Size: 4, Block: true, Logger: quiet})
	const n = 10_000
	for i := range n {
		q.Put(numbered(i))
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, q, 0, n, 0)
	if !p.closed || len(p.got) != n {
		t.Fatalf("closed %v, %d records", p.closed, len(p.got))
	}
	for i, r := range p.got {
		if r.(*record.Call).Status != i {
			t.Fatalf("record %d is number %d", i, r.(*record.Call).Status)
		}
	}
}

func TestQueueBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probe{gate: make(chan struct{})}
		q := exporters.NewQueue(p, exporters.Options{Name: "probe", Size: 2, Block: true, Logger: quiet})
		put := 0
		var putting sync.WaitGroup
		putting.Go(func() {
			for i := range 10 {
				q.Put(numbered(i))
				put++
			}
		})
		synctest.Wait()
		if put > 4 { // one or two in the exporter's hands, two in the queue
			t.Errorf("%d records were put into a queue of 2", put)
		}
		close(p.gate)
		putting.Wait()
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
		check(t, q, 0, 10, 0)
	})
}

func TestQueueDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probe{gate: make(chan struct{})}
		q := exporters.NewQueue(p, exporters.Options{Name: "probe", Size: 2, Logger: quiet})
		q.Put(numbered(0))
		synctest.Wait() // in the exporter's hands
		for i := range 5 {
			q.Put(numbered(1 + i))
		}
		check(t, q, 3, 0, 3)
		close(p.gate)
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
		check(t, q, 0, 3, 3)
		q.Put(numbered(9))
		check(t, q, 0, 3, 4)
	})
}

func TestQueueFlushesByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &probe{}
		q := exporters.NewQueue(p, exporters.Options{Name: "probe", FlushEvery: time.Second, Logger: quiet})
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if p.flushes != 10 {
			t.Errorf("%d flushes in 10 s", p.flushes)
		}
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestQueueWithFailingExporter checks that trouble is counted in full, logged in part, and not the end.
func TestQueueWithFailingExporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		var first []error
		p := &probe{fail: errors.New("no space left on device")}
		q := exporters.NewQueue(p, exporters.Options{Name: "probe", Logger: logger, Failed: func(err error) { first = append(first, err) }})
		put := func(n int) {
			for i := range n {
				q.Put(numbered(i))
			}
			synctest.Wait()
		}
		said := func(text string, times int) {
			t.Helper()
			if n := strings.Count(log.String(), text); n != times {
				t.Errorf("%q was logged %d times, want %d:\n%s", text, n, times, log.String())
			}
		}
		put(100)
		check(t, q, 0, 0, 100)
		said("exporter fails", 1)
		said("exporter=probe", 1)
		said("no space left on device", 1)
		time.Sleep(61 * time.Second)
		put(50)
		said("exporter fails", 2)
		said("records_lost=100", 1) // 99 since the first line, and the one that made this line
		p.set(nil, nil)
		put(10)
		said("works again", 1)
		said("records_lost=150", 1) // all of them
		check(t, q, 0, 10, 150)
		if err := q.Close(); !errors.Is(err, first[0]) || len(first) != 1 {
			t.Errorf("Close: %v, told of %v", err, first)
		}
	})
}

func TestQueueCountsWhatWasLostLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := &exporters.LossError{Records: 3, Err: errors.New("disk gone")}
		p := &probe{flush: errors.New("busy"), close: fmt.Errorf("closing: %w", lost)}
		q := exporters.NewQueue(p, exporters.Options{Name: "probe", FlushEvery: time.Second, Logger: quiet})
		for i := range 5 {
			q.Put(numbered(i))
		}
		time.Sleep(2500 * time.Millisecond)
		check(t, q, 0, 5, 0)
		if err := q.Close(); err == nil || err.Error() != "busy" {
			t.Errorf("the first error was busy, not %v", err)
		}
		check(t, q, 0, 2, 3)
	})
}

// TestQueueForgives checks the result of a run: a failure that is over is none, one that lasts is.
func TestQueueForgives(t *testing.T) {
	broken := errors.New("no space left on device")
	for _, over := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := &probe{fail: broken, flush: broken}
			q := exporters.NewQueue(p, exporters.Options{Name: "probe", FlushEvery: time.Second, Forgive: true, Logger: quiet})
			q.Put(numbered(1))
			time.Sleep(1500 * time.Millisecond)
			synctest.Wait()
			if over {
				p.set(nil, nil)
			}
			q.Put(numbered(2))
			time.Sleep(time.Second)
			if err := q.Close(); over != (err == nil) {
				t.Errorf("over %v: %v", over, err)
			}
		})
	}
}

// TestQueueDoesNotWorkAgainWhileItLoses takes every second record while the disk is full: a short one finds room in memory. The log says
// that it works again when a flush has shown that, once, with the number of all records that are lost.
func TestQueueDoesNotWorkAgainWhileItLoses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		full := errors.New("no space left on device")
		p := &probe{flush: full}
		q := exporters.NewQueue(p, exporters.Options{
			Name: "probe", FlushEvery: time.Second, Forgive: true, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		put := func(fail error) {
			p.set(fail, full)
			q.Put(numbered(1))
			synctest.Wait()
		}
		for range 50 {
			put(full)
			put(nil)
		}
		if strings.Contains(log.String(), "works again") {
			t.Errorf("while it loses records:\n%s", &log)
		}
		p.set(nil, nil)
		time.Sleep(1500 * time.Millisecond)
		synctest.Wait()
		if n := strings.Count(log.String(), `msg="exporter works again" exporter=probe records_lost=50`); n != 1 {
			t.Errorf("%d times:\n%s", n, &log)
		}
		if err := q.Close(); err != nil || q.Stats().Errors != 50 {
			t.Errorf("%v, %+v", err, q.Stats())
		}
	})
}

func TestQueues(t *testing.T) {
	good, bad := &probe{}, &probe{fail: errors.New("broken")}
	qs := exporters.Queues{
		exporters.NewQueue(good, exporters.Options{Name: "good", Logger: quiet}),
		exporters.NewQueue(bad, exporters.Options{Name: "bad", Logger: quiet}),
	}
	qs.Put(numbered(1))
	if err := qs.Close(); err == nil || err.Error() != "exporter bad: broken" {
		t.Errorf("%v", err)
	}
	want := []exporters.Stats{{Name: "good", Delivered: 1}, {Name: "bad", Errors: 1}}
	if got := qs.Stats(); got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v", got)
	}
}

func BenchmarkQueue(b *testing.B) {
	q := exporters.NewQueue(&null{}, exporters.Options{Name: "null", Block: true, Logger: quiet})
	r := numbered(1)
	b.ReportAllocs()
	for b.Loop() {
		q.Put(r)
	}
	if err := q.Close(); err != nil {
		b.Fatal(err)
	}
}

type null struct{}

func (*null) Export(record.Record) error { return nil }
func (*null) Flush() error               { return nil }
func (*null) Close() error               { return nil }
