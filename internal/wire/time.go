package wire

import (
	"math"
	"time"
)

// Never is a packet time that none reaches.
const Never = int64(math.MaxInt64)

// After returns the packet time so many seconds later. It never lies closer to Never than an hour, so that a timer can be added.
func After(at int64, seconds int) int64 {
	const last = Never - int64(time.Hour)
	return min(at, last-int64(seconds)*int64(time.Second)) + int64(seconds)*int64(time.Second)
}
