package store_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
)

var (
	quiet = slog.New(slog.DiscardHandler)
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

// clock is a wall clock that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// call returns the record of the nth call of a minute.
func call(n int) *record.Call {
	r := &record.Call{Header: record.Header{
		ID: fmt.Sprintf("id-%d", n), Sensor: "probe", CallID: fmt.Sprintf("call-%d@192.0.2.10", n),
		Start: noon.Add(time.Duration(n) * time.Minute).UnixNano(), End: noon.Add(time.Duration(n+1) * time.Minute).UnixNano(),
	}}
	r.From.URI, r.To.URI = fmt.Sprintf("sip:+49301%06d@example.com", n), "sip:bob@example.com"
	r.Caller.Addr, r.Callee.Addr = "192.0.2.10:5060", "[2001:db8::20]:5060"
	r.Status, r.Messages = 486, n
	return r
}

// open opens a store that is closed with the test.
func open(t *testing.T, c store.Config, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(c, quiet, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func config(t *testing.T) store.Config {
	c := store.DefaultConfig()
	c.Directory, c.MinFree = filepath.Join(t.TempDir(), "history"), 0
	return c
}

func export(t *testing.T, s *store.Store, records ...record.Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Export(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
}

func finish(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// search returns the JSON of what is found.
func search(t *testing.T, folder string, q choose.Query, kinds ...record.Kind) (found []string) {
	t.Helper()
	q.Now = noon
	choice, err := q.Compile()
	if err != nil {
		t.Fatal(err)
	}
	err = store.Search(t.Context(), folder, store.Query{Choice: choice, Kinds: kinds}, func(r record.Record) error {
		found = append(found, string(r.AppendJSON(nil)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func lines(records ...record.Record) (all []string) {
	for _, r := range records {
		all = append(all, string(r.AppendJSON(nil)))
	}
	return all
}

// written returns the records of every kind with all of their members.
func written(t *testing.T) (all []record.Record) {
	t.Helper()
	text, err := os.ReadFile("../../record/testdata/full.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		r, err := record.Decode([]byte(strings.TrimSpace(line)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// TestStore checks that every record comes back as it was, while the store is written and after.
func TestStore(t *testing.T) {
	c := config(t)
	s := open(t, c, nil)
	all := written(t)
	export(t, s, all...)
	want := lines(all...)
	slices.Sort(want)
	for _, state := range []string{"open", "closed"} {
		got := search(t, c.Directory, choose.Query{})
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", state, diff)
		}
		if state == "open" {
			finish(t, s)
		}
	}
	if beside, _ := filepath.Glob(filepath.Join(c.Directory, "*-wal")); len(beside) > 0 {
		t.Errorf("left open: %v", beside)
	}
}

func TestSearch(t *testing.T) {
	c := config(t)
	s := open(t, c, nil)
	var all []record.Record
	for n := range 50 {
		all = append(all, call(n))
	}
	local := call(60)
	local.Confidence.Flags = record.LocalTimes
	failure := &record.Failure{Header: record.Header{ID: "f", CallID: "call-7@192.0.2.10", Start: noon.UnixNano()}, Method: "INVITE", Status: 486}
	export(t, s, append(slices.Clone(all), local, failure)...)
	finish(t, s)
	calls := record.KindCall
	for _, test := range []struct {
		name  string
		query choose.Query
		kinds []record.Kind
		want  []string
	}{
		{"Call-ID", choose.Query{CallID: []string{"call-7@192.0.2.10"}}, []record.Kind{calls}, lines(all[7])},
		{"Call-ID of all kinds", choose.Query{CallID: []string{"call-7@192.0.2.10"}}, nil, lines(failure, all[7])},
		{"beginning of a Call-ID", choose.Query{CallID: []string{"call-4*"}}, []record.Kind{calls}, lines(append([]record.Record{all[4]}, all[40:]...)...)},
		{"id", choose.Query{ID: []string{"id-3"}}, nil, lines(all[3])},
		{"number", choose.Query{Number: []string{"030 1000011"}}, nil, lines(all[11])},
		{"two numbers", choose.Query{Number: []string{"00493010000-12", "+49301000013"}}, nil, lines(all[12], all[13])},
		{"user", choose.Query{User: []string{"BOB"}, Until: "2026-03-02 12:02"}, []record.Kind{calls}, lines(all[0], all[1])},
		{"peer", choose.Query{Peer: []string{"2001:db8::20"}, Since: "2026-03-02 12:48", Until: "2026-03-02 12:55"}, nil, lines(all[48], all[49])},
		{"time of day", choose.Query{Since: "12:47", Until: "12:49"}, nil, lines(all[47], all[48])},
		{"time in the zone of a log", choose.Query{Since: "2026-03-02 12:59"}, nil, lines(local)},
		{"expression", choose.Query{Where: "messages == 5"}, nil, lines(all[5])},
		{"nobody", choose.Query{Number: []string{"+4930999999"}}, nil, nil},
	} {
		if diff := cmp.Diff(test.want, search(t, c.Directory, test.query, test.kinds...)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// TestDays checks that each day has a part of its own, that old ones are removed, and that what is not a part stays.
func TestDays(t *testing.T) {
	c := config(t)
	c.KeepFor = 48 * time.Hour
	at := &clock{noon}
	s := open(t, c, at.now)
	foreign := filepath.Join(c.Directory, "history-20200101T000000.000Z.sqlite")
	if err := os.WriteFile(foreign, []byte("somebody else's"), 0o600); err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		export(t, s, call(n))
		at.Time = at.Add(24 * time.Hour)
	}
	finish(t, s)
	if got, want := search(t, c.Directory, choose.Query{}), lines(call(2), call(3), call(4), call(5)); !slices.Equal(got, want) {
		t.Errorf("kept %v, want the calls 2 to 5", got)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
}

var chance = rand.NewChaCha8([32]byte{})

// noise returns n digits that can hardly be compressed.
func noise(n int) string {
	text := make([]byte, n/2)
	_, _ = chance.Read(text)
	return hex.EncodeToString(text)
}

// TestTotal checks that the oldest parts go when all are too large together.
func TestTotal(t *testing.T) {
	c := config(t)
	c.KeepTotal = 16 << 20
	at := &clock{noon}
	s := open(t, c, at.now)
	for day := range 5 {
		for n := range 700 {
			r := call(n)
			r.CallID = noise(16_000)
			if err := s.Export(r); err != nil {
				t.Fatal(err)
			}
		}
		export(t, s, call(day))
		at.Time = at.Add(24 * time.Hour)
	}
	export(t, s, call(9))
	finish(t, s)
	var total int64
	found, _ := filepath.Glob(filepath.Join(c.Directory, "*.sqlite"))
	for _, path := range found {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if len(found) < 2 || len(found) > 5 || total > c.KeepTotal {
		t.Errorf("%d parts of %d bytes are left", len(found), total)
	}
}

// TestAgain checks that a store is continued, and that one folder has one writer.
func TestAgain(t *testing.T) {
	c := config(t)
	at := &clock{noon}
	s := open(t, c, at.now)
	export(t, s, call(1))
	if _, err := store.Open(c, quiet, nil); err == nil || !strings.Contains(err.Error(), "written by another process") {
		t.Errorf("a second writer: %v", err)
	}
	finish(t, s)
	at.Time = at.Add(time.Hour)
	s = open(t, c, at.now)
	export(t, s, call(2))
	finish(t, s)
	if found, _ := filepath.Glob(filepath.Join(c.Directory, "*.sqlite")); len(found) != 1 {
		t.Errorf("%v", found)
	}
	if got, want := search(t, c.Directory, choose.Query{}), lines(call(1), call(2)); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestRemovedWhileOpen checks that records go to a new part when somebody has removed the one that is written.
func TestRemovedWhileOpen(t *testing.T) {
	c := config(t)
	at := &clock{noon}
	s := open(t, c, at.now)
	export(t, s, call(1))
	found, _ := filepath.Glob(filepath.Join(c.Directory, "history-*"))
	for _, path := range found {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	at.Time = at.Add(time.Second)
	export(t, s, call(2))
	finish(t, s)
	if got, want := search(t, c.Directory, choose.Query{}), lines(call(2)); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestNoRoom checks that nothing is written to a disk without room, that records wait, and that they are in the store when there is room again.
func TestNoRoom(t *testing.T) {
	c := config(t)
	c.MinFree = 1 << 62
	s := open(t, c, nil)
	if err := s.Export(call(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(); err == nil || !strings.Contains(err.Error(), "exporters.store.min_free") {
		t.Errorf("%v", err)
	}
	if got := search(t, c.Directory, choose.Query{}); len(got) > 0 {
		t.Errorf("written: %v", got)
	}
	err := s.Close()
	if err == nil || !strings.Contains(err.Error(), "1 record lost") {
		t.Errorf("Close: %v", err)
	}
}

func TestSearchEnds(t *testing.T) {
	c := config(t)
	s := open(t, c, nil)
	export(t, s, call(1), call(2), call(3))
	finish(t, s)
	enough := errors.New("enough")
	n := 0
	err := store.Search(t.Context(), c.Directory, store.Query{}, func(record.Record) error {
		if n++; n == 2 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 2 {
		t.Errorf("%v after %d", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Search(ctx, c.Directory, store.Query{}, func(record.Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := store.Search(t.Context(), t.TempDir(), store.Query{}, nil); err == nil || !strings.Contains(err.Error(), "holds no history-") {
		t.Errorf("%v", err)
	}
}

// TestDamage checks that a part that was damaged, or is of another version, costs nothing of the others.
func TestDamage(t *testing.T) {
	c := config(t)
	at := &clock{noon}
	s := open(t, c, at.now)
	for n := range 3 {
		export(t, s, call(n))
		at.Time = at.Add(24 * time.Hour)
	}
	finish(t, s)
	found, _ := filepath.Glob(filepath.Join(c.Directory, "*.sqlite"))
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(found[0], text[:len(text)/3], 0o600); err != nil {
		t.Fatal(err)
	}
	text, _ = os.ReadFile(found[1])
	text[63] = 99 // user_version, https://www.sqlite.org/fileformat2.html, section 1.3
	if err := os.WriteFile(found[1], text, 0o600); err != nil {
		t.Fatal(err)
	}
	var got []record.Record
	err = store.Search(t.Context(), c.Directory, store.Query{}, func(r record.Record) error { got = append(got, r); return nil })
	if err == nil || !strings.Contains(err.Error(), filepath.Base(found[0])) || !strings.Contains(err.Error(), "layout 99") {
		t.Errorf("%v", err)
	}
	if !slices.Equal(lines(got...), lines(call(2))) {
		t.Errorf("read %v", lines(got...))
	}
}

func TestValidate(t *testing.T) {
	c := store.Config{KeepFor: time.Minute, KeepTotal: 1, MinFree: -1, Records: []string{"calls"}, Buffer: 1}
	err := c.Validate()
	for _, key := range []string{"keep_for", "keep_total", "min_free", "records", "buffer"} {
		if err == nil || !strings.Contains(err.Error(), key+":") {
			t.Errorf("no word of %s in %v", key, err)
		}
	}
	if err := store.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
}
