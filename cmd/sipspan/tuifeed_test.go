package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/config"
	"sipspan/internal/app"
	"sipspan/record"
)

func TestFeedWaitsForTheView(t *testing.T) {
	f := newFeed()
	for range maxPending {
		check(t, f.put(t.Context(), &record.Call{}))
	}
	full, stop := context.WithCancel(t.Context())
	stop()
	if err := f.put(full, &record.Call{}); !errors.Is(err, context.Canceled) {
		t.Errorf("one record too many: %v", err)
	}
	late := make(chan error)
	go func() { late <- f.put(t.Context(), &record.Call{}) }()
	f.Update(5, 10)
	total := 0
	for total <= maxPending {
		b := f.Next(t.Context())
		if total += len(b.Records); b.Read != 5 || b.Total != 10 || b.Done {
			t.Errorf("batch: %d of %d, done %v", b.Read, b.Total, b.Done)
		}
	}
	check(t, <-late)
	failed := errors.New("cut short")
	f.finish(failed)
	if b := f.Next(t.Context()); !b.Done || b.Err != failed || len(b.Records) != 0 {
		t.Errorf("the last batch: %+v", b)
	}
	if b := f.Next(full); !b.Done && full.Err() == nil {
		t.Error("a batch after the end")
	}
}

func TestKeptLogIsBounded(t *testing.T) {
	k := &keptLog{}
	line := []byte(strings.Repeat("x", 1000) + "\n")
	for range 100 {
		if n, err := k.Write(line); n != len(line) || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	var out strings.Builder
	check(t, k.writeTo(&out))
	if n := out.Len(); n > maxKeptLog+100 || !strings.HasSuffix(out.String(), "left out\n") {
		t.Errorf("%d bytes are kept", n)
	}
}

func TestSaveFromTheView(t *testing.T) {
	loaded, err := config.Load(config.Request{})
	check(t, err)
	looking := app.Looking{Config: loaded.Config, Inputs: []string{"../../testdata/sample.pcap"}}
	d := &desk{looking}
	var busy record.Record
	check(t, app.Records(t.Context(), looking, func(r record.Record) error {
		if c, ok := r.(*record.Call); ok && c.Disposition == record.Busy {
			busy = r
		}
		return nil
	}))
	path := filepath.Join(t.TempDir(), "busy.pcapng")
	said, err := d.Save(t.Context(), []record.Record{busy}, false, path)
	if err != nil || !strings.HasPrefix(said, path+": ") {
		t.Fatalf("%q, %v", said, err)
	}
	lines := readJSON(t, path)
	if !strings.Contains(lines, busy.Head().ID) || strings.Count(lines, `"record":"call"`) != 1 {
		t.Errorf("the file holds other calls:\n%s", lines)
	}
	before, err := os.ReadFile(path)
	check(t, err)
	if _, err := d.Save(t.Context(), []record.Record{busy}, false, path); !errors.Is(err, os.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file has changed: %v", err)
	}
	none := filepath.Join(t.TempDir(), "none.pcapng")
	if _, err := d.Save(t.Context(), []record.Record{&record.Call{Header: record.Header{ID: "none"}}}, false, none); err == nil {
		t.Error("nothing was saved without an error")
	}
	if _, err := os.Stat(none); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty file is left: %v", err)
	}
	l, err := d.Draw(t.Context(), busy, nil, true)
	if err != nil || len(l.Steps) < 4 || l.Source != "messages" {
		t.Errorf("the ladder: %v, %+v", err, l)
	}
}

// A live capture does not wait for the view: what finds no room is counted.
func TestFeedOffer(t *testing.T) {
	f := newFeed()
	f.lost = func() uint64 { return 3 }
	for range maxPending + 5 {
		f.offer(&record.Call{})
	}
	if b := f.Next(t.Context()); len(b.Records) != maxPending || b.Missed != 5 || b.PacketsLost != 3 {
		t.Errorf("%d records, %d missed, %d packets lost", len(b.Records), b.Missed, b.PacketsLost)
	}
	f.offer(&record.Call{})
	if b := f.Next(t.Context()); len(b.Records) != 1 || b.Missed != 0 {
		t.Errorf("%d records, %d missed", len(b.Records), b.Missed)
	}
}
