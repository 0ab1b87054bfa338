package rotate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var compressions = []Compression{None, Gzip, Zstd}

// clock is the time of a test.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { return c.now }

func (c *clock) options(dir string, compression Compression) Options {
	return Options{Directory: dir, Name: "call", Extension: "jsonl", Compression: compression, Now: c.Now}
}

// line is the text of line i, of a length that varies.
func line(i int) []byte {
	return fmt.Appendf(nil, "{\"n\":%d,\"text\":\"%s\"}\n", i, strings.Repeat("x", i*7919%300))
}

func put(t *testing.T, w *Writer, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if err := w.Write(line(i)); err != nil {
			t.Fatal(err)
		}
	}
}

// content unpacks a file.
func content(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c := None
	for i, suffix := range compressionSuffixes {
		if suffix != "" && strings.HasSuffix(path, suffix) {
			c = Compression(i)
		}
	}
	r, err := c.reader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return b
}

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// all joins the files of a folder in the order of their names.
func all(t *testing.T, dir string) []byte {
	t.Helper()
	var b []byte
	for _, name := range names(t, dir) {
		b = append(b, content(t, filepath.Join(dir, name))...)
	}
	return b
}

// wantLines checks that b is the lines from 0 to n.
func wantLines(t *testing.T, b []byte, n int) {
	t.Helper()
	var want []byte
	for i := range n {
		want = append(want, line(i)...)
	}
	if !bytes.Equal(b, want) {
		t.Errorf("%d lines in %d bytes, want %d lines in %d bytes", bytes.Count(b, []byte("\n")), len(b), n, len(want))
	}
}

func TestWriter(t *testing.T) {
	for _, c := range compressions {
		t.Run(c.String(), func(t *testing.T) {
			dir := t.TempDir()
			w := New(newClock().options(dir, c))
			if got := names(t, dir); got != nil {
				t.Errorf("files before the first line: %v", got)
			}
			put(t, w, 0, 2000)
			name := "call-20261121T093000Z-0001.jsonl" + compressionSuffixes[c]
			if got := names(t, dir); !slices.Equal(got, []string{name + ".part"}) {
				t.Errorf("while it is written: %v", got)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if got := names(t, dir); !slices.Equal(got, []string{name}) {
				t.Errorf("complete: %v", got)
			}
			wantLines(t, all(t, dir), 2000)
		})
	}
}

func TestWriterWithoutLines(t *testing.T) {
	dir := t.TempDir()
	w := New(newClock().options(dir, None))
	if err := errors.Join(w.Flush(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != nil {
		t.Errorf("files of nothing: %v", got)
	}
}

func TestRotationBySize(t *testing.T) {
	for _, c := range compressions {
		t.Run(c.String(), func(t *testing.T) {
			dir := t.TempDir()
			o := newClock().options(dir, c)
			o.Size = 8 << 10
			w := New(o)
			put(t, w, 0, 2000)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			list := names(t, dir)
			if len(list) < 2 || !slices.Contains(list, "call-20261121T093000Z-0002.jsonl"+compressionSuffixes[c]) {
				t.Errorf("files: %v", list)
			}
			for _, name := range list {
				f, err := os.Stat(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				if f.Size() > o.Size {
					t.Errorf("%s has %d bytes", name, f.Size())
				}
			}
			wantLines(t, all(t, dir), 2000)
		})
	}
}

func TestRotationByAge(t *testing.T) {
	dir := t.TempDir()
	clock := newClock()
	o := clock.options(dir, None)
	o.Every = time.Hour
	w := New(o)
	put(t, w, 0, 10)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	clock.now = clock.now.Add(time.Hour - 1)
	put(t, w, 10, 20)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"call-20261121T093000Z-0001.jsonl.part"}) {
		t.Errorf("before the hour: %v", got)
	}
	clock.now = clock.now.Add(1)
	if err := w.Flush(); err != nil { // without a new line
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"call-20261121T093000Z-0001.jsonl"}) {
		t.Errorf("after the hour: %v", got)
	}
	put(t, w, 20, 30)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"call-20261121T093000Z-0001.jsonl", "call-20261121T103000Z-0001.jsonl"}) {
		t.Errorf("at the end: %v", got)
	}
	wantLines(t, all(t, dir), 30)
}

func TestHeaderInEveryFile(t *testing.T) {
	for _, c := range compressions {
		dir := t.TempDir()
		o := newClock().options(dir, c)
		o.Header, o.Size, o.Extension = []byte("n,text\n"), 4<<10, "csv"
		w := New(o)
		put(t, w, 0, 100)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var lines []byte
		for _, name := range names(t, dir) {
			b, ok := bytes.CutPrefix(content(t, filepath.Join(dir, name)), o.Header)
			if !ok {
				t.Errorf("%s has no header", name)
			}
			lines = append(lines, b...)
		}
		wantLines(t, lines, 100)
	}
}

func TestFlushedLinesAreInTheFile(t *testing.T) {
	for _, c := range compressions {
		dir := t.TempDir()
		w := New(newClock().options(dir, c))
		for i := range 5 {
			put(t, w, i, i+1)
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, names(t, dir)[0])
			copied := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(path), partSuffix))
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(copied, b, 0o600); err != nil {
				t.Fatal(err)
			}
			wantLines(t, content(t, copied), i+1)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesAreNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	clock := newClock()
	for i := range 3 {
		w := New(clock.options(dir, None))
		put(t, w, i, i+1)
		if i == 1 { // a part of another process is in the way as well
			if err := os.WriteFile(filepath.Join(dir, "call-20261121T093000Z-0002.jsonl.part"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"call-20261121T093000Z-0001.jsonl", "call-20261121T093000Z-0002.jsonl.part",
		"call-20261121T093000Z-0003.jsonl", "call-20261121T093000Z-0004.jsonl",
	}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	wantLines(t, all(t, dir), 3)
}

// TestFolderThatIsGoneComesBack puts a file where the folder belongs: nothing can be written until it is gone, and nothing is lost.
func TestFolderThatIsGoneComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "records")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := New(newClock().options(dir, None))
	put(t, w, 0, 3)
	if err := w.Flush(); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("%v", err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wantLines(t, all(t, dir), 3)
}

func BenchmarkWrite(b *testing.B) {
	text := line(40)
	for _, c := range compressions {
		b.Run(c.String(), func(b *testing.B) {
			w := New(Options{Directory: b.TempDir(), Name: "call", Extension: "jsonl", Compression: c, Size: 64 << 20})
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if err := w.Write(text); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
