package wire

import (
	"testing"
	"time"
)

func TestAfter(t *testing.T) {
	const second, hour = int64(time.Second), int64(time.Hour)
	for _, test := range []struct {
		at      int64
		seconds int
		want    int64
	}{
		{5 * second, 0, 5 * second},
		{5 * second, 60, 65 * second},
		{Never - 2*hour, 1 << 20, Never - hour},
		{Never, 3600, Never - hour},
	} {
		if got := After(test.at, test.seconds); got != test.want {
			t.Errorf("%d s after %d: %d, want %d", test.seconds, test.at, got, test.want)
		}
	}
}
