package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeSessions writes a file of packed sessions that have the numbers 1, 2, 3 …
func writeSessions(path string, sessions ...[]byte) error {
	w, err := CreateFile(path, 5, 17)
	if err != nil {
		return err
	}
	for i, packed := range sessions {
		if err := w.Write(AppendSession(nil, uint64(i+1), packed)); err != nil {
			return err
		}
	}
	return w.Commit()
}

// A file gives back what was written, and is refused when a byte of it is other or missing.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions")
	want := [][]byte{[]byte("one"), bytes.Repeat([]byte{7}, 100_000), []byte("three")}
	for _, sessions := range [][][]byte{want, nil} {
		if err := writeSessions(path, sessions...); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFile(path)
		if err != nil || got.At != 17 || got.Generation != 5 || len(got.Sessions) != len(sessions) {
			t.Fatalf("read %d sessions at %d, %v", len(got.Sessions), got.At, err)
		}
		for i := range sessions {
			if s := got.Sessions[i]; !bytes.Equal(s.Packed, sessions[i]) || s.Number != uint64(i+1) {
				t.Errorf("session %d is not what it was", i)
			}
		}
	}
	if err := writeSessions(path, []byte("one"), []byte("two")); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	for i := range whole {
		refused(whole[:i])
		other := bytes.Clone(whole)
		other[i] ^= 0x10
		refused(other)
	}
	w, err := CreateFile(path, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	w.Abort()
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) != 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	if _, err := CreateFile(filepath.Join(path, "below", "a file"), 1, 1); err == nil {
		t.Error("nobody says that there is no such folder")
	}
}

// A journal that ends anywhere gives the entries before, and one with other bytes in it those before these.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	want := []Entry{
		{Kind: SessionEnded, At: 1, Number: 32, Packed: []byte("packed")},
		{Kind: SessionWritten, At: 2, Number: 1 << 60, Packed: []byte{}},
		{Kind: SessionWritten, At: 3, Number: 33, Packed: []byte{}},
	}
	whole := AppendJournalHead(nil, 7)
	head := len(whole)
	var ends []int // of the entries
	for i := range want {
		whole = AppendEntry(whole, &want[i])
		ends = append(ends, len(whole))
	}
	read := func(b []byte) ([]Entry, error) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		generation, entries, err := ReadJournal(path)
		if generation != 7 && err == nil {
			t.Errorf("%d bytes: generation %d", len(b), generation)
		}
		return entries, err
	}
	before := func(n int) (count int) {
		for _, end := range ends {
			if end <= n {
				count++
			}
		}
		return count
	}
	for n := range len(whole) + 1 {
		entries, err := read(whole[:n])
		if (err != nil) != (n < head) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if n >= head {
			if diff := cmp.Diff(want[:before(n)], append([]Entry{}, entries...)); diff != "" {
				t.Errorf("%d bytes: -want +got\n%s", n, diff)
			}
		}
	}
	for n := head; n < len(whole); n++ {
		other := bytes.Clone(whole)
		other[n] ^= 0x10
		if entries, _ := read(other); len(entries) != before(n) {
			t.Errorf("byte %d is another one: %d entries", n, len(entries))
		}
	}
	if _, _, err := ReadJournal(path + "2"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
