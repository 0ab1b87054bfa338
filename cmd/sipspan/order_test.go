package main

import (
	"cmp"
	"math/rand"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture/pcapwrite"
)

// TestOrderInFileDoesNotMatter writes the packets of golden scenarios out of order by up to 900 ms, those with the same time as
// they were: the records are those of the file in order, and the account says how many packets were put there.
func TestOrderInFileDoesNotMatter(t *testing.T) {
	files, err := filepath.Glob("../../testdata/golden/call-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewSource(seed))
	reordered := false
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f := parseFlow(t, string(archive.Files[0].Data))
		packets := f.Packets()
		late := map[int64]int64{}
		for _, p := range packets {
			late[p.Time] = p.Time + random.Int63n(int64(900*time.Millisecond))
		}
		mixed := slices.Clone(packets)
		slices.SortStableFunc(mixed, func(a, b pcapwrite.Packet) int { return cmp.Compare(late[a.Time], late[b.Time]) })
		want := readJSON(t, writePackets(t, f.Format, packets))
		got := readJSON(t, writePackets(t, f.Format, mixed))
		if diff := gocmp.Diff(withoutStats(want), withoutStats(got)); diff != "" {
			t.Errorf("%s, seed %d: records (-in order +out of order):\n%s", filepath.Base(file), seed, diff)
		}
		inOrder := slices.IsSortedFunc(mixed, func(a, b pcapwrite.Packet) int { return cmp.Compare(a.Time, b.Time) })
		if says := strings.Contains(got, `"reordered":`); says == inOrder {
			t.Errorf("%s, seed %d: in order %v, but the account says reordered: %v", filepath.Base(file), seed, inOrder, says)
		}
		reordered = reordered || !inOrder
		checkAccount(t, accountOf(t, got))
	}
	if !reordered {
		t.Error("no scenario was out of order")
	}
}
