package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
)

type bench struct {
	folder       string
	out          io.Writer
	calls        int // without messages, which are searched
	withMessages int // calls with messages
	rate         int // calls a second that come while the store is watched
	seconds      int // how long it is watched
	searches     int // of each kind
	templates    []template
}

// begin is when the first call begins, and apart the time between two calls.
var (
	begin = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	apart = 10 * time.Millisecond
)

func (b *bench) measure(ctx context.Context) error {
	fmt.Fprintln(b.out, "| what | figure |\n| --- | ---: |")
	records := filepath.Join(b.folder, "records")
	if err := b.fill(ctx, records, b.calls, false); err != nil {
		return err
	}
	if err := b.search(ctx, records, "no writer"); err != nil {
		return err
	}
	if err := b.pace(ctx, records, false, func(ctx context.Context) error { return b.search(ctx, records, "while records are written") }); err != nil {
		return err
	}
	if err := os.RemoveAll(records); err != nil {
		return err
	}
	messages := filepath.Join(b.folder, "messages")
	if err := b.fill(ctx, messages, b.withMessages, true); err != nil {
		return err
	}
	if err := b.find(ctx, messages); err != nil {
		return err
	}
	return b.pace(ctx, messages, true, func(context.Context) error { return nil })
}

func (b *bench) made() *calls {
	return &calls{templates: b.templates, begin: begin.UnixNano(), apart: int64(apart)}
}

func open(folder string, messages bool, now func() time.Time) (*store.Store, error) {
	c := store.DefaultConfig()
	c.Directory, c.Messages, c.KeepFor, c.Records = folder, messages, 0, nil
	return store.Open(c, slog.New(slog.DiscardHandler), now)
}

// fill writes calls as fast as the store takes them.
func (b *bench) fill(ctx context.Context, folder string, n int, withMessages bool) error {
	made, at, sent := b.made(), begin, 0
	s, err := open(folder, withMessages, func() time.Time { return at })
	if err != nil {
		return err
	}
	var own time.Duration // what making the calls costs
	wall, cpu := time.Now(), processor()
	for i := 0; i < n; {
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), s.Close())
		}
		before := processor()
		batch := make([]*record.Call, 0, 1000)
		for ; i < n && len(batch) < cap(batch); i++ {
			batch = append(batch, made.call(i))
			if withMessages {
				sent += made.messages(i, s.Message)
			}
		}
		own += processor() - before
		for _, r := range batch {
			if err := s.Export(r); err != nil {
				return errors.Join(err, s.Close())
			}
		}
		at = at.Add(apart * time.Duration(len(batch)))
		if err := s.Flush(); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	took, spent := time.Since(wall), processor()-cpu-own
	size, files := sizeOf(folder)
	what := fmt.Sprintf("%d calls", n)
	if withMessages {
		what += fmt.Sprintf(" with %d messages", sent)
	}
	fmt.Fprintf(b.out, "| %s: written | %.0f calls/s in %.0f s |\n", what, float64(n)/took.Seconds(), took.Seconds())
	fmt.Fprintf(b.out, "| %s: processor time for 1,000 calls | %.0f ms |\n", what, spent.Seconds()*1e6/float64(n))
	fmt.Fprintf(b.out, "| %s: on the disk | %.0f bytes a call in %d parts |\n", what, float64(size)/float64(n), files)
	if stats := s.MessageStats(); withMessages {
		fmt.Fprintf(b.out, "| %s: lost | %d of %d messages |\n", what, stats.Errors, sent)
	}
	return nil
}

