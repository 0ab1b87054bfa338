package app

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/alert"
	"sipspan/alert/memory"
	"sipspan/config"
)

// remembers waits until the file tells of a time after since, and returns what it tells.
func remembers(t *testing.T, path string, since time.Time) alert.Memory {
	t.Helper()
	for {
		if m, err := memory.Read(path, time.Now()); err == nil && m.At.After(since) {
			return m
		}
		if t.Context().Err() != nil {
			t.Fatalf("%s never comes", path)
		}
		time.Sleep(time.Millisecond)
	}
}

// raises waits until the alert of the incident is in the file: only then the daemon has read that far.
func raises(t *testing.T, path string) {
	t.Helper()
	for {
		alerts, err := os.ReadFile(path)
		if !errors.Is(err, fs.ErrNotExist) {
			check(t, err)
		}
		if bytes.Contains(alerts, []byte(`"rule":"invite-5xx"`)) {
			return
		}
		if t.Context().Err() != nil {
			t.Fatalf("%s never holds the alert:\n%s", path, alerts)
		}
		time.Sleep(time.Millisecond)
	}
}

// usualShare is the memory of a site where that share of calls failed in the hours before the capture of the incident.
func usualShare(t *testing.T, path string, share float64) {
	t.Helper()
	at := time.Date(2025, 12, 31, 23, 59, 0, 0, time.UTC)
	m := alert.Memory{Version: alert.MemoryVersion, At: at, Watched: 7200, TimeZone: "UTC", Rules: []alert.MemoryOfOne{{
		Rule: "invite-5xx", Sees: "status_ratio methods=INVITE codes=5xx direction=to window=1m0s",
		Series: []alert.SeriesMemory{{Learned: at, Share: &alert.ShareMemory{Bad: 1000 * share, Of: 1000, Windows: 24, Noise: 1}}},
	}}}
	check(t, memory.Write(path, m, time.Now()))
}

// TestDaemonRemembers starts the daemon over the capture of an incident, with a memory in which that is usual, with one in which
// it is not, with a file that is broken and without one. It writes the file while it runs and at its end.
func TestDaemonRemembers(t *testing.T) {
	for name, test := range map[string]struct {
		before func(t *testing.T, path string)
		log    string
		alert  bool
	}{
		"usual":  {func(t *testing.T, path string) { usualShare(t, path, 1) }, "alert baselines loaded", false},
		"not":    {func(t *testing.T, path string) { usualShare(t, path, 0) }, "alert baselines loaded", true},
		"broken": {func(t *testing.T, path string) { check(t, os.WriteFile(path, []byte("{"), 0o600)) }, "cannot load alert baselines", true},
		"none":   {func(*testing.T, string) {}, "msg=capturing", true},
	} {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			t.Setenv(stateDirectory, state)
			path := filepath.Join(state, "alerts.memory")
			test.before(t, path)
			d, log := delivering(t, "    {}\n")
			d.watching.memory.Every = time.Millisecond
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended := make(chan error, 1)
			go func() { ended <- d.capture(ctx) }()
			log.await(t, test.log)
			first := remembers(t, path, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			if test.alert {
				raises(t, filepath.Join(state, "alerts.jsonl"))
			}
			stop()
			check(t, <-ended)
			last, err := memory.Read(path, time.Now())
			check(t, err)
			if last.At.Before(first.At) || last.Watched < 60 {
				t.Errorf("in the end it remembers %+v", last)
			}
			i := slices.IndexFunc(last.Rules, func(r alert.MemoryOfOne) bool { return r.Rule == "invite-5xx" })
			if name == "usual" && (i < 0 || last.Rules[i].Series[0].Share.Bad < 900) {
				t.Errorf("in the end it remembers %+v", last.Rules)
			}
			alerts, err := os.ReadFile(filepath.Join(state, "alerts.jsonl"))
			check(t, err)
			if got := bytes.Contains(alerts, []byte(`"rule":"invite-5xx"`)); got != test.alert {
				t.Errorf("an alert of invite-5xx: %v\n%s", got, alerts)
			}
			if left, err := filepath.Glob(path + ".*"); err != nil || len(left) > 0 {
				t.Errorf("%v, %q are left", err, left)
			}
		})
	}
}

// TestDaemonWithoutPlaceToRemember cannot write the file: it says so and goes on.
func TestDaemonWithoutPlaceToRemember(t *testing.T) {
	state := t.TempDir()
	t.Setenv(stateDirectory, state)
	check(t, os.Mkdir(filepath.Join(state, "alerts.memory"), 0o700))
	d, log := delivering(t, "    {}\n")
	d.watching.memory.Every = time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	log.await(t, "cannot load alert baselines")
	log.await(t, "cannot write alert baselines")
	raises(t, filepath.Join(state, "alerts.jsonl"))
	stop()
	check(t, <-ended)
}

// TestReadDoesNotRemember reads saved captures without what a daemon remembers, and leaves nothing behind.
func TestReadDoesNotRemember(t *testing.T) {
	state := t.TempDir()
	t.Setenv(stateDirectory, state)
	path := filepath.Join(state, "alerts.memory")
	capture := spike(t)
	read := func() string {
		c := config.Default()
		c.Alerts.MemoryFile = path
		var out bytes.Buffer
		check(t, Read(t.Context(), Reading{
			Config: c, Log: slog.New(slog.DiscardHandler), Inputs: []string{capture}, Alerts: true, JSON: true, Output: &out,
		}))
		lines := strings.TrimSpace(out.String())
		return lines[:strings.LastIndexByte(lines, '\n')] // without the account, in which is how long it took
	}
	without := read()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("read has written %s: %v", path, err)
	}
	usualShare(t, path, 1)
	before, err := os.ReadFile(path)
	check(t, err)
	if got := read(); got != without || !strings.Contains(got, `"rule":"invite-5xx"`) {
		t.Errorf("with a memory read says\n%s\nwithout\n%s", got, without)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("read has changed %s: %v", path, err)
	}
}
