package files_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/exporters/files"
	"sipspan/record"
)

var quiet = slog.New(slog.DiscardHandler)

func now() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) }

func config(dir string) files.Config {
	c := files.DefaultConfig()
	c.Directory = dir
	return c
}

func open(t *testing.T, c files.Config) *files.Files {
	t.Helper()
	f, err := files.Open(c, quiet, now)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tree reads every file of a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}

func TestOneSeriesForEachKind(t *testing.T) {
	for _, format := range []string{"jsonl", "csv"} {
		c := config(filepath.Join(t.TempDir(), "made", "of", "need"))
		c.Format = format
		f := open(t, c)
		call, registration := &record.Call{Status: 200}, &record.Registration{Status: 401}
		for _, r := range []record.Record{call, registration, call} {
			if err := f.Export(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(f.Flush(), f.Close()); err != nil {
			t.Fatal(err)
		}
		got := tree(t, c.Directory)
		calls, registrations := got["call-20261121T093000Z-0001."+format], got["registration-20261121T093000Z-0001."+format]
		header := 0
		if format == "csv" {
			header = 1
		}
		if len(got) != 2 || strings.Count(calls, "\n") != 2+header || strings.Count(registrations, "\n") != 1+header {
			t.Errorf("%v", got)
		}
	}
}

func TestOnlyTheKindsThatAreWanted(t *testing.T) {
	c := config(t.TempDir())
	c.Records = []string{"failure", "call"}
	f := open(t, c)
	for _, r := range []record.Record{&record.Registration{}, &record.Call{}, &record.Stats{}} {
		if err := f.Export(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, c.Directory); len(got) != 1 || got["call-20261121T093000Z-0001.jsonl"] == "" {
		t.Errorf("%v", got)
	}
}

func TestOpenCompletesWhatACrashLeft(t *testing.T) {
	c := config(t.TempDir())
	part := filepath.Join(c.Directory, "call-20261120T000000Z-0007.jsonl.part")
	if err := os.WriteFile(part, []byte("{\"a\":1}\n{\"b\":"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	f, err := files.Open(c, slog.New(slog.NewTextHandler(&log, nil)), now)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, c.Directory); len(got) != 1 || got["call-20261120T000000Z-0007.jsonl"] != "{\"a\":1}\n" {
		t.Errorf("%v", got)
	}
	if !strings.Contains(log.String(), "completed a record file of an earlier run") || !strings.Contains(log.String(), "cut=true") {
		t.Errorf("log: %s", log.String())
	}
}

func TestOpenErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Open(config(file), quiet, now); err == nil || !strings.HasPrefix(err.Error(), "making the folder for records: mkdir "+file) {
		t.Errorf("a file for a folder: %v", err)
	}
	c := config(t.TempDir())
	c.Format = "xml"
	if _, err := files.Open(c, quiet, now); err == nil {
		t.Error("an unknown format was taken")
	}
}

func TestConfigValidate(t *testing.T) {
	if err := files.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*files.Config){
		`format: "xml": expected jsonl or csv`:                          func(c *files.Config) { c.Format = "xml" },
		`compression: "lz4": expected none, gzip or zstd`:               func(c *files.Config) { c.Compression = "lz4" },
		`rotate_size: 100: expected 0 (any size) or at least 4KiB`:      func(c *files.Config) { c.RotateSize = 100 },
		`rotate_size: -1: expected 0 (any size) or at least 4KiB`:       func(c *files.Config) { c.RotateSize = -1 },
		`rotate_every: 10ms: expected 0 (any age) or at least 1s`:       func(c *files.Config) { c.RotateEvery = 10 * time.Millisecond },
		`records: "calls": expected some of [call registration subscri`: func(c *files.Config) { c.Records = []string{"call", "calls"} },
	} {
		c := files.DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	c := files.Config{Format: "x", Compression: "y", PackFinished: "z", KeepFor: 1, KeepTotal: 1, MinFree: -1}
	if err := c.Validate(); err == nil || strings.Count(err.Error(), "\n") != 5 {
		t.Errorf("not every fault is named: %v", err)
	}
}

func TestExportAllocations(t *testing.T) {
	f := open(t, config(t.TempDir()))
	r := &record.Call{Status: 200, RequestURI: "sip:bob@biloxi.example"}
	if err := f.Export(r); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() {
		if err := f.Export(r); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkExport(b *testing.B) {
	for _, format := range []string{"jsonl", "csv"} {
		b.Run(format, func(b *testing.B) {
			c := config(b.TempDir())
			c.Format = format
			f, err := files.Open(c, quiet, time.Now)
			if err != nil {
				b.Fatal(err)
			}
			r := &record.Call{
				Header: record.Header{ID: "5f2c9d7c31a0", Start: now().UnixNano(), End: now().UnixNano(), CallID: "a84b4c76e66710@pc33.atlanta.example"},
				Status: 200, Reason: "OK", RequestURI: "sip:bob@biloxi.example", Setup: record.Elapsed{D: 1234567890, Known: true}, Messages: 7,
				Hops: []record.Hop{{Src: "192.0.2.1:5060", Dst: "192.0.2.2:5060", Transport: "UDP", Status: 200}},
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := f.Export(r); err != nil {
					b.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// kinds of a folder, for messages.
func kinds(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	for name := range tree(t, dir) {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
