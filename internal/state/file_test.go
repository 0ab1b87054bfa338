package state

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Calls are taken up once; a file that is of no use is set aside and said so in one line.
func TestFile(t *testing.T) {
	var log bytes.Buffer
	dir := t.TempDir()
	f := File{Path: Config{Directory: dir, Sessions: true}.Path(), MaxAge: time.Hour, Log: slog.New(slog.NewTextHandler(&log, nil))}
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	calls := [][]byte{[]byte("one"), []byte("two")}

	if got := f.Load(now); got != nil || log.Len() > 0 {
		t.Errorf("without a file: %q, %s", got, &log)
	}
	f.Save(now, nil)
	if exists(f.Path) {
		t.Error("there is a file for no calls")
	}
	f.Save(now, calls)
	if got := f.Load(now.Add(time.Minute)); len(got) != 2 || string(got[1]) != "two" {
		t.Errorf("loaded %q", got)
	}
	if exists(f.Path) || f.Load(now) != nil {
		t.Error("calls are taken up twice")
	}

	for name, spoil := range map[string]func(){
		"too old": func() { now = now.Add(2 * time.Hour) },
		"cannot read": func() {
			if err := os.WriteFile(f.Path, []byte("sipspan sessions 1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		f.Save(now, calls)
		spoil()
		log.Reset()
		if got := f.Load(now); got != nil {
			t.Errorf("%s: loaded %q", name, got)
		}
		if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), name) {
			t.Errorf("%s: log is %s", name, &log)
		}
		if exists(f.Path) || !exists(f.Path+aside) {
			t.Errorf("%s: the file is not set aside", name)
		}
	}

	log.Reset()
	f.Path = filepath.Join(dir, "no", "folder")
	f.Save(now, calls)
	if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "calls=2") {
		t.Errorf("log is %s", &log)
	}
	for _, c := range []Config{{}, {Sessions: true}, {Directory: dir}} {
		if c.Path() != "" {
			t.Errorf("%+v has a file", c)
		}
	}
}
