package wire

import (
	"fmt"
	"testing"
)

// TestChosenCallIDsDoNotCollide takes Call-IDs that share twelve bits of the hash that everybody can compute: under the hash
// of the tables they must be spread like any others.
func TestChosenCallIDsDoNotCollide(t *testing.T) {
	places := map[uint64]int{}
	found := 0
	for i := 0; found < 300; i++ {
		id := fmt.Appendf(nil, "%x@host", i)
		if HashCallID(id)>>20&0xfff != 0 {
			continue
		}
		found++
		places[TableHash(id)>>20&0xfff]++
	}
	for place, n := range places {
		if n > 6 {
			t.Errorf("%d of %d Call-IDs share place %d", n, found, place)
		}
	}
}

func TestTableHashCutsLongOnes(t *testing.T) {
	long := make([]byte, MaxText)
	if TableHash(long) != TableHash(append(long, 'y')) {
		t.Error("what is cut off a Call-ID changes its hash")
	}
}
