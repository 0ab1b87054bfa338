package session

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

// The Call-IDs of one device are followed by several trackers.
func TestBindingsOfSeveralShards(t *testing.T) {
	var f strings.Builder
	for i := range 12 {
		fmt.Fprintf(&f, `%d a>b REGISTER 1 id=c%d via=a%d h=Contact:<sip:u@192.0.2.1>;expires=60
			%d.1 b>a 200 REGISTER 1 id=c%d via=a%d to=x h=Contact:<sip:u@192.0.2.1>;expires=60
			`, 50*i, i, i, 50*i, i, i)
	}
	f.WriteString("1000 a>b OPTIONS 1 id=o via=o")
	var want []string
	for shards := 1; shards <= 8; shards *= 2 {
		h := newHarness(t, shards, nil)
		h.correlator.Explainer = &h.cases
		for _, m := range flow(f.String()).messages(t) {
			h.handle(&m)
		}
		var got []string
		for _, r := range h.close() {
			if r, ok := r.(*record.Registration); ok {
				got = append(got, fmt.Sprint(r.CallID, " ", r.Cause != nil))
			}
		}
		if shards == 1 {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d shards: -want +got:\n%s", shards, diff)
		}
		if len(got) != 12 || got[11] != "c11 true" || strings.Contains(strings.Join(got[:11], ","), "true") {
			t.Errorf("%d shards: %v", shards, got)
		}
	}
}
