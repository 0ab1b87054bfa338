package store

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Sessions with the same hash are all found, in the order in which they were added, whatever the table grows or shrinks to.
func TestIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	var x Index
	want := make(map[uint64][]Ref)
	n, next := 0, 0
	for step := range 15_000 {
		hash := random.Uint64N(1000) << 20
		if random.IntN(10) < 6 == (step < 10_000) {
			ref := Busy(next)
			next++
			x.Add(hash, ref)
			if len(want[hash]) > 0 && random.IntN(2) == 0 {
				x.Replace(hash, ref, Busy(next))
				ref = Busy(next)
				next++
			}
			want[hash] = append(want[hash], ref)
			n++
		} else if list := want[hash]; len(list) > 0 {
			x.Remove(hash, list[len(list)-1])
			want[hash] = list[:len(list)-1]
			n--
		}
		var found []Ref
		s := x.Seek(hash)
		for ref := x.Next(&s); ref != 0; ref = x.Next(&s) {
			found = append(found, ref)
		}
		if !slices.Equal(found, want[hash]) && len(found)+len(want[hash]) > 0 {
			t.Fatalf("step %d: found %x, want %x", step, found, want[hash])
		}
		if x.Len() != n {
			t.Fatalf("%d in the table, want %d", x.Len(), n)
		}
	}
	for hash, list := range want {
		for _, ref := range list {
			x.Remove(hash, ref)
		}
	}
	if x.Len() != 0 || x.Bytes() > 16<<10 {
		t.Errorf("%d sessions in %d bytes are left", x.Len(), x.Bytes())
	}
}
