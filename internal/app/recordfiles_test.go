package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/exporters/files"
	"sipspan/record"
)

func message(id string) record.Record { return &record.Message{Header: record.Header{CallID: id}} }

func TestRecordFilesMove(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	c := files.DefaultConfig()
	c.Directory = first
	f, err := openRecordFiles(c, slog.New(slog.DiscardHandler), nil)
	check(t, err)
	check(t, f.Export(message("one")))
	c.Directory, c.Format = second, "csv"
	f.reopen(c)
	check(t, f.Export(message("two")))
	check(t, f.Flush())
	check(t, f.Export(message("three")))
	check(t, f.Close())
	if got := written(t, first); strings.Count(got, "\n") != 2 || !strings.Contains(got, `"one"`) || !strings.Contains(got, `"two"`) {
		t.Errorf("first folder holds %q", got)
	}
	if got := written(t, second); strings.Count(got, "\n") != 2 || !strings.Contains(got, ",three,") {
		t.Errorf("second folder holds %q", got)
	}
}

func TestRecordFilesStayWhereTheyCan(t *testing.T) {
	folder := t.TempDir()
	blocked := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(blocked, nil, 0o600))
	c := files.DefaultConfig()
	c.Directory = folder
	var log bytes.Buffer
	f, err := openRecordFiles(c, slog.New(slog.NewTextHandler(&log, nil)), nil)
	check(t, err)
	c.Directory = blocked
	f.reopen(c)
	check(t, f.Flush())
	check(t, f.Export(message("one")))
	check(t, f.Close())
	if !strings.Contains(log.String(), "keeping the old ones") {
		t.Errorf("log: %s", log.String())
	}
	if got := written(t, folder); !strings.Contains(got, `"one"`) {
		t.Errorf("folder holds %q", got)
	}
}

func TestRecordFilesComeBack(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "records")
	c := files.DefaultConfig()
	c.Directory = folder
	f, err := openRecordFiles(c, slog.New(slog.DiscardHandler), nil)
	check(t, err)
	// The folder is in the way of itself while the files are to be opened again.
	check(t, os.Remove(folder))
	check(t, os.WriteFile(folder, nil, 0o600))
	f.reopen(c)
	if err := f.Flush(); err == nil {
		t.Error("opened inside of a file")
	}
	if err := f.Export(message("lost")); err == nil {
		t.Error("exported to nowhere")
	}
	check(t, os.Remove(folder))
	check(t, f.Flush())
	check(t, f.Export(message("kept")))
	check(t, f.Close())
	if got := written(t, folder); strings.Contains(got, "lost") || !strings.Contains(got, "kept") {
		t.Errorf("folder holds %q", got)
	}
}
