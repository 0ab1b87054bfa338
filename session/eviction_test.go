package session

import (
	"fmt"
	"slices"
	"testing"

	"sipspan/record"
	"sipspan/session/shard"
)

// TestLongestIdleIsEvictedFirst fills the tables of calls and of subscriptions. What began first has had a message since, so that
// another one goes.
func TestLongestIdleIsEvictedFirst(t *testing.T) {
	for name, how := range map[string]struct{ begin, again string }{
		"calls": {
			"%[1]d.0 a>b INVITE 1 id=s%[1]d via=i\n%[1]d.1 b>a 200 INVITE 1 id=s%[1]d via=i to=t\n%[1]d.2 a>b ACK 1 id=s%[1]d via=a to=t",
			"%[2]d.0 a>b UPDATE 2 id=s%[1]d via=u to=t\n%[2]d.1 b>a 200 UPDATE 2 id=s%[1]d via=u to=t",
		},
		"subscriptions": {
			"%[1]d.0 a>b SUBSCRIBE 1 id=s%[1]d h=Event:presence h=Expires:3600\n%[1]d.1 b>a 200 SUBSCRIBE 1 id=s%[1]d to=x h=Expires:3600",
			"%[2]d.0 a>b SUBSCRIBE 2 id=s%[1]d to=x h=Event:presence h=Expires:3600\n%[2]d.1 b>a 200 SUBSCRIBE 2 id=s%[1]d to=x h=Expires:3600",
		},
	} {
		for _, packed := range []bool{false, true} {
			h := newHarness(t, 1, func(c *shard.Config) { c.MaxCalls, c.MaxSubscriptions = 4, 4 })
			h.trackers[0].idles = idles{never: !packed, immediate: packed}
			handle := func(format string, n, at int) {
				for _, m := range flow(fmt.Sprintf(format, n, at)).messages(t) {
					h.handle(&m)
				}
			}
			for n := range 4 {
				handle(how.begin, 1+n, 0)
			}
			handle(how.again, 1, 60)
			handle(how.again, 3, 70)
			handle(how.begin, 100, 0)
			handle(how.begin, 101, 0)
			handle(how.begin, 102, 0)
			var evicted []string
			for _, r := range h.close() {
				if r.Head().Confidence.Flags&record.TableFull != 0 {
					evicted = append(evicted, r.Head().CallID)
				}
			}
			if want := []string{"s2", "s4", "s1"}; !slices.Equal(evicted, want) {
				t.Errorf("%s, packed %t: %v were evicted, want %v", name, packed, evicted, want)
			}
			checkEmpty(t, h)
		}
	}
}
