package stats

import (
	"testing"
	"time"
)

func TestFlap(t *testing.T) {
	const second = int64(time.Second)
	for _, tt := range []struct {
		name    string
		changes []int64
		want    bool
	}{
		{"too few", []int64{1 * second, 2 * second}, false},
		{"spread out", []int64{1 * second, 20 * second, 40 * second, 60 * second}, false},
		{"within the window", []int64{1 * second, 2 * second, 31 * second}, true},
		{"later on", []int64{1 * second, 60 * second, 120 * second, 125 * second, 130 * second}, true},
	} {
		var f Flap
		for _, at := range tt.changes {
			f.Change(at, 3, 30*time.Second)
		}
		if f.Flapping != tt.want {
			t.Errorf("%s: flapping is %v", tt.name, f.Flapping)
		}
		f.Restart()
		if f.Change(200*second, 3, 30*time.Second); f.Flapping {
			t.Errorf("%s: one change after the restart is flapping", tt.name)
		}
	}
}
