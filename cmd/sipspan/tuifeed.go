package main

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"sipspan/internal/app"
	"sipspan/record"
	"sipspan/view/terminal"
)

const (
	// maxPending is how many records wait for the view. Then reading waits.
	maxPending = 4096
	// viewPace is how long records are gathered before the view draws them.
	viewPace = 100 * time.Millisecond
	// maxKeptLog is how much of the log is kept while the view has the terminal.
	maxKeptLog = 64 << 10
)

// feed carries records from the reading to the view.
type feed struct {
	mu          sync.Mutex
	pending     []record.Record
	read, total int64
	missed      int           // records that found no room
	lost        func() uint64 // packets that were lost; nil: not asked for
	done        bool
	err         error
	news        chan struct{} // holds a token while there is something to take
	room        chan struct{} // holds a token while pending may have room
}

var (
	_ terminal.Source = (*feed)(nil)
	_ app.Progress    = (*feed)(nil)
)

func newFeed() *feed {
	return &feed{news: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

func signalOn(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// put adds a record. It waits while too many are pending.
func (f *feed) put(ctx context.Context, r record.Record) error {
	for {
		f.mu.Lock()
		if len(f.pending) < maxPending {
			f.pending = append(f.pending, r)
			f.mu.Unlock()
			signalOn(f.news)
			return nil
		}
		f.mu.Unlock()
		select {
		case <-f.room:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// offer adds a record of a live capture, which does not wait: where too many are pending, the record is counted as missed.
func (f *feed) offer(r record.Record) {
	f.mu.Lock()
	if len(f.pending) < maxPending {
		f.pending = append(f.pending, r)
	} else {
		f.missed++
	}
	f.mu.Unlock()
	signalOn(f.news)
}

// finish notes that nothing more comes.
func (f *feed) finish(err error) {
	f.mu.Lock()
	f.done, f.err = true, err
	f.mu.Unlock()
	signalOn(f.news)
}

// Update notes how far reading has come.
func (f *feed) Update(read, total int64) {
	f.mu.Lock()
	f.read, f.total = read, total
	f.mu.Unlock()
}

// Clear does nothing: the view draws over what it has drawn.
func (f *feed) Clear() {}

// Next returns what has come, at most every viewPace.
func (f *feed) Next(ctx context.Context) terminal.Batch {
	select {
	case <-f.news:
	case <-time.After(viewPace): // reading has come further, at least
	case <-ctx.Done():
		return terminal.Batch{Done: true}
	}
	f.mu.Lock()
	b := terminal.Batch{Records: f.pending, Read: f.read, Total: f.total, Missed: f.missed, Done: f.done, Err: f.err}
	f.pending, f.missed = nil, 0
	f.mu.Unlock()
	signalOn(f.room)
	if f.lost != nil {
		b.PacketsLost = f.lost()
	}
	if !b.Done && len(b.Records) < maxPending/2 {
		select {
		case <-time.After(viewPace):
		case <-ctx.Done():
		}
	}
	return b
}

// keptLog keeps the beginning of the log while the view has the terminal.
type keptLog struct {
	mu   sync.Mutex
	kept bytes.Buffer
	lost bool
}

// Write keeps a line, as long as there is room.
func (k *keptLog) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept.Len()+len(p) > maxKeptLog {
		k.lost = true
	} else {
		k.kept.Write(p)
	}
	return len(p), nil
}

// writeTo writes what was kept.
func (k *keptLog) writeTo(w io.Writer) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lost {
		k.kept.WriteString("sipspan: more was logged, and left out\n")
	}
	_, err := k.kept.WriteTo(w)
	return err
}
