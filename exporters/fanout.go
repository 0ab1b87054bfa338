package exporters

import (
	"slices"
	"sync"

	"sipspan/record"
)

// Fanout hands records to queues that can change while it is in use. Its methods may be called from any goroutine. The zero value has no
// queue.
type Fanout struct {
	mu     sync.RWMutex
	queues Queues
}

// Add adds queues.
func (f *Fanout) Add(more ...*Queue) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queues = append(f.queues, more...)
}

// Remove takes queues out, without closing them: no Put reaches them after it.
func (f *Fanout) Remove(gone ...*Queue) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := make(Queues, 0, len(f.queues))
	for _, q := range f.queues {
		if !slices.Contains(gone, q) {
			kept = append(kept, q)
		}
	}
	f.queues = kept
}

// Put hands a record to each of them.
func (f *Fanout) Put(r record.Record) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	f.queues.Put(r)
}

// Close closes all of them as Queues.Close does. What is put later is lost.
func (f *Fanout) Close() error {
	f.mu.RLock()
	queues := f.queues
	f.mu.RUnlock()
	return queues.Close()
}

// Stats returns the account of each of them, in order.
func (f *Fanout) Stats() []Stats {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.queues.Stats()
}
