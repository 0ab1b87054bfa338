package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture/pcapwrite"
)

// steady are scenarios in which nothing is wrong with the capture.
var steady = []string{
	"call-answered-udp", "call-answered-tcp", "call-busy", "call-cancelled", "call-challenged", "call-forked", "call-reinvite", "call-two-proxies",
	"registration-new", "registration-removed", "subscription-refreshed", "publication", "service-call-hold-both", "service-transfer-attended",
}

// TestClockSteps sets the clock of the capture before any packet, and gives any packet a wild stamp. What happened is the same,
// and each duration is right or absent; what is absent is flagged.
func TestClockSteps(t *testing.T) {
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 1))
	wild := []time.Duration{8 * time.Hour, -8 * time.Hour, 90 * time.Minute, -25 * 365 * 24 * time.Hour, 40 * 365 * 24 * time.Hour}
	back := []time.Duration{-5 * time.Minute, -time.Hour, -8 * time.Hour}
	for _, name := range steady {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("../../testdata/golden/" + name + ".txtar")
			if err != nil {
				t.Fatal(err)
			}
			packets := parseFlow(t, string(txtar.Parse(text).Files[0].Data)).Packets()
			want := readPackets(t, packets)
			for i := range packets {
				stamps := slices.Clone(packets)
				by := wild[r.IntN(len(wild))]
				stamps[i].Time += int64(by)
				sameButForTheClock(t, fmt.Sprintf("packet %d stamped %v ahead", i+1, by), want, readPackets(t, stamps))

				stamps = slices.Clone(packets)
				by = back[r.IntN(len(back))]
				for j := i; j < len(stamps) && i > 0; j++ {
					stamps[j].Time += int64(by)
				}
				sameButForTheClock(t, fmt.Sprintf("clock set by %v before packet %d", by, i+1), want, readPackets(t, stamps))
			}
		})
	}
}

// readPackets returns the records of packets that were captured in that order, but for the account.
func readPackets(t *testing.T, packets []pcapwrite.Packet) (records []map[string]any) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "flow.pcapng")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := pcapwrite.NewWriter(out, pcapwrite.Format{NG: true, Nanos: true, Links: []pcapwrite.Link{pcapwrite.LinkEthernet}})
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
	for line := range strings.Lines(readJSON(t, name)) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if r["record"] != "stats" {
			records = append(records, r)
		}
	}
	return records
}

// sameButForTheClock compares records: what happened, and the durations that are there.
func sameButForTheClock(t *testing.T, what string, want, got []map[string]any) {
	t.Helper()
	if diff := cmp.Diff(outcomes(want), outcomes(got)); diff != "" {
		t.Errorf("%s: -want +got:\n%s", what, diff)
		return
	}
	durations := map[string]any{}
	for _, r := range want {
		for name, v := range r {
			if strings.HasSuffix(name, "_ms") {
				durations[whatHappened(r)+" "+name] = v
			}
		}
	}
	for _, r := range got {
		flagged := strings.Contains(fmt.Sprint(r["confidence"]), "clock_step")
		for key, v := range durations {
			name, ok := strings.CutPrefix(key, whatHappened(r)+" ")
			if !ok {
				continue
			}
			if have, ok := r[name]; ok && have != v || !ok && !flagged {
				t.Errorf("%s: %s is %v, want %v, or absent and flagged", what, key, have, v)
			}
		}
	}
}

func whatHappened(r map[string]any) string {
	return fmt.Sprint(r["record"], r["call_id"], r["method"], r["disposition"], r["outcome"], r["status"], r["services"], r["expires_s"], r["notifies"])
}

func outcomes(records []map[string]any) (all []string) {
	for _, r := range records {
		all = append(all, whatHappened(r))
	}
	slices.Sort(all)
	return all
}
