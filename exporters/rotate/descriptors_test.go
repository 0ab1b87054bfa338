package rotate

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// TestOutOfDescriptors begins a file when the process may open no other: nothing is lost, and the file is begun when it may again.
func TestOutOfDescriptors(t *testing.T) {
	dir := t.TempDir()
	w := New(newClock().options(dir, None))
	put(t, w, 0, 10)
	probe, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	next := uint64(probe.Fd()) // the number that the next file would have
	probe.Close()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	restore := func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
	}
	defer restore()
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: next, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("without a descriptor: %v", err)
	}
	restore()
	put(t, w, 10, 20)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wantLines(t, all(t, dir), 20)
}
