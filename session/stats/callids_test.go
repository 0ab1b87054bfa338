package stats

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
)

func TestCallIDs(t *testing.T) {
	s := NewCallIDs(1000)
	for i := range 1000 {
		id := []byte(strings.Repeat("x", i+1))
		if added, full := s.add(id); !added || full {
			t.Fatalf("%d: added %v, full %v", i, added, full)
		}
		if added, full := s.add(id); added || full {
			t.Fatalf("%d again: added %v, full %v", i, added, full)
		}
	}
	if added, full := s.add([]byte("one more")); added || !full {
		t.Errorf("beyond the limit: added %v, full %v", added, full)
	}
	if added, full := s.add([]byte("x")); added || full {
		t.Errorf("a known one when full: added %v, full %v", added, full)
	}
}

// What is certainly new is counted apart from what may have been seen before.
func TestCountCallID(t *testing.T) {
	set := NewCallIDs(2)
	var c Counters
	for _, id := range []string{"a", "b", "a", "c", "b", "c"} {
		c.CountCallID(&set, []byte(id))
	}
	if c.CallIDs != 2 || c.CallIDsOverflow != 2 {
		t.Errorf("%d Call-IDs, %d beyond the limit", c.CallIDs, c.CallIDsOverflow)
	}
	id := []byte("a")
	if n := testing.AllocsPerRun(100, func() { c.CountCallID(&set, id) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Call-IDs that somebody chose for bits that their hashes have in common are found as fast as others.
func TestChosenCallIDs(t *testing.T) {
	const window = 0xff << 24 // of the bits that would choose the place without a seed
	set := NewCallIDs(1 << 20)
	chosen := 0
	for i := 0; chosen < 2000; i++ {
		id := fmt.Appendf(nil, "%016x@h", i)
		if xxhash.Sum64(id)&window != 0 {
			continue
		}
		chosen++
		if added, _ := set.add(id); !added {
			t.Fatalf("%s is not new", id)
		}
	}
	longest, run := 0, 0
	for _, h := range set.slots {
		if run++; h == 0 {
			run = 0
		}
		longest = max(longest, run)
	}
	if longest > 200 {
		t.Errorf("%d of %d hashes stand in one run", longest, chosen)
	}
}
