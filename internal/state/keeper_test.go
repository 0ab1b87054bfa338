package state

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sipspan/session/store"
)

// bench is a folder for the files of keepers, which log into it.
type bench struct {
	tb     testing.TB
	log    bytes.Buffer
	config Config
}

func newBench(t *testing.T, interval time.Duration) *bench {
	return &bench{tb: t, config: Config{Directory: t.TempDir(), Sessions: true, Interval: interval}}
}

// start returns the keeper of a program that is started now, and what it takes up.
func (b *bench) start(now time.Time) (*Keeper, []store.Kept) {
	k := New(b.config, time.Hour, slog.New(slog.NewTextHandler(&b.log, nil)))
	kept := k.Load(now)
	k.Begin()
	return k, kept
}

func (b *bench) names() (names []string) {
	entries, err := os.ReadDir(b.config.Directory)
	if err != nil {
		b.tb.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// expect fails unless the sessions are those, each written as its text, and "-" before one whose record was written.
func expect(tb testing.TB, kept []store.Kept, want string) {
	tb.Helper()
	var got []string
	for _, s := range kept {
		text := string(s.Packed)
		if s.Written {
			text = "-" + text
		}
		if s.Gap <= 0 {
			tb.Errorf("%s: no gap", text)
		}
		got = append(got, text)
	}
	if text := strings.Join(got, " "); text != want {
		tb.Errorf("%q is taken up, want %q", text, want)
	}
}

func sessions(texts ...string) (b []byte) {
	for i, text := range texts {
		b = store.AppendSession(b, uint64(i+1), []byte(text))
	}
	return b
}

// packing is a run with sessions that have the numbers 1, 2, 3 …
func packing(texts ...string) func(func([]byte) error) error {
	return func(save func([]byte) error) error { return save(sessions(texts...)) }
}

// A stop leaves the sessions to the next start, and nothing when there are none.
func TestStop(t *testing.T) {
	for _, interval := range []time.Duration{0, time.Hour} {
		b := newBench(t, interval)
		k, kept := b.start(time.Now())
		expect(t, kept, "")
		k.Save(time.Now(), [][]byte{sessions("one", "two"), nil})
		k.Close()
		if names := b.names(); len(names) != 1 || names[0] != fileName {
			t.Errorf("%v: the folder holds %v", interval, names)
		}
		k, kept = b.start(time.Now().Add(time.Minute))
		expect(t, kept, "one two")
		k.Save(time.Now(), [][]byte{nil})
		k.Close()
		if names := b.names(); len(names) != 0 {
			t.Errorf("%v: without sessions the folder holds %v", interval, names)
		}
	}
}

// Without an interval the sessions are taken up once, and a kill loses them.
func TestKilledWithoutInterval(t *testing.T) {
	b := newBench(t, 0)
	k, _ := b.start(time.Now())
	k.Save(time.Now(), [][]byte{sessions("one")})
	k.Close()
	k, _ = b.start(time.Now())
	if k.Ended() != nil {
		t.Error("somebody wants to know of sessions that have ended")
	}
	_, kept := b.start(time.Now())
	expect(t, kept, "")
}

// A kill at any time leaves what was written last, changed by what became of it.
func TestKilled(t *testing.T) {
	b := newBench(t, time.Hour)
	k, _ := b.start(time.Now())
	k.snapshot(time.Now(), packing("one", "two", "three"))
	end := k.Ended()
	end(2, []byte("two-ended"))
	end(3, []byte("three-ended"))
	end(4, []byte("four-ended")) // began after the snapshot
	k.Written(3)
	k.Written(5) // unknown
	k.Flush()
	now := time.Now().Add(time.Second)
	killed := func(want string) *Keeper {
		t.Helper()
		k, kept := b.start(now)
		expect(t, kept, want)
		return k
	}
	killed("one two-ended -three-ended four-ended")

	// Killed before anything was written again, after more has become of it.
	k = killed("one two-ended -three-ended four-ended")
	k.Ended()(1, []byte("one-ended"))
	k.Written(2)
	k.Flush()
	k = killed("one-ended -two-ended -three-ended four-ended")

	// What was on its way to the exporters when the sessions were written is still known.
	end = k.Ended()
	end(7, []byte("seven-ended"))
	k.Flush()
	k.snapshot(time.Now(), packing("one-later"))
	k = killed("one-later seven-ended")
	k.Written(7)
	k.Flush()
	k.snapshot(time.Now(), packing("one-later"))
	k.snapshot(time.Now(), packing("one-later"))
	k = killed("one-later")
	if names := b.names(); len(names) > 4 {
		t.Errorf("journals are left behind: %v", names)
	}

	// A number that is given out again is that of another session.
	k.Written(1)
	k.Flush()
	k = killed("-one-later")
	k.Ended()(1, []byte("another"))
	k.Flush()
	killed("-one-later another")
}

// What was written at the end of one journal cannot be read: the rest is.
func TestHalfJournal(t *testing.T) {
	b := newBench(t, time.Hour)
	k, _ := b.start(time.Now())
	k.snapshot(time.Now(), packing("one", "two"))
	k.Written(1)
	k.Flush()
	path := journalPath(k.path, k.latest)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		after []byte
		lines int
	}{
		"half an entry": {whole[len(whole)-9:][:5], 0},
		"zeros":         {make([]byte, 100), 1},
	} {
		if err := os.WriteFile(path, append(bytes.Clone(whole), tt.after...), 0o600); err != nil {
			t.Fatal(err)
		}
		b.log.Reset()
		expect(t, New(b.config, time.Hour, slog.New(slog.NewTextHandler(&b.log, nil))).Load(time.Now()), "-one two")
		if n := strings.Count(b.log.String(), "level=WARN"); n != tt.lines {
			t.Errorf("%s: %s", name, &b.log)
		}
	}
}

// A file that is of no use is set aside, which one line in the log says, and nothing else is lost.
func TestRefused(t *testing.T) {
	for name, spoil := range map[string]func(path string, now *time.Time) error{
		"too old": func(_ string, now *time.Time) error { *now = now.Add(2 * time.Hour); return nil },
		"cannot read": func(path string, _ *time.Time) error {
			return os.WriteFile(path, []byte("sipspan sessions 2\n"), 0o600)
		},
		"damaged": func(path string, _ *time.Time) error { return os.WriteFile(path, make([]byte, 200), 0o600) },
	} {
		b := newBench(t, time.Hour)
		k, _ := b.start(time.Now())
		k.snapshot(time.Now(), packing("one"))
		k.Ended()(2, []byte("two"))
		k.Flush()
		now := time.Now()
		if err := spoil(k.path, &now); err != nil {
			t.Fatal(err)
		}
		b.log.Reset()
		k, kept := b.start(now)
		expect(t, kept, "")
		if text := b.log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, name) || !strings.Contains(text, "level=WARN") {
			t.Errorf("%s: log is %s", name, text)
		}
		if names := b.names(); len(names) != 2 || names[1] != fileName+aside {
			t.Errorf("%s: the folder holds %v", name, names)
		}
		k.snapshot(now, packing("three"))
		_, kept = b.start(now.Add(time.Second))
		expect(t, kept, "three")
	}
}

