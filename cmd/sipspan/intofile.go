package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// intoFile writes a file that gets its name when write reports that it is whole, whatever the error is about. There is no file
// when nothing was written.
func intoFile(path string, write func(io.Writer) (whole bool, err error)) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	whole, err := write(f)
	info, statErr := f.Stat()
	closed := errors.Join(statErr, f.Close())
	if whole && closed == nil && info.Size() > 0 {
		closed = errors.Join(os.Chmod(f.Name(), 0o640), os.Rename(f.Name(), path))
	}
	return errors.Join(err, closed)
}