// pace writes calls at a rate while something else is done, and for bench.seconds at least.
func (b *bench) pace(ctx context.Context, folder string, withMessages bool, beside func(context.Context) error) error {
	made, at := b.made(), begin.Add(time.Duration(b.calls)*apart)
	s, err := open(folder, withMessages, func() time.Time { return at })
	if err != nil {
		return err
	}
	var result error
	var working sync.WaitGroup
	ended := make(chan struct{})
	working.Go(func() {
		defer close(ended)
		result = beside(ctx)
	})
	var own, longest time.Duration
	wall, cpu, written := time.Now(), processor(), 0
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for running := true; running && ctx.Err() == nil; {
		before := processor()
		batch := make([]*record.Call, 0, b.rate)
		for range b.rate {
			n := b.calls + b.withMessages + written
			written++
			batch = append(batch, made.call(n))
			if withMessages {
				made.messages(n, s.Message)
			}
		}
		own += processor() - before
		from := time.Now()
		for _, r := range batch {
			if err := s.Export(r); err != nil {
				return errors.Join(err, s.Close())
			}
		}
		if err := s.Flush(); err != nil {
			return errors.Join(err, s.Close())
		}
		longest = max(longest, time.Since(from))
		<-tick.C
		select {
		case <-ended:
			running = time.Since(wall) < time.Duration(b.seconds)*time.Second
		default:
		}
	}
	took, spent := time.Since(wall), processor()-cpu-own
	working.Wait()
	lost := s.MessageStats().Errors
	if err := errors.Join(result, s.Close()); err != nil {
		return err
	}
	what := "records"
	if withMessages {
		what = "records and messages"
	}
	fmt.Fprintf(b.out, "| %s of %d calls/s for %.0f s: longest batch | %d ms |\n", what, b.rate, took.Seconds(), longest.Milliseconds())
	if withMessages {
		fmt.Fprintf(b.out, "| %s of %d calls/s: processor time | %.0f ms a second |\n", what, b.rate, spent.Seconds()*1e3/took.Seconds())
		fmt.Fprintf(b.out, "| %s of %d calls/s: messages lost | %d |\n", what, b.rate, lost)
	}
	return nil
}

// search looks for calls by Call-ID and by number, with the files in the memory of the kernel and without.
func (b *bench) search(ctx context.Context, folder, state string) error {
	for _, kind := range []string{"Call-ID", "number", "number that nobody has"} {
		for _, warmth := range []string{"cold", "warm"} {
			var times []time.Duration
			found := 0
			for i := range b.searches {
				n := i * b.calls / b.searches
				q := choose.Query{CallID: []string{callIDOf(n)}, Now: begin}
				switch kind {
				case "number":
					q = choose.Query{Number: []string{numberOf(n)}, Now: begin}
				case "number that nobody has":
					q = choose.Query{Number: []string{fmt.Sprintf("+4940%07d", n)}, Now: begin}
				}
				if warmth == "cold" {
					if err := forget(folder); err != nil {
						return err
					}
				}
				choice, err := q.Compile()
				if err != nil {
					return err
				}
				from := time.Now()
				if err := store.Search(ctx, folder, store.Query{Choice: choice}, func(record.Record) error { found++; return nil }); err != nil {
					return err
				}
				times = append(times, time.Since(from))
			}
			slices.Sort(times)
			fmt.Fprintf(b.out, "| search by %s among %d, %s, %s: median, longest | %.0f ms, %.0f ms (%d found in %d searches) |\n", kind, b.calls, state, warmth,
				milli(times[len(times)/2]), milli(times[len(times)-1]), found, len(times))
		}
	}
	return nil
}

// find reads the messages of calls.
func (b *bench) find(ctx context.Context, folder string) error {
	var times []time.Duration
	found := 0
	for i := range b.searches {
		if err := forget(folder); err != nil {
			return err
		}
		wanted := store.Wanted{CallIDs: map[string]bool{callIDOf(i * b.withMessages / b.searches): true}}
		from := time.Now()
		if err := store.Messages(ctx, folder, wanted, func(store.Message) error { found++; return nil }); err != nil {
			return err
		}
		times = append(times, time.Since(from))
	}
	slices.Sort(times)
	fmt.Fprintf(b.out, "| messages of a call, cold: median, longest | %.0f ms, %.0f ms (%d found in %d searches) |\n", milli(times[len(times)/2]), milli(times[len(times)-1]), found, len(times))
	return nil
}

func milli(d time.Duration) float64 { return d.Seconds() * 1e3 }

// forget makes the kernel drop what it holds of the files of a folder.
func forget(folder string) error {
	found, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return err
	}
	for _, path := range found {
		f, err := os.Open(path)
		if err != nil {
			continue // a journal that is gone
		}
		_ = unix.Fdatasync(int(f.Fd()))
		err = errors.Join(unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED), f.Close())
		if err != nil {
			return err
		}
	}
	return nil
}

// processor returns the processor time of this process.
func processor() time.Duration {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func sizeOf(folder string) (total int64, files int) {
	found, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, path := range found {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
			if filepath.Ext(path) == ".sqlite" {
				files++
			}
		}
	}
	return total, files
}
