package files_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sipspan/exporters"
	"sipspan/exporters/exporterstest"
	"sipspan/exporters/files"
	"sipspan/record"
)

// TestFullDisk fills a real disk, frees it, and goes on: what was lost is counted, what was kept is whole lines.
func TestFullDisk(t *testing.T) {
	for _, compression := range []string{"none", "gzip", "zstd"} {
		t.Run(compression, func(t *testing.T) {
			c := config(exporterstest.SmallDisk(t, 64))
			c.Compression, c.RotateSize = compression, 16<<10
			f, err := files.Open(c, quiet, now)
			if err != nil {
				t.Fatal(err)
			}
			ballast := filepath.Join(c.Directory, "ballast")
			if err := os.WriteFile(ballast, make([]byte, 40<<10), 0o600); err != nil {
				t.Fatal(err)
			}
			const n = 1000
			lost := 0
			for i := range n {
				r := &record.Call{Header: record.Header{ID: fmt.Sprint(i), CallID: noise(i)}}
				if err := f.Export(r); err != nil {
					if !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), "write "+c.Directory) {
						t.Fatal(err)
					}
					lost++
				}
				if lost == 20 {
					if err := os.Remove(ballast); err != nil && !errors.Is(err, os.ErrNotExist) {
						t.Fatal(err)
					}
					makeRoom(t, c.Directory)
				}
			}
			if lost == 0 {
				t.Fatal("the disk was never full")
			}
			makeRoom(t, c.Directory)
			var loss *exporters.LossError
			if err := f.Close(); errors.As(err, &loss) {
				lost += loss.Records
			} else if err != nil {
				t.Fatal(err)
			}
			if compression == "none" {
				for name, text := range tree(t, c.Directory) {
					for line := range bytes.Lines([]byte(text)) {
						if !json.Valid(line) {
							t.Errorf("%s: %q", name, line)
						}
					}
				}
			}
			for _, name := range kinds(t, c.Directory) {
				if strings.HasSuffix(name, ".part") {
					t.Errorf("left behind: %s", name)
				}
			}
			t.Logf("%d of %d records lost", lost, n)
		})
	}
}

// noise is text that does not compress well.
func noise(i int) string {
	x := uint64(i)*0x9e3779b97f4a7c15 + 1
	var b strings.Builder
	for range 16 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		fmt.Fprintf(&b, "%016x", x)
	}
	return b.String()
}

// makeRoom removes the complete files.
func makeRoom(t *testing.T, dir string) {
	t.Helper()
	complete, err := filepath.Glob(filepath.Join(dir, "call-*-????.jsonl*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range complete {
		if strings.HasSuffix(path, ".part") {
			continue
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}
