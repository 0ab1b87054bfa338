//go:build linux

package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// The names of the two parts that are compared.
const firstCalm, lastCalm = "calls alone", "calls alone again"

// sample is what the daemon took at a time.
type sample struct {
	resident                int64
	goroutines, descriptors int
}

// part is one part of the run.
type part struct {
	name    string
	samples []sample
}

// watch looks at what the daemon takes.
type watch struct {
	daemon *daemon

	mu      sync.Mutex
	parts   []*part
	playing string           // the flood; "": none
	peaks   map[string]int64 // bytes of memory, by flood
	over    bool             // the daemon has ended
	faults  error            // that were not brought about or mended
}

func newWatch(d *daemon) *watch { return &watch{daemon: d, peaks: map[string]int64{}} }

func (w *watch) begin(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.parts, w.playing = append(w.parts, &part{name: name}), ""
}

func (w *watch) flood(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.playing = name
}

func (w *watch) fault(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = errors.Join(w.faults, err)
}

// ended reports whether the daemon has ended by itself.
func (w *watch) ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over
}

// run looks four times a second until ctx or the daemon ends.
func (w *watch) run(ctx context.Context) {
	for i := 0; ctx.Err() == nil; i++ {
		s := sample{resident: w.daemon.resident()}
		if i%8 == 0 {
			if _, text, err := page(ctx, "/metrics"); err == nil {
				s.goroutines, s.descriptors = int(sum(text, "go_goroutines")), w.daemon.descriptors()
			}
		}
		w.mu.Lock()
		if s.resident == 0 && ctx.Err() == nil {
			w.over = true
		} else if len(w.parts) > 0 {
			p := w.parts[len(w.parts)-1]
			p.samples = append(p.samples, s)
			if w.playing != "" {
				w.peaks[w.playing] = max(w.peaks[w.playing], s.resident)
			}
		}
		w.mu.Unlock()
		pause(ctx, 250*time.Millisecond)
	}
}

// figures are what a part comes to.
type figures struct {
	median, peak            int64 // bytes of memory
	goroutines, descriptors int   // medians
}

// figures returns those of the part.
func (p *part) figures() (f figures) {
	var resident []int64
	var goroutines, descriptors []int
	for _, s := range p.samples {
		resident = append(resident, s.resident)
		f.peak = max(f.peak, s.resident)
		if s.goroutines > 0 {
			goroutines, descriptors = append(goroutines, s.goroutines), append(descriptors, s.descriptors)
		}
	}
	f.median, f.goroutines, f.descriptors = median(resident), median(goroutines), median(descriptors)
	return f
}

func median[T int | int64](all []T) T {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// of returns the figures of the part of a name.
func (w *watch) of(name string) figures {
	for _, p := range w.parts {
		if p.name == name {
			return p.figures()
		}
	}
	return figures{}
}
