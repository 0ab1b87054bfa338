package stats

import (
	"fmt"
	"testing"
)

// Every status in its place: sections 4.2 and 4.6 to 4.8.
func TestRFC6076Statuses(t *testing.T) {
	for status := 200; status < 700; status++ {
		var s Setups
		s.count(setup{status: status, established: success(status)})
		got := fmt.Sprint(s.Established, s.Redirected, s.Effective, s.Ineffective)
		want := "0 0 0 0"
		switch {
		case status < 300:
			want = "1 0 1 0"
		case status < 400:
			want = "0 1 0 0"
		case status == 480, status == 486, status == 600, status == 603:
			want = "0 0 1 0"
		case status == 408, status == 500, status == 503, status == 504:
			want = "0 0 0 1"
		}
		if got != want || s.Total != 1 {
			t.Errorf("%d: %s, want %s", status, got, want)
		}
		failed := status >= 400 && status != 401 && status != 402 && status != 407
		if fails(status) != failed {
			t.Errorf("%d fails: %v", status, fails(status))
		}
	}
}
