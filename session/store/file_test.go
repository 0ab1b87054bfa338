package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A file gives back what was written, and is refused when a byte of it is other or missing.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions")
	want := [][]byte{[]byte("one"), bytes.Repeat([]byte{7}, 100_000), []byte("three")}
	for _, sessions := range [][][]byte{want, nil} {
		if err := WriteFile(path, 17, sessions); err != nil {
			t.Fatal(err)
		}
		at, got, err := ReadFile(path)
		if err != nil || at != 17 || len(got) != len(sessions) {
			t.Fatalf("read %d sessions at %d, %v", len(got), at, err)
		}
		for i := range sessions {
			if !bytes.Equal(got[i], sessions[i]) {
				t.Errorf("session %d is not what it was", i)
			}
		}
	}
	if err := WriteFile(path, 17, [][]byte{[]byte("one"), []byte("two")}); err != nil {
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
		if _, _, err := ReadFile(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	for i := range whole {
		refused(whole[:i])
		other := bytes.Clone(whole)
		other[i] ^= 0x10
		refused(other)
	}
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) != 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	if err := WriteFile(filepath.Join(path, "below", "a file"), 1, nil); err == nil {
		t.Error("nobody says that there is no such folder")
	}
}
