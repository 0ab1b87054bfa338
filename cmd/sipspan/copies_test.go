package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture/pcapwrite"
)

// TestCopiesDoNotMatter captures some packets of every golden scenario once more, up to 5 ms later, as another port of a
// switch or the other side of a router would: the records are those of the scenario itself, and so is every count of
// messages. Each copy that held something is in the account as a duplicate.
func TestCopiesDoNotMatter(t *testing.T) {
	files, err := filepath.Glob("../../testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewSource(seed))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if strings.HasPrefix(name, "alert-") { // a crowd of calls: read too often, it takes too long
			continue
		}
		if strings.HasPrefix(name, "trace-") { // texts, without packets
			continue
		}
		if strings.HasPrefix(name, "clock-") { // not in order of time
			continue
		}
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f := parseFlow(t, string(archive.Files[0].Data))
		if f.Format.Snaplen != 0 {
			continue // a copy with another tag is cut elsewhere
		}
		t.Run(name, func(t *testing.T) {
			packets := f.Packets()
			// Both captures end at the same time, with something that is no copy.
			packets = append(packets, pcapwrite.Packet{Time: packets[len(packets)-1].Time + int64(10*time.Millisecond), Data: make([]byte, 60)})
			want := readJSON(t, writePackets(t, f.Format, packets))
			for _, share := range []float64{0.3, 1} {
				got := readJSON(t, writePackets(t, f.Format, withCopies(random, packets, share)))
				if diff := gocmp.Diff(withoutStats(want), withoutStats(got)); diff != "" {
					t.Fatalf("seed %d: records (-plain +with copies of %.0f %%):\n%s", seed, share*100, diff)
				}
				a, b := accountOf(t, want), accountOf(t, got)
				checkAccount(t, b)
				if diff := gocmp.Diff(a.Messages, b.Messages); diff != "" {
					t.Errorf("seed %d: messages (-plain +with copies):\n%s", seed, diff)
				}
				if diff := gocmp.Diff(a.Dropped, b.Dropped); diff != "" {
					t.Errorf("seed %d: dropped (-plain +with copies):\n%s", seed, diff)
				}
				if a.Delivered != b.Delivered || a.Ignored["tcp_duplicate"] != b.Ignored["tcp_duplicate"] {
					t.Errorf("seed %d: delivered %d, with copies %d; tcp_duplicate %d and %d", seed, a.Delivered, b.Delivered, a.Ignored["tcp_duplicate"], b.Ignored["tcp_duplicate"])
				}
			}
		})
	}
}

// withCopies returns the packets and copies of a share of them.
func withCopies(random *rand.Rand, packets []pcapwrite.Packet, share float64) []pcapwrite.Packet {
	all := slices.Clone(packets)
	for _, p := range packets[:len(packets)-1] {
		if random.Float64() < share {
			p.Time += random.Int63n(int64(5 * time.Millisecond))
			p.Data = elsewhere(random, p.Data)
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b pcapwrite.Packet) int { return cmp.Compare(a.Time, b.Time) })
	return all
}

// elsewhere returns an Ethernet frame as another port shows it, anything else as it is.
func elsewhere(random *rand.Rand, frame []byte) []byte {
	if len(frame) < 34 || frame[12] != 0x08 || frame[13] != 0 || frame[14] != 0x45 {
		return frame
	}
	frame = bytes.Clone(frame)
	if random.Intn(2) == 0 { // behind a router
		frame[5]++
		frame[22]--
	}
	if random.Intn(2) == 0 { // inside of a VLAN
		frame = slices.Insert(frame, 12, 0x81, 0, 0, byte(random.Intn(100)))
	}
	return frame
}

// writePackets writes packets as a capture in a temporary folder and returns its name.
func writePackets(t testing.TB, format pcapwrite.Format, packets []pcapwrite.Packet) string {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapwrite.NewWriter(&b, format)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		if err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), fmt.Sprintf("%d.pcap", len(packets)))
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
