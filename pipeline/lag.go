package pipeline

import (
	"sync/atomic"
	"time"
)

// lag is how far a stage of a live capture is behind: the age of the newest packet that it had taken, when that was last measured. Its owner
// measures it. Any goroutine may read it.
type lag struct{ age atomic.Int64 }

// measure notes the age at a time of what was stamped at another, both in Unix nanoseconds. A stamp from the future has no age.
func (l *lag) measure(stamp, now int64) { l.age.Store(max(now-stamp, 0)) }

func (l *lag) duration() time.Duration { return time.Duration(l.age.Load()) }

// Lag is how far the stages of a live capture are behind the wall clock. It is 0 where packets are read from files.
type Lag struct {
	// Reader is the age of the newest packet that a reader has taken from its source, of the slowest reader. It is 0 while a source has no
	// packet. The kernel hands packets over in blocks, so that up to the poll time of the source is no sign of anything.
	Reader time.Duration
	// Worker is the age of the newest packet whose messages a worker has begun with, of the slowest worker.
	Worker time.Duration
}
