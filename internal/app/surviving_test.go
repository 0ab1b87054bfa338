package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sipspan/exporters/files"
	"sipspan/internal/state"
	"sipspan/record"
	"sipspan/session/store"
)

// That a record is written is in the journal before any of it is in a file, and not before the exporter has it.
func TestSurviving(t *testing.T) {
	folder, records := t.TempDir(), t.TempDir()
	keeper := state.New(state.Config{Directory: folder, Sessions: true, Interval: time.Hour}, time.Hour, slog.New(slog.DiscardHandler))
	keeper.Load(time.Now())
	keeper.Begin()
	noted := func() (numbers []uint64) {
		journals, err := filepath.Glob(filepath.Join(folder, "*.journal"))
		check(t, err)
		for _, path := range journals {
			_, entries, err := store.ReadJournal(path)
			check(t, err)
			for _, e := range entries {
				numbers = append(numbers, e.Number)
			}
		}
		return numbers
	}
	lines := func() (n int) {
		parts, err := filepath.Glob(filepath.Join(records, "call-*"))
		check(t, err)
		for _, path := range parts {
			text, err := os.ReadFile(path)
			check(t, err)
			n += strings.Count(string(text), "\n")
		}
		return n
	}
	c := files.DefaultConfig()
	c.Directory = records
	blocks := 0
	f, err := openRecordFiles(c, "probe", slog.New(slog.DiscardHandler), func() {
		keeper.Flush()
		if n, m := len(noted()), lines(); n < m {
			t.Errorf("%d records are in the files, and %d in the journal", m, n)
		}
		blocks++
	})
	check(t, err)
	s := &surviving{f, keeper}
	const n = 300 // some blocks of lines
	for i := range uint64(n) {
		check(t, s.Export(&record.Call{Header: record.Header{CallID: strings.Repeat("x", 1000), Session: i + 1}}))
		if m, k := len(noted()), lines(); m != k {
			t.Fatalf("%d records are in the journal, and %d in the files", m, k)
		}
	}
	check(t, s.Export(&record.Call{})) // of no session that survives
	check(t, s.Flush())
	if m := len(noted()); m != n || blocks < 2 || lines() != n+1 {
		t.Errorf("%d records are in the journal, %d lines in %d blocks", m, lines(), blocks)
	}
	check(t, s.Close())
	f.open = nil
	if err := s.Export(&record.Call{Header: record.Header{Session: 1 << 40}}); err == nil || len(noted()) != n {
		t.Errorf("a record that was not written is noted: %v", err)
	}
}
