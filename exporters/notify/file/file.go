package file

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"syscall"

	"sipspan/exporters"
	"sipspan/record"
)

var _ exporters.Exporter = (*File)(nil)

// File appends alerts to a file.
type File struct {
	path   string
	open   *os.File // nil: to be opened before the next line
	line   []byte
	reopen atomic.Bool // asked for, from another goroutine
}

// Open opens the file, makes it if it is missing, and completes what a crash left at its end.
func Open(c Config) (*File, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	f := &File{path: c.Path}
	if err := f.begin(); err != nil {
		return nil, fmt.Errorf("opening the file of alerts: %w", err)
	}
	return f, nil
}

// Reopen makes the exporter open the file again, after a rotation. It may be called from any goroutine.
func (f *File) Reopen() { f.reopen.Store(true) }

// Export implements exporters.Exporter. Every error is temporary, because it may have a cause that
// passes: a full disk, a folder that is missing.
func (f *File) Export(r record.Record) error {
	a, ok := r.(*record.Alert)
	if !ok {
		return nil
	}
	if err := f.follow(); err != nil {
		return &exporters.TemporaryError{Err: err}
	}
	f.line = append(a.AppendJSON(f.line[:0]), '\n')
	if err := f.append(f.line); err != nil {
		err = errors.Join(err, f.open.Close())
		f.open = nil // opening it again mends its end
		return &exporters.TemporaryError{Err: err}
	}
	return nil
}

// Flush implements exporters.Exporter: it makes the new file soon after a rotation, so that a program that follows it finds it.
func (f *File) Flush() error {
	if err := f.follow(); err != nil {
		return &exporters.TemporaryError{Err: err}
	}
	return nil
}

// Close implements exporters.Exporter.
func (f *File) Close() error {
	if f.open == nil {
		return nil
	}
	err := f.open.Close()
	f.open = nil
	return err
}

// follow makes sure that the open file is the one of that name.
func (f *File) follow() error {
	if f.open != nil && (f.reopen.Swap(false) || !f.current()) {
		err := f.open.Close()
		f.open = nil
		if err != nil {
			return err
		}
	}
	if f.open == nil {
		return f.begin()
	}
	return nil
}

func (f *File) current() bool {
	named, err := os.Stat(f.path)
	if err != nil {
		return false
	}
	held, err := f.open.Stat()
	return err == nil && os.SameFile(named, held)
}

// begin opens the file. A pipe or a device is refused: it could make the exporter wait for ever, and half of a line
// could not be taken back.
func (f *File) begin() error {
	if s, err := os.Stat(f.path); err == nil && !s.Mode().IsRegular() {
		return &os.PathError{Op: "open", Path: f.path, Err: errors.New("not a regular file")}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	if err := locked(file, func() error { return mend(file) }); err != nil {
		file.Close()
		return err
	}
	f.open = file
	return nil
}

// append writes one line, and cuts off what was written of it when that fails. The lock keeps other sensors that write into the
// same file from adding a line in between.
func (f *File) append(line []byte) error {
	return locked(f.open, func() error {
		s, err := f.open.Stat()
		if err != nil {
			return err
		}
		n, err := f.open.Write(line)
		if err != nil && n > 0 {
			err = errors.Join(err, f.open.Truncate(s.Size()))
		}
		if err != nil {
			return err
		}
		return f.open.Sync()
	})
}

// locked calls do while this process has the lock of the file.
func locked(file *os.File, do func() error) error {
	if err := flock(file, syscall.LOCK_EX); err != nil {
		return err
	}
	return errors.Join(do(), flock(file, syscall.LOCK_UN))
}

func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how)
		if err == nil {
			return nil
		}
		if err != syscall.EINTR {
			return &os.PathError{Op: "lock", Path: file.Name(), Err: err}
		}
	}
}

// ours is the beginning of every line that this package writes.
var ours = []byte(`{"record":"alert"`)

// mend makes the file end with a whole line: a part of an alert is cut off, and to anything else that lacks a line feed one is
// added.
func mend(file *os.File) error {
	s, err := file.Stat()
	if err != nil || s.Size() == 0 {
		return err
	}
	tail := make([]byte, min(s.Size(), 1<<20))
	at := s.Size() - int64(len(tail))
	if _, err := file.ReadAt(tail, at); err != nil {
		return err
	}
	rest := tail[bytes.LastIndexByte(tail, '\n')+1:]
	switch {
	case len(rest) == 0:
		return nil
	case bytes.HasPrefix(rest, ours) || bytes.HasPrefix(ours, rest):
		return file.Truncate(s.Size() - int64(len(rest)))
	}
	_, err = file.Write([]byte{'\n'})
	return err
}
