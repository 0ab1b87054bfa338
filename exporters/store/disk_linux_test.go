package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sipspan/exporters"
	"sipspan/exporters/exporterstest"
	"sipspan/exporters/store"
	"sipspan/record/choose"
)

// TestFullDisk writes until a real disk is full: what was written can be searched, what could not be is counted, and with room again the store goes on.
func TestFullDisk(t *testing.T) {
	c := withMessages(t)
	c.Directory = exporterstest.SmallDisk(t, 6<<10)
	s := open(t, c, nil)
	var full error
	written := 0
	batch := func(n int) error {
		m, raw := kept(n, fmt.Sprintf("call-%d@192.0.2.10", n), "X: "+noise(50_000)+"\r\n")
		s.Message(m, raw, nil)
		if err := s.Export(call(n)); err != nil {
			return err
		}
		return s.Flush()
	}
	for full == nil && written < 1000 {
		if full = batch(written + 1); full == nil {
			written++
		}
	}
	if full == nil || !strings.Contains(full.Error(), "full") && !errors.Is(full, syscall.ENOSPC) {
		t.Fatalf("%d batches were written, then %v", written, full)
	}
	var loss *exporters.LossError
	if errors.As(full, &loss) {
		t.Errorf("lost at once: %v", full)
	}
	if again := batch(written + 2); again == nil {
		t.Error("there is no room, but a batch was written")
	}
	if got := search(t, c.Directory, choose.Query{}); len(got) != written {
		t.Errorf("%d records are there, %d were written", len(got), written)
	}
	if err := syscall.Mount("tmpfs", c.Directory, "tmpfs", syscall.MS_REMOUNT, "size=20m"); err != nil {
		t.Fatal(err)
	}
	if err := batch(written + 3); err != nil {
		t.Fatal(err)
	}
	finish(t, s)
	if got := search(t, c.Directory, choose.Query{}); len(got) != written+3 {
		t.Errorf("%d records are there in the end, want %d", len(got), written+3)
	}
	stats := s.MessageStats()
	if got := messages(t, c.Directory, store.Wanted{}); len(got) != written+3 || stats.Errors != 0 || stats.Delivered != uint64(written+3) {
		t.Errorf("%d messages are there, %+v", len(got), stats)
	}
}

// TestFullDiskForEver checks that what waits is bounded when a disk stays full, and that every loss is counted.
func TestFullDiskForEver(t *testing.T) {
	c := withMessages(t)
	c.Directory, c.Buffer = exporterstest.SmallDisk(t, 2<<10), 4<<20
	s := open(t, c, nil)
	lost, put, sent := 0, 0, uint64(0)
	note := func(err error) {
		var loss *exporters.LossError
		if errors.As(err, &loss) {
			lost += loss.Records
		}
	}
	for round := range 23 {
		for range 1000 {
			put++
			note(s.Export(call(put)))
		}
		for range 60 {
			sent++
			m, raw := kept(round, fmt.Sprint(sent), "X: "+noise(10_000)+"\r\n")
			s.Message(m, raw, nil)
		}
		note(s.Flush())
	}
	note(s.Close())
	found, stats := len(search(t, c.Directory, choose.Query{})), s.MessageStats()
	if lost < 20_000 || found+lost != put {
		t.Errorf("%d records, of which %d are there and %d were reported as lost", put, found, lost)
	}
	if stats.Queued != 0 || stats.Delivered+stats.Errors != sent || stats.Errors == 0 {
		t.Errorf("%d messages: %+v", sent, stats)
	}
	if got := messages(t, c.Directory, store.Wanted{}); uint64(len(got)) != stats.Delivered {
		t.Errorf("%d messages are there, %+v", len(got), stats)
	}
}

// TestFloor checks, on a disk that fills up, that nothing is written below the free space that has to stay, and that the oldest parts go by size and by age meanwhile.
func TestFloor(t *testing.T) {
	c := withMessages(t)
	c.Directory = exporterstest.SmallDisk(t, 40<<10)
	c.MinFree, c.KeepTotal, c.KeepFor = 8<<20, 16<<20, time.Hour
	at := &clock{noon}
	s := open(t, c, at.now)
	n := 0
	batch := func() error {
		n++
		m, raw := kept(n, fmt.Sprint(n), "X: "+noise(200_000)+"\r\n")
		s.Message(m, raw, nil)
		if err := s.Export(call(n)); err != nil {
			return err
		}
		at.Time = at.Add(time.Second)
		return s.Flush()
	}
	for range 300 { // three times what may be kept
		if err := batch(); err != nil {
			t.Fatal(err)
		}
	}
	if size := sizeOf(t, c.Directory); size > c.KeepTotal+4<<20 || size < c.KeepTotal/2 {
		t.Errorf("%d bytes are kept", size)
	}
	ballast := filepath.Join(c.Directory, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 18<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	before := len(messages(t, c.Directory, store.Wanted{}))
	if err := batch(); err == nil || !strings.Contains(err.Error(), "min_free") {
		t.Errorf("%v", err)
	}
	if after := len(messages(t, c.Directory, store.Wanted{})); after != before {
		t.Errorf("%d messages, %d before the disk was nearly full", after, before)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	at.Time = at.Add(2 * time.Hour)
	if err := batch(); err != nil { // all but the part that is written are too old now
		t.Fatal(err)
	}
	finish(t, s)
	if found, _ := filepath.Glob(filepath.Join(c.Directory, "*.sqlite")); len(found) > 2 {
		t.Errorf("%d parts are left", len(found))
	}
	if got := messages(t, c.Directory, store.Wanted{}); len(got) == 0 || !strings.Contains(got[len(got)-1], fmt.Sprint(n)) {
		t.Error("the last message is gone")
	}
}

func sizeOf(t *testing.T, folder string) (total int64) {
	t.Helper()
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	return total
}
