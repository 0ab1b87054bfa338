package pcapfile

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sipspan/capture"
)

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	whole := pcapFile(le, magicMicro)
	file(t, dir, "day/b.pcap", whole)
	file(t, dir, "day/a", pcapngFile(be))
	file(t, dir, "day/readme.txt", []byte("no capture"))
	file(t, dir, "day/just-begun.pcap", nil)
	file(t, dir, "day/.hidden.pcap", whole)
	file(t, dir, "day/.cache/c.pcap", whole)
	file(t, dir, "day/hour/z.gz", gzipped(t, whole))
	file(t, dir, "day/hour/text.gz", gzipped(t, []byte("no capture")))
	file(t, dir, "day/hour/y.zst", zstandard(t, whole))
	file(t, dir, "day/cut.pcap", whole[:10])
	file(t, dir, "text/only.txt", []byte("no capture"))
	if err := os.Symlink(filepath.Join(dir, "day/b.pcap"), filepath.Join(dir, "day/link.pcap")); err != nil {
		t.Fatal(err)
	}
	file(t, dir, "archive/d.pcap", whole)
	if err := os.Symlink(filepath.Join(dir, "archive/d.pcap"), filepath.Join(dir, "day/linked.pcap")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(dir, "day/loop")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "day"), filepath.Join(dir, "today")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	day := []string{"day/a", "day/b.pcap", "day/cut.pcap", "day/hour/y.zst", "day/hour/z.gz", "day/linked.pcap"}
	for _, c := range []struct {
		name string
		args []string
		want []string
		errs []string
	}{
		{"a folder", []string{"day"}, day, nil},
		{"a linked folder", []string{"today/hour"}, []string{"today/hour/y.zst", "today/hour/z.gz"}, nil},
		{"files as they are", []string{"-", "day/readme.txt", "missing"}, []string{"-", "day/readme.txt", "missing"}, nil},
		{"named twice", []string{"day/b.pcap", "./day/b.pcap", "day"}, append([]string{"day/b.pcap", "day/a"}, day[2:]...), nil},
		{"a pattern", []string{"day/*.pcap"}, []string{"day/b.pcap", "day/cut.pcap", "day/just-begun.pcap", "day/linked.pcap"}, nil},
		{"a pattern for folders", []string{"da?/h*"}, []string{"day/hour/y.zst", "day/hour/z.gz"}, nil},
		{"a folder without captures", []string{"text", "day/a"}, []string{"day/a"}, []string{"text: not a capture file: no file in this folder"}},
		{"a pattern without matches", []string{"*.nothing", "day/a"}, []string{"day/a"}, []string{"*.nothing: no file matches"}},
		{"a broken pattern", []string{"[", "text"}, nil, []string{"[: the pattern is broken", "text: "}},
	} {
		paths, err := Expand(c.args)
		if !reflect.DeepEqual(paths, c.want) {
			t.Errorf("%s: %q, want %q", c.name, paths, c.want)
		}
		if (err == nil) != (c.errs == nil) {
			t.Errorf("%s: error %v", c.name, err)
			continue
		}
		for _, says := range c.errs {
			var in *capture.InputError
			if !strings.Contains(err.Error(), says) || !errors.As(err, &in) {
				t.Errorf("%s: %v, want %q", c.name, err, says)
			}
		}
	}
}

// TestExpandOddNames: a file whose name looks like a pattern is that file.
func TestExpandOddNames(t *testing.T) {
	t.Chdir(t.TempDir())
	file(t, ".", "call[1].pcap", pcapFile(le, magicMicro))
	if paths, err := Expand([]string{"call[1].pcap"}); err != nil || len(paths) != 1 {
		t.Error(paths, err)
	}
}
