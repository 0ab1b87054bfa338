package file_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"sipspan/exporters"
	"sipspan/exporters/notify/file"
	"sipspan/record"
)

func alert(id string) *record.Alert {
	return &record.Alert{Header: record.Header{ID: id, Start: 1e18}, Rule: "5xx", State: "firing"}
}

func open(t *testing.T, path string) *file.File {
	t.Helper()
	f, err := file.Open(file.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func export(t *testing.T, f *file.File, r record.Record) {
	t.Helper()
	if err := f.Export(r); err != nil {
		t.Fatal(err)
	}
}

// ids returns the IDs in a file, each line of which has to be one whole alert.
func ids(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		t.Errorf("%s does not end with a whole line", path)
	}
	var all []string
	for line := range bytes.Lines(text) {
		var a struct{ Record, ID string }
		if err := json.Unmarshal(line, &a); err != nil || a.Record != "alert" {
			t.Errorf("%s: %v: %q", path, err, line)
		}
		all = append(all, a.ID)
	}
	return strings.Join(all, " ")
}

func TestAppends(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	f := open(t, path)
	export(t, f, alert("1"))
	export(t, f, &record.Call{})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	export(t, f, alert("2"))
	if got := ids(t, path); got != "1 2" {
		t.Errorf("%s", got)
	}
}

// TestRotation moves, removes and truncates the file as logrotate does, with and without telling.
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	f := open(t, path)
	export(t, f, alert("1"))
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	export(t, f, alert("2"))
	if got := ids(t, path+".1") + " | " + ids(t, path); got != "1 | 2" {
		t.Errorf("after a rename: %s", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, path); got != "" {
		t.Errorf("after a removal, before an alert: %s", got)
	}
	export(t, f, alert("3"))
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	export(t, f, alert("4"))
	f.Reopen()
	export(t, f, alert("5"))
	if got := ids(t, path); got != "4 5" {
		t.Errorf("after a truncation and a request: %s", got)
	}
}

func TestFolderGoneForAWhile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f := open(t, filepath.Join(dir, "alerts.jsonl"))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	err := f.Export(alert("1"))
	var passing *exporters.TemporaryError
	if !errors.As(err, &passing) || !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%v: expected an error that may pass", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	export(t, f, alert("1"))
	if got := ids(t, filepath.Join(dir, "alerts.jsonl")); got != "1" {
		t.Error(got)
	}
}

// TestHalfLineOfACrash checks what becomes of the end of a file that somebody left without a line feed.
func TestHalfLineOfACrash(t *testing.T) {
	whole := string(alert("1").AppendJSON(nil)) + "\n"
	for rest, want := range map[string]string{
		whole[:1]:   whole,
		whole[:100]: whole,
		"by hand":   whole + "by hand\n",
		"":          whole,
	} {
		path := filepath.Join(t.TempDir(), "alerts.jsonl")
		if err := os.WriteFile(path, []byte(whole+rest), 0o600); err != nil {
			t.Fatal(err)
		}
		export(t, open(t, path), alert("2"))
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want += string(alert("2").AppendJSON(nil)) + "\n"; string(got) != want {
			t.Errorf("behind %q:\n%swant\n%s", rest, got, want)
		}
	}
}

// TestFullDisk lets the disk end within a line: a limit of the process on the size of a file has the same effect.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	f := open(t, path)
	export(t, f, alert("1"))
	s, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	small := syscall.Rlimit{Cur: uint64(s.Size()) + 20, Max: before.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	err = f.Export(alert("2"))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("%v: expected %v", err, syscall.EFBIG)
	}
	if got := ids(t, path); got != "1" {
		t.Errorf("half a line stayed: %s", got)
	}
	export(t, f, alert("3"))
	if got := ids(t, path); got != "1 3" {
		t.Error(got)
	}
}

// TestTwoSensors lets two exporters write into one file at the same time.
func TestTwoSensors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	var writing sync.WaitGroup
	for range 2 {
		f := open(t, path)
		writing.Go(func() {
			for i := range 50 {
				if err := f.Export(alert(fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	if n := len(strings.Fields(ids(t, path))); n != 100 {
		t.Errorf("%d lines of 100", n)
	}
}

func TestRefusesWhatIsNoFile(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, t.TempDir(), t.TempDir() + "/none/alerts.jsonl", "alerts/"} {
		if _, err := file.Open(file.Config{Path: path}); err == nil {
			t.Errorf("%s was opened", path)
		} else {
			t.Log(err)
		}
	}
}