// The file is written at once and whenever its time has come, and what is told of sessions soon.
func TestRun(t *testing.T) {
	b := newBench(t, time.Hour)
	k, _ := b.start(time.Now())
	ctx, stop := context.WithCancel(t.Context())
	packed := make(chan bool)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		k.Run(ctx, func(save func([]byte) error) error {
			defer close(packed)
			return save(sessions("one"))
		})
	}()
	<-packed
	k.Ended()(1, []byte("one-ended"))
	for taken := false; !taken; { // the journal is written as soon as there is something
		k.journal.mu.Lock()
		taken = len(k.journal.buffer) == 0
		k.journal.mu.Unlock()
	}
	stop()
	<-ended
	_, kept := b.start(time.Now())
	expect(t, kept, "one-ended")
}

// A disk that takes nothing is said once, and costs the sessions, not the order.
func TestNoPlace(t *testing.T) {
	b := newBench(t, time.Hour)
	b.config.Directory = filepath.Join(b.config.Directory, "no", "folder")
	k, _ := b.start(time.Now())
	k.snapshot(time.Now(), packing("one"))
	k.snapshot(time.Now(), packing("one"))
	k.Ended()(1, []byte("one-ended"))
	k.Written(1)
	k.Flush()
	if n := strings.Count(b.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("log is %s", &b.log)
	}
	k.Save(time.Now(), [][]byte{sessions("one")})
	k.Close()
	if !strings.Contains(b.log.String(), "cannot write the sessions that go on") {
		t.Errorf("log is %s", &b.log)
	}
}

// A journal that cannot be written makes the file useless: records would come twice.
func TestJournalCannotBeWritten(t *testing.T) {
	b := newBench(t, time.Hour)
	k, _ := b.start(time.Now())
	k.snapshot(time.Now(), packing("one"))
	if err := k.journal.file.Close(); err != nil {
		t.Fatal(err)
	}
	k.Written(1)
	k.Flush()
	k.Flush()
	if n := strings.Count(b.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("log is %s", &b.log)
	}
	_, kept := b.start(time.Now())
	expect(t, kept, "")
}

func TestConfig(t *testing.T) {
	for _, c := range []Config{{}, {Sessions: true}, {Directory: "/var"}} {
		k := New(c, time.Hour, slog.New(slog.DiscardHandler))
		if c.Path() != "" || k.On() || k.Ended() != nil || k.Load(time.Now()) != nil {
			t.Errorf("%+v has a file", c)
		}
		k.Begin()
		k.Written(1)
		k.Flush()
		k.Run(t.Context(), nil)
		k.Save(time.Now(), nil)
		k.Close()
	}
	if err := (Config{Interval: time.Millisecond}).Validate(); err == nil {
		t.Error("an interval of a millisecond is possible")
	}
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
}
