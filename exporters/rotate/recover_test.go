package rotate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// brief is a short line.
func brief(i int) []byte { return fmt.Appendf(nil, "{\"n\":%d}\n", 1000*i) }

// partOf writes some blocks of lines and returns the file as it is before it is complete, and how many bytes of lines
// each prefix of it holds in whole blocks: offset in the file → bytes of lines.
func partOf(t *testing.T, c Compression) (path string, file []byte, blocks map[int]int) {
	t.Helper()
	dir := t.TempDir()
	w := New(newClock().options(dir, c))
	blocks = map[int]int{0: 0}
	n := 0
	for i := range 12 {
		if err := w.Write(brief(i)); err != nil {
			t.Fatal(err)
		}
		n += len(brief(i))
		if i%4 == 3 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			blocks[int(w.size)] = n
		}
	}
	path = filepath.Join(dir, names(t, dir)[0])
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path, file, blocks
}

// TestRecoverEveryCut cuts a part at every byte: what comes back is whole lines from the beginning, all of those in
// whole blocks at least.
func TestRecoverEveryCut(t *testing.T) {
	for _, c := range compressions {
		t.Run(c.String(), func(t *testing.T) {
			path, file, blocks := partOf(t, c)
			var lines []byte
			for i := range 12 {
				lines = append(lines, brief(i)...)
			}
			dir := t.TempDir()
			atLeast := 0
			for cut := 0; cut <= len(file); cut++ {
				atLeast = max(atLeast, blocks[cut])
				checkRecovered(t, filepath.Join(dir, filepath.Base(path)), file[:cut], lines, atLeast)
			}
		})
	}
}

func checkRecovered(t *testing.T, path string, file, lines []byte, atLeast int) {
	t.Helper()
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	done, err := Recover(filepath.Dir(path))
	if err != nil || len(done) != 1 || done[0].Part != path {
		t.Fatalf("cut at %d: %v %v", len(file), done, err)
	}
	list := names(t, filepath.Dir(path))
	if done[0].Path == "" {
		if atLeast > 0 || len(list) > 0 {
			t.Fatalf("cut at %d: %d bytes of lines are gone, left is %v", len(file), atLeast, list)
		}
		return
	}
	if len(list) != 1 || filepath.Join(filepath.Dir(path), list[0]) != done[0].Path || done[0].Path+partSuffix != path {
		t.Fatalf("cut at %d: %v, left is %v", len(file), done, list)
	}
	got := content(t, done[0].Path)
	if len(got) < atLeast || !bytes.HasPrefix(lines, got) || got[len(got)-1] != '\n' {
		t.Fatalf("cut at %d: %d bytes of %d: %q", len(file), len(got), atLeast, got[max(0, len(got)-40):])
	}
	if err := os.Remove(done[0].Path); err != nil {
		t.Fatal(err)
	}
}

func TestRecoverLeavesOthersAlone(t *testing.T) {
	dir := t.TempDir()
	w := New(newClock().options(dir, None))
	put(t, w, 0, 3)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	strangers := []string{"notes.part", "call-20261121T093000Z-0001.jsonl", "Call-20261121T093000Z-0001.jsonl.part", "call-20261121T093000Z-0001.jsonl.bz2.part"}
	for _, name := range strangers {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half a line"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "call-20261121T093000Z-0009.jsonl.part"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := names(t, dir)
	done, err := Recover(dir) // the writer is alive
	if err != nil || len(done) != 0 || !slices.Equal(names(t, dir), before) {
		t.Errorf("%v %v, left is %v", done, err, names(t, dir))
	}
	put(t, w, 3, 6)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b := content(t, filepath.Join(dir, strangers[1])); string(b) != "half a line" {
		t.Errorf("%s was overwritten", strangers[1])
	}
	wantLines(t, content(t, filepath.Join(dir, "call-20261121T093000Z-0002.jsonl")), 6)
}

func TestRecoverNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	final := filepath.Join(dir, "call-20261121T093000Z-0001.jsonl")
	for path, text := range map[string]string{final: "old\n", final + partSuffix: "new\nhalf"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done, err := Recover(dir)
	if err != nil || len(done) != 1 || !done[0].Cut {
		t.Fatalf("%v %v", done, err)
	}
	if got := string(all(t, dir)); got != "old\nnew\n" {
		t.Errorf("%q in %v", got, names(t, dir))
	}
}

func TestRecoverNothing(t *testing.T) {
	if done, err := Recover(filepath.Join(t.TempDir(), "none")); done != nil || err != nil {
		t.Errorf("%v %v", done, err)
	}
}

func TestRecoverLongLines(t *testing.T) {
	long := append(bytes.Repeat([]byte("x"), 3*blockSize), '\n')
	for _, c := range compressions {
		dir := t.TempDir()
		packed, err := c.packer()(nil, long)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := c.packer()(nil, bytes.Repeat([]byte("y"), 2*blockSize))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "call-20261121T093000Z-0001.jsonl"+compressionSuffixes[c]+partSuffix)
		if err := os.WriteFile(path, append(packed, rest...), 0o600); err != nil {
			t.Fatal(err)
		}
		if done, err := Recover(dir); err != nil || len(done) != 1 || !done[0].Cut {
			t.Errorf("%v: %v %v", c, done, err)
		}
		if !bytes.Equal(all(t, dir), long) {
			t.Errorf("%v: %d bytes, want %d", c, len(all(t, dir)), len(long))
		}
	}
}

