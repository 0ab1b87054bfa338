package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sipspan/capture/pcapfile"
	"sipspan/decode/sip"
	"sipspan/pipeline"
	"sipspan/pipeline/messages"
	"sipspan/record"
	"sipspan/record/choose"
)

// TestDaemonKeepsHistory compares what is found in the store of a daemon, while it runs and after, with its record files.
func TestDaemonKeepsHistory(t *testing.T) {
	defer goleak.VerifyNone(t)
	folder, history, file := t.TempDir(), filepath.Join(t.TempDir(), "history"), filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(file, []byte("sensor: probe\nexporters:\n  files: {directory: "+folder+"}\n  store: {directory: "+history+
		", min_free: 0, messages: true}\n  prometheus: {enabled: false}\nsession: {registration_wait: 0s}\nstate: {sessions: false}\n"), 0o600))
	files, err := pcapfile.Open([]string{"../../testdata/sample.pcap"}, pcapfile.Options{})
	check(t, err)
	defer files.Close()
	log, status := &journal{wrote: make(chan struct{}, 1)}, make(chan os.Signal, 1)
	given := configured(t, file, log)
	given.Status = status
	d, err := newDaemon(given, []pipeline.Source{&quiet{Files: files}})
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	log.await(t, "msg=capturing")

	looking := Looking{Config: given.Config, Log: given.Log.Logger, Inputs: []string{history}}
	found := func(l Looking) (lines []string) {
		check(t, Records(t.Context(), l, func(r record.Record) error {
			lines = append(lines, string(r.AppendJSON(nil))+"\n")
			return nil
		}))
		slices.Sort(lines)
		return lines
	}
	for n := 1; len(found(looking)) == 0; n++ { // what came is written within a second
		status <- syscall.SIGUSR1
		for log.count("msg=status up=") < n {
			log.wait(t, "msg=status up=")
		}
	}
	stop()
	check(t, <-ended)
	want := slices.Collect(strings.Lines(written(t, folder)))
	slices.Sort(want)
	if diff := cmp.Diff(want, found(looking)); diff != "" {
		t.Error(diff)
	}

	first, err := record.Decode([]byte(strings.TrimSpace(want[0])))
	check(t, err)
	callID := first.Head().CallID
	query := choose.Query{CallID: []string{callID}, Now: time.Now()}
	looking.Choice, err = query.Compile()
	check(t, err)
	for _, line := range found(looking) {
		if !strings.Contains(line, callID) {
			t.Errorf("found as well: %s", line)
		}
	}
	shown, matched, err := Show(t.Context(), Showing{Looking: looking, Wanted: looking.Choice.Match})
	check(t, err)
	if matched == 0 || shown[0].Record.Head().CallID != callID || len(shown[0].Ladder.Steps) == 0 {
		t.Errorf("%d shown: %+v", matched, shown)
	}
	sample, callIDs := looking, map[string]bool{}
	sample.Inputs = []string{"../../testdata/sample.pcap"}
	check(t, Records(t.Context(), sample, func(r record.Record) error {
		callIDs[r.Head().CallID] = true
		return nil
	}))
	sent, kept := messagesIn(t, sample, callIDs), messagesIn(t, looking, callIDs)
	for _, m := range kept { // a daemon does not wait, so that some may not have come so far
		if !slices.Contains(sent, m) {
			t.Errorf("not in the capture: %s", m)
		}
	}
	if seen := d.pipeline.Snapshot().Session.Messages(); seen < uint64(len(kept)) || len(kept) == 0 || d.history.MessageStats().Delivered < seen {
		t.Errorf("%d messages were seen, %d are found, %+v", seen, len(kept), d.history.MessageStats())
	}
	if s := d.history.MessageStats(); s.Name != "store_messages" || s.Queued+s.Errors > 0 || s.Delivered == 0 || !slices.Contains(d.stats(), s) {
		t.Errorf("the account of the messages is %+v", s)
	}
}

// messagesIn returns the messages of Call-IDs in inputs, without what is never kept, in the order of their times.
func messagesIn(t *testing.T, l Looking, callIDs map[string]bool) (all []string) {
	t.Helper()
	check(t, Messages(t.Context(), l, callIDs, func(m messages.Message) error {
		if !m.Copy {
			sip.Blank(m.Bytes, false)
			all = append(all, fmt.Sprintf("%d %v %v %v %s\n%s", m.Time, m.Src, m.Dst, m.Transport, m.CallID, m.Bytes))
		}
		return nil
	}))
	slices.Sort(all) // some have the same time
	return all
}

func TestCheckStore(t *testing.T) {
	for folder, want := range map[string]string{t.TempDir(): "holds no store", "nowhere": "no such file"} {
		if err := CheckStore(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", folder, err)
		}
	}
}
