package pcapfile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	xbpf "golang.org/x/net/bpf"

	"sipspan/capture"
	"sipspan/internal/invariants"
)

func open(t testing.TB, o Options, paths ...string) *Files {
	t.Helper()
	fs, err := Open(paths, o)
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func texts(frames []got) string {
	var s []string
	for _, f := range frames {
		s = append(s, f.data)
	}
	return strings.Join(s, " ")
}

func TestMerge(t *testing.T) {
	dir := t.TempDir()
	at := func(s int64, data string) packet { return packet{time: s * second, data: data} }
	paths := []string{
		file(t, dir, "a.pcap", pcapFile(be, magicNano, at(50, "a50"), at(60, "a60"))),
		file(t, dir, "b.gz", gzipped(t, pcapFile(le, magicMicro, at(10, "b10"), at(30, "b30"), at(20, "b20"), at(60, "b60")))),
		file(t, dir, "empty-but-whole.pcap", pcapFile(le, magicMicro)),
		file(t, dir, "c.pcap", zstandard(t, pcapngFile(be, at(10, "c10"), at(55, "c55")))),
	}
	fs := open(t, Options{}, paths...)
	frames := drain(t, fs)
	// Ties go by argument, b20 stays behind b30 of its own file.
	if got, want := texts(frames), "b10 c10 b30 b20 a50 c55 a60 b60"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
	if errs := fs.Errors(); errs != nil {
		t.Error(errs)
	}
	received := map[string]uint64{}
	for i, s := range fs.Stats() {
		received[s.Name] = s.Received
		for _, f := range frames {
			if f.slot == i && f.data[0] != filepath.Base(s.Name)[0] {
				t.Errorf("%s has the interface of %s", f.data, s.Name)
			}
		}
	}
	if want := map[string]uint64{paths[0]: 2, paths[1]: 4, paths[3]: 2}; !reflect.DeepEqual(received, want) {
		t.Errorf("received %v, want %v", received, want)
	}
}

// TestBrokenInputs: each input that cannot be read is told of, in order, and the others are read.
func TestBrokenInputs(t *testing.T) {
	dir := t.TempDir()
	p := packet{time: second, data: "whole"}
	good := pcapFile(le, magicMicro, p, p)
	gz := gzipped(t, pcapngFile(le, p, p))
	damaged := bytes.Clone(gz)
	damaged[len(damaged)-5] ^= 0xff
	paths := []string{
		file(t, dir, "good.pcap", good),
		file(t, dir, "empty.pcap", nil),
		file(t, dir, "text.pcap", []byte("this is no capture at all")),
		file(t, dir, "cut.pcap", good[:len(good)-1]),
		filepath.Join(dir, "missing.pcap"),
		file(t, dir, "cut.gz", gz[:len(gz)-12]),
		file(t, dir, "damaged.gz", damaged),
		file(t, dir, "cut.zst", zstandard(t, good)[:30]),
		dir,
		file(t, dir, "text.gz", gzipped(t, []byte("text"))),
		file(t, dir, "nothing.zst", zstandard(t, nil)),
		file(t, dir, "xz.pcap", []byte("\xfd7zXZ\x00\x00")),
		file(t, dir, "head.gz", []byte("\x1f\x8b\x08")),
	}
	fs := open(t, Options{}, paths...)
	frames := drain(t, fs)
	if len(frames) < 3 || texts(frames[:3]) != "whole whole whole" {
		t.Errorf("frames %+v", frames)
	}
	want := []struct {
		file, says string
		kind       error
	}{
		{paths[1], "the file is empty", capture.ErrEmpty},
		{paths[2], "not a capture file", capture.ErrNotCapture},
		{paths[3], "packet 2 at byte 45: the file is cut short: 21 bytes belong here, 20 are left", capture.ErrCut},
		{paths[4], "no such file or directory", os.ErrNotExist},
		{paths[5], "cut short: the gzip data ends too early", capture.ErrCut},
		{paths[6], "the gzip data cannot be unpacked", capture.ErrCorrupt},
		{paths[7], "cut short: the zstd data ends too early", capture.ErrCut},
		{paths[8], "it is a folder", nil},
		{paths[9], "not a capture file", capture.ErrNotCapture},
		{paths[10], "the file is empty", capture.ErrEmpty},
		{paths[11], "compressed with xz", capture.ErrNotCapture},
		{paths[12], "cut short", capture.ErrCut},
	}
	errs := fs.Errors()
	if len(errs) != len(want) {
		t.Fatalf("%d errors, want %d:\n%v", len(errs), len(want), errors.Join(errs...))
	}
	for i, w := range want {
		var in *capture.InputError
		text := errs[i].Error()
		switch {
		case !errors.As(errs[i], &in) || in.File != w.file:
			t.Errorf("%v: no InputError of %s", errs[i], w.file)
		case !strings.HasPrefix(text, w.file+": ") || !strings.Contains(text, w.says) || strings.Contains(text, "\n"):
			t.Errorf("%q, want one line with %q", text, w.says)
		case w.kind != nil && !errors.Is(errs[i], w.kind):
			t.Errorf("%q is no %v", text, w.kind)
		}
	}
}

// TestVanished: a file that goes between the first look and its turn is an error like any other.
func TestVanished(t *testing.T) {
	dir := t.TempDir()
	a := file(t, dir, "a", pcapFile(le, magicMicro, packet{time: second, data: "a"}))
	b := file(t, dir, "b", pcapFile(le, magicMicro, packet{time: 2 * second, data: "b"}))
	fs := open(t, Options{}, a, b)
	if err := os.Remove(b); err != nil {
		t.Fatal(err)
	}
	if frames := drain(t, fs); texts(frames) != "a" {
		t.Error(frames)
	}
	if errs := fs.Errors(); len(errs) != 1 || !errors.Is(errs[0], os.ErrNotExist) {
		t.Error(errs)
	}
}

func TestStdin(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = r
	t.Cleanup(func() { os.Stdin = stdin; r.Close() })
	if _, err := w.Write(pcapFile(le, magicMicro, packet{time: second, data: "piped"})[:44]); err != nil {
		t.Fatal(err)
	}
	w.Close()
	saved := file(t, t.TempDir(), "a", pcapFile(le, magicMicro, packet{time: second, data: "saved"}))
	fs := open(t, Options{}, Stdin, saved)
	if frames := drain(t, fs); texts(frames) != "saved" {
		t.Error(frames)
	}
	if errs := fs.Errors(); len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), "standard input: packet 1 at byte 24: ") {
		t.Error(errs)
	}
}

