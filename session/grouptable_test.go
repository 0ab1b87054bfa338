package session

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"sipspan/session/transaction"
)

func TestGroupTable(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	var table groupTable
	want := make(map[string]*transaction.Group)
	hash := func(id string) uint64 {
		n, _ := strconv.Atoi(id)
		return uint64(n%97) << 20 // several Call-IDs share a hash, and hashes their home
	}
	for range 20_000 {
		id := strconv.Itoa(random.IntN(300))
		g, _ := table.find(hash(id), []byte(id))
		if g != want[id] {
			t.Fatalf("%s is %v, want %v", id, g, want[id])
		}
		if g == nil {
			g = &transaction.Group{Hash: hash(id), CallID: id}
			want[id] = g
			table.add(g)
		} else if random.IntN(3) > 0 {
			table.remove(g)
			delete(want, id)
		}
		if table.index.Len() != len(want) {
			t.Fatalf("%d in the table, want %d", table.index.Len(), len(want))
		}
	}
	for id, g := range want {
		if found, _ := table.find(hash(id), []byte(id)); found != g {
			t.Errorf("%s is lost", id)
		}
	}
}
