package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/pipeline"
)

// stretch is an interface that brings some of the packets of a file and is gone then.
type stretch struct {
	*pcapfile.Files
	from, to int // numbers of packets
	number   int
}

func (s *stretch) Next(f *capture.Frame) error {
	for ; s.number < s.from; s.number++ {
		if err := s.Files.Next(f); err != nil {
			return err
		}
	}
	if s.number++; s.number > s.to {
		return io.EOF
	}
	return s.Files.Next(f)
}

// calls runs a daemon over some of the packets of the sample and returns the records of calls, subscriptions and registrations
// that it wrote, without what says that there was a restart, and how many said so.
func calls(t *testing.T, state string, from, to int) (list []string, resumed int) {
	t.Helper()
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(file, []byte(fmt.Sprintf("state: {directory: %s}\nexporters:\n  files: {directory: %s}\n  prometheus: {enabled: false}\n"+
		"pipeline: {batches: 4096, workers: 2}\nalerts: {enabled: false}\n", state, folder)), 0o600))
	files, err := pcapfile.Open([]string{"../../testdata/sample.pcap"}, pcapfile.Options{})
	check(t, err)
	defer files.Close()
	log := &journal{wrote: make(chan struct{}, 1)}
	d, err := newDaemon(configured(t, file, log), []pipeline.Source{&stretch{Files: files, from: from, to: to}})
	check(t, err)
	check(t, d.capture(t.Context()))
	for line := range strings.Lines(written(t, folder)) {
		var r map[string]any
		check(t, json.Unmarshal([]byte(line), &r))
		if kind := r["record"]; kind != "call" && kind != "subscription" && kind != "registration" {
			continue
		}
		confidence := r["confidence"].(map[string]any)
		if flags, _ := confidence["flags"].([]any); slices.Contains(flags, any("restart")) {
			resumed++
			if gap, ok := confidence["gap_ms"].(float64); !ok || gap <= 0 {
				t.Errorf("not captured for %v ms", confidence["gap_ms"])
			}
			delete(confidence, "gap_ms")
			if flags = slices.DeleteFunc(flags, func(f any) bool { return f == "restart" }); len(flags) == 0 {
				confidence["flags"], confidence["complete"] = []any{}, true
			}
		}
		b, err := json.Marshal(r)
		check(t, err)
		list = append(list, string(b))
	}
	return list, resumed
}

// The sessions of a daemon that is stopped and started again, wherever that is, are those of one that ran all the time.
func TestRestart(t *testing.T) {
	const all = 1 << 30
	want, _ := calls(t, t.TempDir(), 0, all)
	slices.Sort(want)
	if len(want) == 0 {
		t.Fatal("there is no call")
	}
	total := 0
	for _, at := range []int{3, 31, 38, 45, 59} { // no request that is never answered waits then: nobody would know that of it
		state := t.TempDir()
		first, none := calls(t, state, 0, at)
		second, resumed := calls(t, state, at, all)
		got := append(first, second...)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stopped after packet %d: -never stopped +restarted\n%s", at, diff)
		}
		if none != 0 {
			t.Error("a restart is said before there is one")
		}
		total += resumed
	}
	if total == 0 {
		t.Error("no call was open when the daemon was stopped")
	}
}

// A start that fails leaves the calls of the last run to the next one.
func TestRestartThatFails(t *testing.T) {
	state := t.TempDir()
	calls(t, state, 0, 45)
	kept := filepath.Join(state, "sessions.state")
	before, err := os.ReadFile(kept)
	check(t, err)
	d, _, _ := reloading(t, "state: {directory: "+state+"}\nexporters: {prometheus: {listen: \"192.0.2.1:1\"}}\n")
	if _, err := newDaemon(d.given, nil); err == nil {
		t.Fatal("the daemon starts at an address of another machine")
	}
	after, err := os.ReadFile(kept)
	check(t, err)
	if !bytes.Equal(after, before) {
		t.Errorf("%d bytes of calls are left of %d, or others", len(after), len(before))
	}
}
