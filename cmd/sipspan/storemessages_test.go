package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/capture/pcapfile"
	"sipspan/exporters/store"
	"sipspan/internal/wire"
	"sipspan/pipeline/messages"
	"sipspan/reassembly"
	"sipspan/record"
)

// storeOf returns a store with the records and the messages of a capture.
func storeOf(t *testing.T, file string) string {
	t.Helper()
	c := store.DefaultConfig()
	c.Directory, c.MinFree, c.Messages = t.TempDir(), 0, true
	s, err := store.Open(c, slog.New(slog.DiscardHandler), nil)
	check(t, err)
	source, err := pcapfile.Open([]string{file}, pcapfile.Options{})
	check(t, err)
	defer source.Close()
	everyone := func([]byte) bool { return true }
	check(t, messages.Read(t.Context(), messages.Settings{Reassembly: reassembly.DefaultConfig()}, source, everyone, func(m messages.Message) error {
		if !m.Copy {
			s.Message(&wire.Meta{Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: m.Transport, Flags: m.Flags}, m.Bytes, nil)
		}
		return nil
	}))
	for line := range strings.Lines(readJSON(t, file)) {
		r, err := record.Decode([]byte(strings.TrimSpace(line)))
		check(t, err)
		check(t, s.Export(r))
	}
	check(t, s.Close())
	return c.Directory
}

// TestStoredMessages compares, for every call of captures over each transport, the ladder and the messages that are drawn from a store with those that are drawn
// from the capture; and the record of the capture that is extracted from the store with the record in it.
func TestStoredMessages(t *testing.T) {
	files := map[string]string{"sample": filepath.Join("..", "..", "testdata", "sample.pcap")}
	for _, name := range []string{
		"call-answered-tcp", "call-answered-ipv6", "call-sctp", "call-websocket", "call-retransmissions", "call-challenged", "lf-only-lines",
	} {
		files[name] = scenarioCapture(t, name)
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			history := storeOf(t, file)
			order, calls := callsOf(t, readJSON(t, file))
			if len(order) == 0 {
				t.Fatal("no call")
			}
			for _, id := range order {
				flags := []string{"show", "--call-id", id, "--format", "json", "-v"}
				want := ladderOf(t, command(t.Context(), append(flags, file)...))
				if diff := cmp.Diff(want, ladderOf(t, command(t.Context(), append(flags, "--store", history)...))); diff != "" {
					t.Errorf("%s: %s", id, diff)
				}
				again, _ := extracted(t, "--store", history, "--call-id", id)
				if _, got := callsOf(t, readJSON(t, again)); got[id] != calls[id] {
					t.Errorf("got\n%swant\n%s", got[id], calls[id])
				}
				text, err := os.ReadFile(again)
				check(t, err)
				for _, comment := range []string{"sipspan: call ", "the headers of the packets are made anew"} {
					if !strings.Contains(string(text), comment) {
						t.Errorf("no comment %q", comment)
					}
				}
			}
		})
	}
}

// ladderOf returns the ladder of what was shown as JSON, without the numbers of frames, which a store has none of.
func ladderOf(t *testing.T, o outcome) (ladder map[string]any) {
	t.Helper()
	var shown struct {
		Ladder map[string]any `json:"ladder"`
	}
	if err := json.Unmarshal([]byte(o.stdout), &shown); err != nil {
		t.Fatalf("%v: %s", err, o.stderr)
	}
	steps, _ := shown.Ladder["steps"].([]any)
	for _, step := range steps {
		if s, ok := step.(map[string]any); ok {
			delete(s, "frames")
		}
	}
	return shown.Ladder
}

// TestStoreHidesSecrets looks for a digest in a capture that was extracted from a store.
func TestStoreHidesSecrets(t *testing.T) {
	file := scenarioCapture(t, "call-challenged")
	text, err := os.ReadFile(file)
	check(t, err)
	const proof = `response="`
	_, after, found := strings.Cut(string(text), proof)
	secret, _, _ := strings.Cut(after, `"`)
	if !found || secret == "" {
		t.Fatal("the scenario has no digest")
	}
	path, _ := extracted(t, "--store", storeOf(t, file), "--call-id", "*")
	if text, err = os.ReadFile(path); err != nil || strings.Contains(string(text), secret) || !strings.Contains(string(text), proof+"xx") {
		t.Errorf("%v: the digest %q is in the store", err, secret)
	}
}

// TestStoreWithoutMessages checks what is said of a store that has the records alone, and of media.
func TestStoreWithoutMessages(t *testing.T) {
	c := store.DefaultConfig()
	c.Directory, c.MinFree = t.TempDir(), 0
	s, err := store.Open(c, slog.New(slog.DiscardHandler), nil)
	check(t, err)
	check(t, s.Export(&record.Call{Header: record.Header{ID: "1", CallID: "1"}}))
	check(t, s.Close())
	out := filepath.Join(t.TempDir(), "out.pcapng")
	for flag, want := range map[string]string{"--related": "exporters.store.messages", "--rtp": "a store holds no media"} {
		o := command(t.Context(), "extract", "--store", c.Directory, "--call-id", "1", "-o", out, flag)
		if _, err := os.Stat(out); o.code != 1 || !strings.Contains(o.stderr, want) || err == nil {
			t.Errorf("%s: exit status %d, %s", flag, o.code, o.stderr)
		}
	}
}
