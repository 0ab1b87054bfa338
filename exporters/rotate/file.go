package rotate

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// file is the part of os.File that a Writer uses.
type file interface {
	io.Writer
	io.Closer
	Truncate(size int64) error
	Sync() error
	Stat() (fs.FileInfo, error)
}

// create makes a new file and locks it until it is closed, so that Recover in another process leaves it alone.
func create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o640)
	if err != nil {
		return nil, err
	}
	if err := own(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// own locks the file for this process. It fails with fs.ErrExist when another process has it, and with fs.ErrNotExist when
// another one has given it its final name, or removed it, since it was opened.
func own(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fs.ErrExist
	}
	if err != nil {
		return &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	named, err := os.Stat(f.Name())
	if err != nil {
		return err
	}
	held, err := f.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(named, held) {
		return &os.PathError{Op: "lock", Path: f.Name(), Err: fs.ErrNotExist}
	}
	return nil
}

// settle makes the names in the folder of path survive a power cut.
func settle(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
