package rotate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/exporters"
)

// TestFileVanishes removes the file that is being written, its folder, or moves the folder away. The next flush reports exactly what is
// lost, and what comes later is written.
func TestFileVanishes(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(dir string) error
		lost int
	}{
		{"file removed", func(dir string) error {
			parts, err := filepath.Glob(filepath.Join(dir, "*.part"))
			for _, p := range parts {
				err = errors.Join(err, os.Remove(p))
			}
			return err
		}, 40},
		{"folder removed", os.RemoveAll, 40},
		{"folder made anew", func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o750)) }, 40},
		{"folder moved", func(dir string) error { return os.Rename(dir, dir+".old") }, 0},
	} {
		for _, compression := range compressions {
			for _, lines := range []int{0, 5} { // that wait in memory
				t.Run(c.name+" "+compression.String(), func(t *testing.T) {
					dir := filepath.Join(t.TempDir(), "records")
					if err := os.Mkdir(dir, 0o750); err != nil {
						t.Fatal(err)
					}
					w := New(newClock().options(dir, compression))
					put(t, w, 100, 140)
					if err := w.Flush(); err != nil {
						t.Fatal(err)
					}
					put(t, w, 0, lines)
					if err := c.harm(dir); err != nil {
						t.Fatal(err)
					}
					err := w.Flush()
					var loss *exporters.LossError
					switch {
					case c.lost == 0 && err != nil:
						t.Fatal(err)
					case c.lost > 0 && (!errors.As(err, &loss) || loss.Records != c.lost || !strings.HasSuffix(err.Error(), ".part was removed while it was written")):
						t.Fatalf("%v", err)
					}
					put(t, w, lines, 20)
					if err := w.Close(); err != nil {
						t.Fatal(err)
					}
					wantLines(t, all(t, dir), 20)
				})
			}
		}
	}
}

// TestFileVanishesBeforeItIsFull removes a file between two flushes: the lines that are written meanwhile are not lost.
func TestFileVanishesBeforeItIsFull(t *testing.T) {
	dir := t.TempDir()
	o := newClock().options(dir, None)
	o.Size = 4 << 10
	w := New(o)
	put(t, w, 100, 110)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, names(t, dir)[0])); err != nil {
		t.Fatal(err)
	}
	put(t, w, 0, 100)
	var loss *exporters.LossError
	if err := w.Close(); !errors.As(err, &loss) || loss.Records != 10 {
		t.Errorf("%v, want a loss of 10 records", err)
	}
	wantLines(t, all(t, dir), 100)
}
