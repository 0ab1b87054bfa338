package live

import (
	"slices"
	"sync"

	"sipspan/exporters"
	"sipspan/record"
)

// maxFiring is how many alerts the board holds. The engine has a limit of its own; this one holds whatever that is.
const maxFiring = 1000

// Board holds the alerts that are firing. It is an exporter of alerts; its methods may be called by several goroutines.
type Board struct {
	mu     sync.Mutex
	firing []*record.Alert // the one that began last first
}

var _ exporters.Exporter = (*Board)(nil)

// Export implements exporters.Exporter: an alert that fires is put on the board, in the place of what is known of it, and one that is over is taken off.
func (b *Board) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	at := slices.IndexFunc(b.firing, func(known *record.Alert) bool {
		return known.Rule == a.Rule && slices.Equal(known.Labels, a.Labels)
	})
	if at >= 0 {
		b.firing = slices.Delete(b.firing, at, at+1)
	}
	if a.State == "firing" {
		b.firing = slices.Insert(b.firing, 0, a)
		b.firing = b.firing[:min(len(b.firing), maxFiring)]
	}
	return nil
}

// Flush implements exporters.Exporter.
func (*Board) Flush() error { return nil }

// Close implements exporters.Exporter.
func (*Board) Close() error { return nil }

// Firing returns the alerts that are firing, the one that began last first. They are not to be changed.
func (b *Board) Firing() []*record.Alert {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.firing)
}
