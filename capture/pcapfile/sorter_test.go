package pcapfile

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sipspan/capture"
)

// captured is a packet of a pcapng with two interfaces, by milliseconds.
type captured struct {
	on int
	ms int64
}

// twoInterfaces builds a pcapng of packets whose text is where they stand in the file.
func twoInterfaces(packets []captured) []byte {
	b := sectionBlock(nil, le)
	b = interfaceBlock(b, le, 1, 0, option(le, optIfName, "eth0"))
	b = interfaceBlock(b, le, 1, 0, option(le, optIfName, "eth1"))
	for i, p := range packets {
		b = enhancedBlock(b, le, uint32(p.on), uint64(p.ms*1000), packet{data: fmt.Sprint(i)})
	}
	return b
}

// sorted reads packets and returns their places in the file, in the order in which they came, and how many were late.
func sorted(t *testing.T, packets []captured) (order []string, reordered uint64) {
	t.Helper()
	fs := open(t, Options{}, file(t, t.TempDir(), "a.pcapng", twoInterfaces(packets)))
	for _, f := range drain(t, fs) {
		order = append(order, f.data)
	}
	for _, s := range fs.Stats() {
		reordered += s.Reordered
	}
	return order, reordered
}

func TestSorter(t *testing.T) {
	const base = 1_700_000_000_000
	at := func(on int, ms ...int64) (list []captured) {
		for _, m := range ms {
			list = append(list, captured{on, base + m})
		}
		return list
	}
	for _, tt := range []struct {
		name      string
		packets   []captured
		order     string
		reordered uint64
	}{
		{"in order", at(0, 0, 1, 2, 2, 3), "0 1 2 3 4", 0},
		{"neighbours", at(0, 0, 2, 1, 3), "0 2 1 3", 1},
		{"the same time stays in the order of the file", at(0, 5, 5, 4, 4), "2 3 0 1", 2},
		{"the first one last", at(0, 900, 950, 0), "2 0 1", 1},
		{"two interfaces, one after the other", append(at(0, 0, 1000, 2000, 3000), at(1, 1, 1001, 2001, 3001)...), "0 4 1 5 2 6 3 7", 3},
		{"the clock is set back by two seconds", at(0, 0, 5000, 3000, 3100), "0 1 2 3", 0},
		{"the clock is set back for both interfaces", append(at(1, 0, 5000), append(at(0, 5010, 3000), at(1, 3100)...)...), "0 1 2 3 4", 0},
		{"one stamp far ahead", at(0, 0, 3600_000, 10, 20, 15), "0 1 2 4 3", 1},
		{"one stamp far behind", at(0, 0, -3600_000, 10, 20, 15), "0 1 2 4 3", 1},
		{"set forward", at(0, 0, 3600_000, 3600_010, 3600_005), "0 1 3 2", 1},
	} {
		order, reordered := sorted(t, tt.packets)
		if got := strings.Join(order, " "); got != tt.order || reordered != tt.reordered {
			t.Errorf("%s: %s, %d reordered; want %s, %d", tt.name, got, reordered, tt.order, tt.reordered)
		}
	}
}

// TestSorterProperty writes packets out of order by less than a second, or by less than the wide window in the blocks of two
// interfaces: they come in the order of their times, and those with the same time in that of the file.
func TestSorterProperty(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		type written struct {
			captured
			key int64
		}
		var list []written
		ms := int64(1_700_000_000_000)
		for range 3000 {
			ms += random.Int64N(20)
			w := written{captured{random.IntN(2), ms}, 0}
			w.key = ms + random.Int64N(1000)
			if seed%2 == 1 { // each interface in order, in blocks of three seconds
				w.key = ms/3000*2 + int64(w.on)
			}
			list = append(list, w)
		}
		slices.SortStableFunc(list, func(a, b written) int { return cmp.Compare(a.key, b.key) })
		var packets []captured
		for _, w := range list {
			packets = append(packets, w.captured)
		}
		places := make([]int, len(packets))
		for i := range places {
			places[i] = i
		}
		slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(packets[a].ms, packets[b].ms) })
		order, reordered := sorted(t, packets)
		if fmt.Sprint(order) != fmt.Sprint(places) || reordered == 0 {
			t.Fatalf("seed %d: not in order, %d reordered", seed, reordered)
		}
	}
}

// A file that was in order for long is not held any more, but looked at ahead as far as it lies in memory.
func TestSorterIsCalm(t *testing.T) {
	var packets []captured
	ms := int64(1_700_000_000_000)
	for range 3000 {
		ms += 10
		packets = append(packets, captured{0, ms})
	}
	late := len(packets)
	packets = append(packets, captured{0, ms - 5}, captured{0, ms + 20}, captured{0, ms + 10})
	order, reordered := sorted(t, packets)
	want := []string{fmt.Sprint(late), fmt.Sprint(late - 1), fmt.Sprint(late + 2), fmt.Sprint(late + 1)}
	if got := order[late-1:]; !slices.Equal(got, want) || reordered != 2 {
		t.Errorf("%v, want %v; %d reordered", got, want, reordered)
	}
}

// What is held is bounded, whatever the stamps are: more packets than that within the window come as far in order as those
// held allow.
func TestSorterLimits(t *testing.T) {
	packets := make([]captured, 3*maxHeldPackets)
	for i := range packets {
		packets[i] = captured{0, 1_700_000_000_000}
	}
	order, _ := sorted(t, packets)
	for i, place := range order {
		if place != fmt.Sprint(i) {
			t.Fatalf("%d comes at %d", i, len(order))
		}
	}
	in := &input{}
	large := &capture.Frame{Data: make([]byte, 200_000)}
	in.sorter.judge(large)
	for !in.sorter.due() {
		in.sorter.hold(large)
	}
	if n := len(in.sorter.heap); n > maxHeldBytes/200_000+1 {
		t.Errorf("%d frames of 200 kB held", n)
	}
}
