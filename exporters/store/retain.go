package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// retain removes the parts that are too old or too many. The part that is written stays.
func (s *Store) retain() error {
	s.checked = s.now()
	found, err := parts(s.config.Directory)
	if err != nil {
		return fmt.Errorf("looking for old parts of the store: %w", err)
	}
	var total int64
	for _, path := range found {
		total += size(path)
	}
	var errs []error
	for i, path := range found {
		if path == s.path || i+1 == len(found) {
			break
		}
		// A part was finished when the next one was begun.
		ended, err := begun(found[i+1])
		old := err == nil && s.config.KeepFor > 0 && s.now().Sub(ended) > s.config.KeepFor
		much := s.config.KeepTotal > 0 && total > s.config.KeepTotal
		if !old && !much {
			break
		}
		n := size(path)
		if err := remove(path); err != nil {
			errs = append(errs, fmt.Errorf("removing an old part of the store: %w", err))
			continue
		}
		total -= n
		s.log.Info("removed an old part of the store", "path", path, "bytes", n)
	}
	return errors.Join(errs...)
}

// room reports a disk that has too little left.
func (s *Store) room() error {
	if s.config.MinFree == 0 {
		return nil
	}
	free, err := freeBytes(s.config.Directory)
	if err != nil {
		return fmt.Errorf("asking for the free space of %s: %w", s.config.Directory, err)
	}
	if free < s.config.MinFree {
		return fmt.Errorf("%s has %d MiB left, which is less than exporters.store.min_free (%d MiB)", s.config.Directory, free>>20, s.config.MinFree>>20)
	}
	return nil
}

// freeBytes returns how much an unprivileged program may still write to the disk of a folder.
func freeBytes(folder string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// lockName is the file that the writer of a store holds locked.
const lockName = "writer.lock"

// lock makes sure that no other process writes to the store. The lock ends with the process.
func lock(folder string) (*os.File, error) {
	path := filepath.Join(folder, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("locking the store: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("the store %s is written by another process: give each its own exporters.store.directory", folder), f.Close())
	}
	return f, nil
}
