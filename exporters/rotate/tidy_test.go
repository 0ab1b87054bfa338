package rotate

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// finish writes a file of a series as a Writer leaves it, and returns its path.
func finish(t *testing.T, dir, name, text string, written time.Time) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, written, written); err != nil {
		t.Fatal(err)
	}
	return path
}

// mine says that files are ours which begin as the lines of these tests do.
func mine(name, ending string, lines *bufio.Reader) bool {
	first, err := lines.ReadString('\n')
	return err == nil && strings.HasPrefix(first, `{"n":`) && name == "call" && ending == ".jsonl"
}

// tidied tidies a folder twice, and checks that the second time finds nothing to do.
func tidied(t *testing.T, what Tidying) Tidied {
	t.Helper()
	what.Mine, what.Known = mine, map[string]bool{}
	done, err := Tidy(t.Context(), what)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Tidy(t.Context(), what)
	if err != nil || again.Packed != nil || again.Removed != nil {
		t.Errorf("the second time: %+v, %v; the first time %+v", again, err, done)
	}
	return done
}

// TestTidyPacks packs finished files and nothing else, with their lines, time and rights.
func TestTidyPacks(t *testing.T) {
	now := newClock().Now()
	for _, c := range []Compression{Gzip, Zstd} {
		dir := t.TempDir()
		text := strings.Repeat(string(line(7)), 9000)
		path := finish(t, dir, "call-20261121T093000Z-0001.jsonl", text, now.Add(-time.Hour))
		for _, other := range []string{"call-20261121T093000Z-0002.jsonl.part", "notes.jsonl", "calls.jsonl", "Call-20261121T093000Z-0001.jsonl"} {
			finish(t, dir, other, text, now.Add(-time.Hour))
		}
		foreign := finish(t, dir, "call-20261121T093000Z-0003.jsonl", "{\"m\":1}\n", now.Add(-time.Hour))
		if err := os.Symlink(foreign, filepath.Join(dir, "call-20261121T093000Z-0004.jsonl")); err != nil {
			t.Fatal(err)
		}
		left := finish(t, dir, packPrefix+"123", "half", now.Add(-2*time.Hour)) // by a crash
		done := tidied(t, Tidying{Directory: dir, Pack: c, Now: now})
		packed := path + compressionSuffixes[c]
		if !slices.Equal(done.Packed, []string{path}) || taken(path) || taken(left) || len(names(t, dir)) != 7 {
			t.Errorf("%+v leaves %v", done, names(t, dir))
		}
		if got := string(content(t, packed)); got != text {
			t.Errorf("%v: %d bytes, want %d", c, len(got), len(text))
		}
		info, err := os.Stat(packed)
		if err != nil || !info.ModTime().Equal(now.Add(-time.Hour)) || info.Mode() != 0o640 || done.Left != info.Size() {
			t.Errorf("%v %v, %d bytes left", info, err, done.Left)
		}
	}
}

// TestTidyAfterACrash finds a packed file beside the one that it was made of: the same lines are kept once, others twice.
func TestTidyAfterACrash(t *testing.T) {
	dir, now := t.TempDir(), newClock().Now()
	path := finish(t, dir, "call-20261121T093000Z-0001.jsonl", string(line(1)), now)
	block, err := Gzip.packer()(nil, line(1))
	if err != nil {
		t.Fatal(err)
	}
	finish(t, dir, "call-20261121T093000Z-0001.jsonl.gz", string(block), now)
	tidied(t, Tidying{Directory: dir, Pack: Gzip, Now: now})
	if got := string(all(t, dir)); got != string(line(1)) || taken(path) {
		t.Errorf("%q in %v", got, names(t, dir))
	}
	finish(t, dir, "call-20261121T093000Z-0001.jsonl", string(line(2)), now)
	what := Tidying{Directory: dir, Pack: Gzip, Now: now, Mine: mine, Known: map[string]bool{}}
	if _, err := Tidy(t.Context(), what); err == nil || !strings.Contains(err.Error(), "it holds something else") || len(names(t, dir)) != 2 {
		t.Errorf("%v leaves %v", err, names(t, dir))
	}
}

// TestTidyRemoves removes what is too old and then what is too much, the oldest first, and nothing that is not ours.
func TestTidyRemoves(t *testing.T) {
	dir, now := t.TempDir(), newClock().Now()
	text := string(line(0)) // some 30 bytes
	var own []string
	for i, name := range []string{"call-20261121T090000Z-0001.jsonl", "call-20261121T080000Z-0001.jsonl", "call-20261121T070000Z-0001.jsonl"} {
		own = append(own, finish(t, dir, name, text, now.Add(-time.Duration(i+1)*time.Hour)))
	}
	finish(t, dir, "call-20261121T010000Z-0001.jsonl", "{\"m\":1}\n", now.Add(-100*time.Hour)) // another program's
	finish(t, dir, "call-20261121T010000Z-0002.jsonl", "", now.Add(-100*time.Hour))
	finish(t, dir, "precious.txt", "", now.Add(-100*time.Hour))
	size := int64(len(text))
	for _, c := range []struct {
		what    Tidying
		removed []string
		left    int64
	}{
		{Tidying{KeepFor: 4 * time.Hour, KeepTotal: 3 * size}, nil, 3 * size},
		{Tidying{KeepFor: 150 * time.Minute}, own[2:], 2 * size},
		{Tidying{KeepTotal: 2*size - 1}, own[1:2], size},
	} {
		c.what.Directory, c.what.Now = dir, now
		if done := tidied(t, c.what); !slices.Equal(done.Removed, c.removed) || done.Left != c.left {
			t.Errorf("%+v, want %v removed and %d bytes left", done, c.removed, c.left)
		}
	}
	if got := names(t, dir); len(got) != 4 {
		t.Errorf("left are %v", got)
	}
}

// TestTidyStops ends in the middle of a file: nothing of it is left.
func TestTidyStops(t *testing.T) {
	dir, now := t.TempDir(), newClock().Now()
	path := finish(t, dir, "call-20261121T093000Z-0001.jsonl", strings.Repeat(string(line(7)), 9000), now)
	ctx, stop := context.WithCancel(t.Context())
	what := Tidying{Directory: dir, Pack: Gzip, Now: now, Known: map[string]bool{}}
	what.Mine = func(string, string, *bufio.Reader) bool { stop(); return true }
	if _, err := Tidy(ctx, what); err == nil {
		t.Error("no error")
	}
	if got := names(t, dir); len(got) != 1 || got[0] != filepath.Base(path) {
		t.Errorf("left are %v", got)
	}
}
