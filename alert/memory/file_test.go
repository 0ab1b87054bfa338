package memory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sipspan/alert"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func learned(at time.Time) alert.Memory {
	return alert.Memory{
		Version: alert.MemoryVersion, At: at, Watched: 3600, TimeZone: "Europe/Berlin", Bindings: 7,
		Rules: []alert.MemoryOfOne{{Rule: "invite-5xx", Sees: "status_ratio codes=5xx", Series: []alert.SeriesMemory{
			{Learned: at, Share: &alert.ShareMemory{Bad: 0.1, Of: 1.0 / 3, Windows: 20, Noise: 1.5}},
			{Peer: "carrier-a", Learned: at, Rate: &alert.RateMemory{Mean: 12.5, Days: []int{1}, DayMean: []float32{0.1}, DayVariance: []float32{2}}},
		}}},
	}
}

func write(t *testing.T, path string, m alert.Memory) {
	t.Helper()
	if err := Write(path, m, now); err != nil {
		t.Fatal(err)
	}
}

// names lists a folder.
func names(t *testing.T, folder string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.memory")
	if _, err := Read(path, now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	for i := range 3 { // over what is there, and over what a crash has left
		if err := os.WriteFile(path+part, []byte("half of a"), 0o600); err != nil {
			t.Fatal(err)
		}
		m := learned(now.Add(time.Duration(i) * time.Minute))
		write(t, path, m)
		if got, err := Read(path, now.Add(27*24*time.Hour)); err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%v, %+v\nwant %+v", err, got, m)
		}
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("the folder holds %q", got)
	}
	if s, err := os.Stat(path); err != nil || s.Mode().Perm()&0o007 != 0 {
		t.Errorf("%v, everybody may read it: %v", err, s.Mode())
	}
}

func TestFilesOfNoUse(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "alerts.memory")
	write(t, path, learned(now))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"unexpected end of JSON input":       "",
		"unexpected end of JSON":             string(whole[:len(whole)/2]),
		"invalid character":                  "\x00\x00\x00",
		"cannot unmarshal":                   `{"version":1,"rules":3}`,
		"it has version 0, expected 1":       `{}`,
		"it has version 2, expected 1":       `{"version":2,"rules":3}`,
		"larger than 32 MiB":                 strings.Repeat(" ", maxSize) + string(whole),
		"it was written 29 days ago":         strings.Replace(string(whole), "2026-03-02T09", "2026-02-01T09", 1),
		"cannot unmarshal number 1e999 into": strings.Replace(string(whole), "12.5", "1e999", 1),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Read(path, now)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) || !reflect.DeepEqual(m, alert.Memory{}) {
			t.Errorf("got %v with %+v, want %s", err, m, want)
		}
	}
}

// A daemon does not wait for what is no file, and does not replace it.
func TestWhatIsNoFile(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, t.TempDir(), "/dev/null"} {
		if _, err := Read(path, now); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("reading %s: %v", path, err)
		}
		if err := Write(path, learned(now), now); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("writing %s: %v", path, err)
		}
	}
}

// When it cannot be written, the old file stays, and nothing half is left.
func TestAFileThatCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.memory")
	old := learned(now)
	write(t, path, old)
	long := learned(now.Add(time.Hour))
	long.TimeZone = strings.Repeat("x", maxSize)
	if err := Write(path, long, now); err == nil || !strings.Contains(err.Error(), "are too many") {
		t.Errorf("a memory that is too large: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(path+part, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, learned(now.Add(time.Hour)), now); err == nil {
		t.Error("there is no error although a folder is in the way")
	}
	if got, err := Read(path, now); err != nil || !reflect.DeepEqual(got, old) {
		t.Errorf("%v, the old memory is %+v", err, got)
	}
	if err := Write(filepath.Join(t.TempDir(), "none", "alerts.memory"), old, now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
}
