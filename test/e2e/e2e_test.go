//go:build e2e

package e2e

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// played is a scenario that was played, with its stage.
type played struct {
	scenario
	stage *stage
}

// TestRealSoftware plays all scenarios at once in front of the daemon and of tcpdump. Then the records that the daemon
// wrote, and those that sipspan reads from the saved capture, are held to what was played, to each other and to tshark; and the page of the daemon to
// its records and metrics.
func TestRealSoftware(t *testing.T) {
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	kamailio := startKamailio(t, folder)
	capture := filepath.Join(folder, "capture.pcap")
	tcpdump := startTcpdump(t, folder, capture)
	t.Setenv("SIPSPAN_EXPORTERS_STORE_MESSAGES", "true")
	live := startDaemonFrom(t, []string{"-i", "lo", "--store", filepath.Join(folder, "history"), "--web-listen", pageAddress}, folder, binary, "records", metricsAddress)

	all := make([]*played, len(scenarios))
	broken := make([]*stage, len(scenarios))
	t.Run("play", func(t *testing.T) {
		for i, c := range scenarios {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				p := &played{scenario: c, stage: newStage(t, folder, i, c)}
				defer func() {
					if t.Failed() {
						broken[i] = p.stage
					}
				}()
				c.play(p.stage)
				all[i] = p
			})
		}
	})
	all = slices.DeleteFunc(all, func(p *played) bool { return p == nil }) // did not come to its end, or was not asked for

	for _, p := range all {
		if p.due != "" {
			live.hasWritten(t, p.due)
		}
	}
	tcpdump.finish(t)
	kamailio.stop(t)
	logMessages(t, capture, broken)
	saved := parseRows(t, read(t, binary, capture))
	stats := saved[len(saved)-1]
	live.caughtUp(t, stats)
	page := scrape(t)
	t.Run("page", func(t *testing.T) {
		live.showsWhatItWrote(t)
		live.showsLadder(t, binary)
	})
	live.stop(t)
	written := live.written(t)

	t.Run("live", func(t *testing.T) { check(t, all, written) })
	t.Run("saved", func(t *testing.T) { check(t, all, saved[:len(saved)-1]) })
	t.Run("live is as saved", func(t *testing.T) { same(t, written, saved[:len(saved)-1]) })
	t.Run("account", func(t *testing.T) { accountCloses(t, stats) })
	t.Run("metrics", func(t *testing.T) { compareWithMetrics(t, page, stats) })
	t.Run("tshark", func(t *testing.T) { compareWithTshark(t, capture, stats) })
	t.Run("any number of workers", func(t *testing.T) {
		if one, eight := withoutStats(read(t, binary, capture, "--workers", "1")), withoutStats(read(t, binary, capture, "--workers", "8")); one != eight {
			t.Error("1 worker and 8 do not give the same records")
		}
	})
	t.Run("nothing borrowed is kept", func(t *testing.T) {
		poisoned := build(t, filepath.Join(folder, "sipspan-invariants"), "invariants")
		if withoutStats(read(t, binary, capture)) != withoutStats(read(t, poisoned, capture)) {
			t.Error("with buffers that are poisoned after their use the records are others")
		}
	})
}

// check holds records to the scenarios.
func check(t *testing.T, all []*played, records []row) {
	byCallID := map[string][]row{}
	for _, r := range records {
		byCallID[r.callID()] = append(byCallID[r.callID()], r)
	}
	for _, p := range all {
		t.Run(p.name, func(t *testing.T) {
			var got []row
			for _, id := range p.stage.callIDs {
				got = append(got, byCallID[id]...)
				delete(byCallID, id)
			}
			for id, rows := range byCallID {
				if slices.ContainsFunc(rows, func(r row) bool { return r.isAbout(p.users) }) {
					got = append(got, rows...)
					delete(byCallID, id)
				}
			}
			expect(t, p.stage.want(t, p.scenario), p.stage.fillAll(t, p.besides), got)
		})
	}
	delete(byCallID, lastCallID)
	if len(all) == len(scenarios) {
		for _, id := range slices.Sorted(maps.Keys(byCallID)) {
			for _, r := range byCallID[id] {
				t.Errorf("nobody played %s", compact(r))
			}
		}
	}
}

// withoutStats cuts off the last line, which says how long it took.
func withoutStats(lines []byte) string {
	text := strings.TrimSuffix(string(lines), "\n")
	return text[:strings.LastIndexByte(text, '\n')+1]
}

// accountCloses checks that the sum of what became of the packets is their number, and that none was lost.
func accountCloses(t *testing.T, stats row) {
	packets, sum := number(stats["packets"]), number(stats["delivered"])
	for _, member := range []string{"ignored", "dropped"} {
		for reason, n := range stats[member].(map[string]any) {
			sum += number(n)
			if member == "dropped" {
				t.Errorf("%v packets were dropped: %s", n, reason)
			}
		}
	}
	if packets == 0 || packets != sum {
		t.Errorf("%d packets, but the account of them has %d: %s", packets, sum, compact(stats))
	}
	if malformed := stats["malformed"].(map[string]any); len(malformed) > 0 {
		t.Errorf("messages are said to be malformed: %v", malformed)
	}
}

func number(v any) int { f, _ := v.(float64); return int(f) }
