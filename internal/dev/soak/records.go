//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// disk is the file system on which the records are, and records the folder of the daemon on it.
func disk(folder string) string    { return filepath.Join(folder, "disk") }
func records(folder string) string { return filepath.Join(disk(folder), "records") }

// roomy is the size of the disk while it is not full.
const roomy = "size=8g"

// mountDisk makes a disk of its own for the records.
func mountDisk(folder string) error {
	if err := os.Mkdir(disk(folder), 0o750); err != nil {
		return err
	}
	return unix.Mount("tmpfs", disk(folder), "tmpfs", 0, roomy)
}

// resize changes the size of the disk.
func resize(folder, size string) error {
	return unix.Mount("tmpfs", disk(folder), "tmpfs", unix.MS_REMOUNT, size)
}

// fill makes the disk as small as what is on it, and a little.
func fill(folder string) error {
	var err error
	for range 10 { // it is written to meanwhile
		var st unix.Statfs_t
		if err := unix.Statfs(disk(folder), &st); err != nil {
			return err
		}
		if err = resize(folder, fmt.Sprintf("size=%d", (int64(st.Blocks)-int64(st.Bfree))*st.Bsize+128<<10)); err == nil {
			return nil
		}
	}
	return err
}

// reader reads the record files that are finished, enters what they hold in the ledger, and removes them. Its methods may be called from any
// goroutine.
type reader struct {
	disk   string
	ledger *ledger
	mu     sync.Mutex
	others int   // other records
	err    error // the first one
}

// run reads until ctx ends.
func (r *reader) run(ctx context.Context) {
	for ctx.Err() == nil {
		r.read(false)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// read reads what is there, in all folders. When all is whether those are read, too, that are not finished.
func (r *reader) read(all bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	paths, err := filepath.Glob(filepath.Join(r.disk, "*", "*.jsonl*"))
	for _, path := range paths {
		if err == nil && (all || strings.HasSuffix(path, ".jsonl")) {
			if err = r.file(path); err == nil {
				err = os.Remove(path)
			}
		}
	}
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) file(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err != nil {
				return errors.New(path + " ends in half a line")
			}
			if err := r.enter(line); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// enter enters a record.
func (r *reader) enter(line []byte) error {
	if !bytes.HasPrefix(line, []byte(`{"record":"call"`)) || !bytes.Contains(line, []byte(`"call_id":"`+prefix)) {
		r.others++
		return nil
	}
	var c struct {
		CallID      string `json:"call_id"`
		Disposition string
		ReleasedBy  string  `json:"released_by"`
		SetupMS     float64 `json:"setup_ms"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return err
	}
	number, err := strconv.Atoi(strings.TrimPrefix(c.CallID, prefix))
	if err != nil {
		return err
	}
	r.ledger.records[number]++
	if c.Disposition != "answered" || c.ReleasedBy != "caller" || c.SetupMS <= 0 {
		r.ledger.strange[number] = true
	}
	return nil
}
