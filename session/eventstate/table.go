package eventstate

import (
	"time"

	"sipspan/session/stats"
)

// Table counts the resources that are followed each by itself, of all subscriptions of a tracker.
type Table struct {
	// FlapChanges changes of the basic presence of a presentity within FlapWindow are flapping.
	FlapChanges int
	FlapWindow  time.Duration

	limit, used int
	counters    *stats.Counters
}

// NewTable returns a table with room for limit resources that counts them in c.
func NewTable(limit int, c *stats.Counters) Table { return Table{limit: limit, counters: c} }

// take counts one more resource of s, unless the table is full.
func (t *Table) take(s *State) bool {
	if t.used >= t.limit {
		s.full = true
		t.counters.Evicted[stats.TableResources]++
		return false
	}
	t.used++
	s.resources++
	t.counters.Tracked[stats.TableResources]++
	return true
}

// drop counts n resources of s that are not followed any more.
func (t *Table) drop(s *State, n int) {
	t.used -= n
	s.resources -= n
	t.counters.Tracked[stats.TableResources] -= int64(n)
}
