package exporters

import (
	"errors"
	"fmt"

	"sipspan/record"
)

// Queues is every exporter of a run.
type Queues []*Queue

// Put hands a record to each of them.
func (qs Queues) Put(r record.Record) {
	for _, q := range qs {
		q.Put(r)
	}
}

// Close closes each of them, in order, and joins their errors, each with the name of its exporter.
func (qs Queues) Close() error {
	var errs []error
	for _, q := range qs {
		if err := q.Close(); err != nil {
			errs = append(errs, fmt.Errorf("exporter %s: %w", q.options.Name, err))
		}
	}
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
