package app

import (
	"bytes"
	"context"
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
	f, err := openRecordFiles(c, "probe", slog.New(slog.DiscardHandler), nil)
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
	f, err := openRecordFiles(c, "probe", slog.New(slog.NewTextHandler(&log, nil)), nil)
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
	f, err := openRecordFiles(c, "probe", slog.New(slog.DiscardHandler), nil)
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

// TestRecordFilesStopAtTheFloor writes while there is room, loses and counts records while there is not, with an alert, and goes on. What
// was in memory when the room ended is written then.
func TestRecordFilesStopAtTheFloor(t *testing.T) {
	c := files.DefaultConfig()
	c.Directory, c.MinFree = t.TempDir(), 1
	r, err := openRecordFiles(c, "probe", slog.New(slog.DiscardHandler), nil)
	check(t, err)
	check(t, r.Export(&record.Call{Status: 200}))
	check(t, r.Flush())
	check(t, r.Export(&record.Call{Status: 201}))

	r.config.MinFree = 1 << 60
	const says = "exporters.files.min_free"
	if err := r.Flush(); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("flushing: %v", err)
	}
	for range 2 {
		if err := r.Export(&record.Call{Status: 202}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("exporting: %v", err)
		}
	}
	r.config.Records = []string{"call"}
	check(t, r.Export(message("not wanted"))) // nor lost
	r.config.MinFree = 1
	check(t, r.Flush())
	check(t, r.Export(&record.Call{Status: 203}))
	check(t, r.Close())
	got := written(t, c.Directory)
	for status, want := range map[string]bool{"200": true, "201": true, "202": false, "203": true} {
		if strings.Contains(got, `"status":`+status) != want {
			t.Errorf("status %s is written: %v\n%s", status, !want, got)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var alerts []*record.Alert
	r.raise(ctx, func(a record.Record) {
		if alerts = append(alerts, a.(*record.Alert)); len(alerts) == 2 {
			stop()
		}
	})
	firing, over := alerts[0], alerts[1]
	if firing.Rule != diskRule || firing.State != "firing" || firing.Severity != "critical" || firing.Sensor != "probe" || firing.End != 0 ||
		over.State != "resolved" || over.ID != firing.ID || over.Start != firing.Start || over.End < over.Start || firing.Value >= firing.Threshold {
		t.Errorf("%+v\n%+v", firing, over)
	}
}
