package exporters

import (
	"errors"
	"fmt"
	"sync"

	"sipspan/record"
)

// Queues are all exporters of a run.
type Queues []*Queue

// Put hands a record to each of them.
func (qs Queues) Put(r record.Record) {
	for _, q := range qs {
		q.Put(r)
	}
}

// Close closes all of them at the same time, so that none waits while another one drains, and joins their errors in order, each
// with the name of its exporter.
func (qs Queues) Close() error {
	errs := make([]error, len(qs))
	var closing sync.WaitGroup
	for i, q := range qs {
		closing.Go(func() {
			if err := q.Close(); err != nil {
				errs[i] = fmt.Errorf("exporter %s: %w", q.options.Name, err)
			}
		})
	}
	closing.Wait()
	return errors.Join(errs...)
}

// Stats returns the account of each of them, in order.
func (qs Queues) Stats() []Stats {
	all := make([]Stats, len(qs))
	for i, q := range qs {
		all[i] = q.Stats()
	}
	return all
}
