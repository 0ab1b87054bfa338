package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sipspan/exporters/files"
	"sipspan/record"
)

// TestTidyTouchesItsOwnFilesOnly packs and removes the files that a sensor wrote, in both forms, and leaves those of others.
func TestTidyTouchesItsOwnFilesOnly(t *testing.T) {
	c := config(t.TempDir())
	for _, sensor := range []string{"mine", "other"} {
		for _, format := range []string{"jsonl", "csv"} {
			c.Format = format
			f := open(t, c)
			if err := f.Export(&record.Call{Header: record.Header{Sensor: sensor}, Status: 200}); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(c.Directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("call-20261121T093000Z-0005.jsonl", "{\"record\":\"registration\",\"version\":1,\"sensor\":\"mine\"}\n") // another kind
	write("call-20261121T093000Z-0006.jsonl", "mine\n")
	write("call-20261121T093000Z-0007.csv", "record,sensor\ncall,mine\n")
	write("notes-20261121T093000Z-0001.csv", "sensor\nmine\n")
	write("call.jsonl", "")

	tidier := files.NewTidier("mine", quiet)
	tidier.Tidy(t.Context(), c, time.Now())
	got := tree(t, c.Directory)
	for _, name := range []string{"call-20261121T093000Z-0001.jsonl", "call-20261121T093000Z-0001.csv"} {
		if got[name] != "" || got[name+".gz"] == "" {
			t.Errorf("%s is not packed: %v", name, len(got))
		}
	}
	if len(got) != 9 {
		t.Errorf("%d files, want 9", len(got))
	}
	c.KeepFor = time.Minute
	tidier.Tidy(t.Context(), c, time.Now().Add(time.Hour))
	got = tree(t, c.Directory)
	if len(got) != 7 {
		t.Errorf("%d files are left, want 7", len(got))
	}
	for name := range got {
		if strings.HasSuffix(name, ".gz") {
			t.Errorf("%s is left", name)
		}
	}
}

// TestSpace compares the free space with the floor, and with more than the floor once it was short.
func TestSpace(t *testing.T) {
	for _, c := range []struct {
		free         int64
		before, want bool
	}{{799, false, true}, {800, false, false}, {800, true, true}, {899, true, true}, {900, true, false}} {
		if got := (files.Space{Free: c.free, Floor: 800}).Short(c.before); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	c := config(t.TempDir())
	s, err := files.SpaceIn(c)
	if err != nil || s.Free <= 0 || s.Floor <= 0 || s.Floor > 256<<20 {
		t.Errorf("%+v %v", s, err)
	}
	c.MinFree = 1 << 50
	if s, err := files.SpaceIn(c); err != nil || s.Floor != c.MinFree || !s.Short(false) {
		t.Errorf("%+v %v", s, err)
	}
	c.Directory = filepath.Join(c.Directory, "none")
	if _, err := files.SpaceIn(c); err == nil {
		t.Error("a folder that is not there has room")
	}
}
