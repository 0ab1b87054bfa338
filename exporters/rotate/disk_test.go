package rotate

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"sipspan/exporters"
)

// disk is a file on a disk with a number of bytes left.
type disk struct {
	*os.File
	left      *int
	truncates error
}

func (d *disk) Write(b []byte) (int, error) {
	n := min(len(b), *d.left)
	*d.left -= n
	if n < len(b) {
		written, _ := d.File.Write(b[:n])
		return written, &os.PathError{Op: "write", Path: d.Name(), Err: syscall.ENOSPC}
	}
	return d.File.Write(b)
}

func (d *disk) Truncate(size int64) error {
	if d.truncates != nil {
		return d.truncates
	}
	return d.File.Truncate(size)
}

// onDisk makes the files of a writer on a small disk.
func onDisk(w *Writer, left *int, truncates error) {
	w.create = func(path string) (file, error) {
		f, err := create(path)
		if err != nil {
			return nil, err
		}
		return &disk{f.(*os.File), left, truncates}, nil
	}
}

// TestFullDisk fills a disk and frees it again: no half line, an error that says so, nothing lost but what it names.
func TestFullDisk(t *testing.T) {
	for _, c := range compressions {
		for _, truncates := range []error{nil, errors.New("read-only file system")} {
			t.Run(fmt.Sprint(c, truncates), func(t *testing.T) {
				dir := t.TempDir()
				o := newClock().options(dir, c)
				o.Size = 8 << 10
				left := 20 << 10
				if c != None {
					left = 2 << 10
				}
				w := New(o)
				onDisk(w, &left, truncates)
				var kept []byte
				refused := 0
				for i := range 1000 {
					err := w.Write(line(i))
					switch {
					case err == nil:
						kept = append(kept, line(i)...)
					case !errors.Is(err, syscall.ENOSPC):
						t.Fatalf("line %d: %v", i, err)
					default:
						refused++
					}
					if refused == 50 {
						left = 1 << 30
					}
				}
				if refused != 50 {
					t.Errorf("%d lines were refused", refused)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				if _, err := Recover(dir); err != nil {
					t.Fatal(err)
				}
				if truncates == nil {
					if got := all(t, dir); !bytes.Equal(got, kept) {
						t.Errorf("%d bytes, want %d", len(got), len(kept))
					}
					return
				}
				// What was written of the block that failed may be there twice now, but every line is whole and none is missing.
				got := map[string]bool{}
				for l := range bytes.Lines(all(t, dir)) {
					got[string(l)] = true
				}
				for l := range bytes.Lines(kept) {
					if !got[string(l)] {
						t.Fatalf("missing: %s", l)
					}
					delete(got, string(l))
				}
				if len(got) > 0 {
					t.Errorf("%d lines that nobody wrote", len(got))
				}
			})
		}
	}
}

func TestCloseOnFullDiskSaysWhatIsLost(t *testing.T) {
	dir := t.TempDir()
	left := 0
	w := New(newClock().options(dir, None))
	onDisk(w, &left, nil)
	put(t, w, 0, 7)
	err := w.Close()
	var loss *exporters.LossError
	if !errors.As(err, &loss) || loss.Records != 7 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(err.Error(), "7 records lost: write "+dir) || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("%v", err)
	}
}

// TestHeaderOnFullDisk checks that a file never begins without its header.
func TestHeaderOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	o := newClock().options(dir, None)
	o.Header = []byte("a long header\n")
	left := 4
	w := New(o)
	onDisk(w, &left, nil)
	put(t, w, 0, 3)
	if err := w.Flush(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	if got := names(t, dir); got != nil {
		t.Errorf("left behind: %v", got)
	}
	left = 1 << 20
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, ok := bytes.CutPrefix(all(t, dir), o.Header)
	if !ok {
		t.Error("no header")
	}
	wantLines(t, b, 3)
}