func TestOptions(t *testing.T) {
	if _, err := Open(nil, Options{}); err == nil {
		t.Error("no path is no error")
	}
	if _, err := Open([]string{"x"}, Options{Filter: "udp"}); err == nil {
		t.Error("a filter without a compiler is no error")
	}
}

// firstByte compiles the expression "x" to: the first byte is x. It refuses raw IP.
func firstByte(link capture.LinkType, _ int, expr string) ([]xbpf.RawInstruction, error) {
	if link == capture.LinkRaw {
		return nil, errors.New("not on raw IP")
	}
	return xbpf.Assemble([]xbpf.Instruction{
		xbpf.LoadAbsolute{Off: 0, Size: 1},
		xbpf.JumpIf{Cond: xbpf.JumpEqual, Val: uint32(expr[0]), SkipFalse: 1},
		xbpf.RetConstant{Val: 1},
		xbpf.RetConstant{Val: 0},
	})
}

func TestFilter(t *testing.T) {
	dir := t.TempDir()
	a := file(t, dir, "a", pcapFile(le, magicMicro,
		packet{time: 1 * second, data: "no"}, packet{time: 2 * second, data: "yes"}, packet{time: 3 * second, data: ""}, packet{time: 4 * second, data: "y"}))
	b := sectionBlock(nil, le)
	b = interfaceBlock(b, le, 1, 0)
	b = interfaceBlock(b, le, 101, 0)
	b = enhancedBlock(b, le, 0, 3_000_000, packet{data: "yes, too"})
	b = enhancedBlock(b, le, 1, 4_000_000, packet{data: "yes, but raw"})
	path := file(t, dir, "b", b)
	fs := open(t, Options{Filter: "y", Compile: firstByte}, a, path)
	frames := drain(t, fs)
	if texts(frames) != "yes yes, too y" || frames[0].number != 2 || frames[2].number != 4 {
		t.Errorf("%+v", frames)
	}
	if s := fs.Stats(); s[0].Received != 4 || s[0].Filtered != 2 || s[1].Received != 2 {
		t.Errorf("%+v", s)
	}
	if errs := fs.Errors(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "b: the filter cannot be used on link type RAW: not on raw IP") {
		t.Error(errs)
	}
}

func TestProgress(t *testing.T) {
	dir := t.TempDir()
	full := pcapFile(le, magicMicro, packet{time: second, data: strings.Repeat("x", 1000)})
	paths := []string{file(t, dir, "a", full), file(t, dir, "b", full)}
	var read, total int64
	drain(t, open(t, Options{Progress: func(r, n int64) { read, total = r, n }}, paths...))
	if want := int64(2 * len(full)); read != want || total != want {
		t.Errorf("%d of %d, want %d", read, total, want)
	}
}

// TestBorrow: in the checking builds a kept slice is spoilt by the next Next.
func TestBorrow(t *testing.T) {
	path := file(t, t.TempDir(), "a", pcapFile(le, magicMicro, packet{time: second, data: "first"}, packet{time: second, data: "second"}))
	fs := open(t, Options{}, path)
	defer fs.Close()
	var f, g capture.Frame
	if err := errors.Join(fs.Next(&f), fs.Next(&g)); err != nil {
		t.Fatal(err)
	}
	if invariants.Enabled == (string(f.Data) == "first") {
		t.Errorf("kept slice reads %q, checking build: %v", f.Data, invariants.Enabled)
	}
	if string(g.Data) != "second" {
		t.Errorf("%q", g.Data)
	}
}

func TestNextDoesNotAllocate(t *testing.T) {
	if invariants.Enabled {
		t.Skip("the checking builds are not about speed")
	}
	var packets []packet
	for i := range 3000 {
		packets = append(packets, packet{time: int64(i) * second, data: strings.Repeat("y", 300)})
	}
	dir := t.TempDir()
	paths := []string{
		file(t, dir, "a", pcapFile(le, magicMicro, packets...)),
		file(t, dir, "b", pcapngFile(be, packets...)),
	}
	fs := open(t, Options{Filter: "y", Compile: firstByte}, paths...)
	defer fs.Close()
	var f capture.Frame
	for range 10 { // both files open, filter compiled
		if err := fs.Next(&f); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(4000, func() {
		if err := fs.Next(&f); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func TestManyNames(t *testing.T) {
	var s slots
	for i := range maxSlots + 10 {
		s.add(strings.Repeat("x", i))
	}
	if len(s.list) != maxSlots || s.add("another") != maxSlots-1 || s.add("") != 0 {
		t.Errorf("%d names", len(s.list))
	}
}

// stuck never gives a byte, nor an end.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestNoProgress(t *testing.T) {
	if _, _, err := decode(stuck{}, 64); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}
