package limits

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

func TestPercent(t *testing.T) {
	p := pace{most: 100 << 20}
	for _, tt := range []struct {
		live uint64
		want int
	}{{0, 400}, {10 << 20, 400}, {25 << 20, 400}, {50 << 20, 200}, {100 << 20, 100}, {400 << 20, 25}} {
		if got := p.percent(tt.live); got != tt.want {
			t.Errorf("%d MiB in use: %d, want %d", tt.live>>20, got, tt.want)
		}
	}
}

// TestEachCollectionSetsThePace looks at two collections, because the first one must have the second one looked at.
func TestEachCollectionSetsThePace(t *testing.T) {
	set := make(chan int, 8)
	p := &pace{most: 1 << 10, live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, set: func(percent int) {
		select {
		case set <- percent:
		default: // collections that nobody asked for
		}
	}}
	p.watch()
	for range 2 {
		runtime.GC()
		if got := <-set; got >= seldom {
			t.Errorf("%d with more in use than it may grow by", got)
		}
	}
}

func TestCollectSeldom(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "77")
	DefaultConfig().CollectSeldom()
	if got := debug.SetGCPercent(77); got != 77 {
		t.Errorf("%d although the environment has set 77", got)
	}
}