// writeForever is the environment variable that makes a process of the test binary write lines until it is killed.
const writeForever = "SIPSPAN_TEST_WRITE_FOREVER"

func TestMain(m *testing.M) {
	if target := os.Getenv(writeForever); target != "" {
		dir, compression, _ := strings.Cut(target, "|")
		c, err := ParseCompression(compression)
		if err != nil {
			panic(err)
		}
		w := New(Options{Directory: dir, Name: "call", Extension: "jsonl", Compression: c, Size: 1 << 20})
		for i := 0; ; i++ {
			if err := w.Write(line(i)); err != nil {
				panic(err)
			}
			if i%1000 == 999 {
				if err := w.Flush(); err != nil {
					panic(err)
				}
				os.Stdout.WriteString("more\n")
			}
		}
	}
	os.Exit(m.Run())
}

// TestKill9 kills a process while it writes; what it had flushed is all there, every line whole.
func TestKill9(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range compressions {
		t.Run(c.String(), func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), writeForever+"="+dir+"|"+c.String())
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			flushed := 0
			said := bufio.NewScanner(out)
			for flushed < 20_000 && said.Scan() {
				flushed += 1000
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, out); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // killed, as it says

			if _, err := Recover(dir); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, name := range names(t, dir) {
				if strings.HasSuffix(name, partSuffix) || strings.HasPrefix(name, ".") {
					t.Errorf("left behind: %s", name)
				}
				for text := range bytes.Lines(content(t, filepath.Join(dir, name))) {
					var one struct{ N int }
					if err := json.Unmarshal(text, &one); err != nil || one.N != n || !bytes.Equal(text, line(n)) {
						t.Fatalf("%s, line %d: %v: %q", name, n, err, text)
					}
					n++
				}
			}
			if n < flushed {
				t.Errorf("%d lines, %d had been flushed", n, flushed)
			}
		})
	}
}

// FuzzRecover recovers a part of any bytes: no panic, and a file that is whole lines.
func FuzzRecover(f *testing.F) {
	for _, c := range compressions {
		packed, err := c.packer()(nil, []byte("{\"a\":1}\n{\"b\":2}\n"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(c), packed)
		f.Add(byte(c), append(slices.Clone(packed), packed[:len(packed)-3]...))
		f.Add(byte(c), []byte("garbage"))
		f.Add(byte(c), []byte{})
	}
	f.Fuzz(func(t *testing.T, kind byte, file []byte) {
		c := compressions[int(kind)%len(compressions)]
		dir := t.TempDir()
		path := filepath.Join(dir, "call-20261121T093000Z-0001.jsonl"+compressionSuffixes[c]+partSuffix)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		done, err := Recover(dir)
		if err != nil || len(done) != 1 {
			t.Fatalf("%v %v", done, err)
		}
		if done[0].Path == "" {
			return
		}
		if b := content(t, done[0].Path); len(b) > 0 && b[len(b)-1] != '\n' {
			t.Errorf("ends in half a line: %q", b)
		}
	})
}
