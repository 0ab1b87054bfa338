package memory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sipspan/alert"
)

const (
	// maxSize is more than a memory ever takes.
	maxSize = 32 << 20
	// tooOld is the age, by the clock on the wall, from which on a file is of no use. The engine looks at its memories more
	// closely, in packet time.
	tooOld = 28 * 24 * time.Hour
	// part marks a file that is not complete.
	part = ".part"
)

// file is what is in a file.
type file struct {
	Version int       `json:"version"`
	Written time.Time `json:"written"`
	alert.Memory
}

// Read returns the memory of a file that was written before now. Without a file the error is fs.ErrNotExist.
func Read(path string, now time.Time) (alert.Memory, error) {
	text, err := read(path)
	if err != nil {
		return alert.Memory{}, err
	}
	var in file
	if err := json.Unmarshal(text, &struct{ Version *int }{&in.Version}); err != nil {
		return alert.Memory{}, fmt.Errorf("%s: %w", path, err)
	}
	if in.Version != alert.MemoryVersion {
		return alert.Memory{}, fmt.Errorf("%s: it has version %d, expected %d", path, in.Version, alert.MemoryVersion)
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return alert.Memory{}, fmt.Errorf("%s: %w", path, err)
	}
	in.Memory.Version = in.Version
	if age := now.Sub(in.Written); age > tooOld {
		return alert.Memory{}, fmt.Errorf("%s: it was written %d days ago", path, age/(24*time.Hour))
	}
	return in.Memory, nil
}

// read reads a file that is not larger than a memory can be. What is no file is refused: it could make the daemon wait.
func read(path string) ([]byte, error) {
	switch s, err := os.Stat(path); {
	case err != nil:
		return nil, err
	case !s.Mode().IsRegular():
		return nil, &os.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = &os.PathError{Op: "read", Path: path, Err: fmt.Errorf("larger than %d MiB", maxSize>>20)}
	}
	return text, err
}

// Write writes a memory into a file beside the one of that name and then gives it the name. Whatever goes wrong, there is
// the old file or the new one, whole.
func Write(path string, m alert.Memory, now time.Time) error {
	text, err := json.Marshal(file{Version: m.Version, Written: now.UTC(), Memory: m})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(text) > maxSize {
		return fmt.Errorf("%s: %d bytes are too many", path, len(text))
	}
	return replace(path, append(text, '\n'))
}

// replace writes a file beside the one of that name and then gives it the name.
func replace(path string, text []byte) error {
	if s, err := os.Stat(path); err == nil && !s.Mode().IsRegular() {
		return &os.PathError{Op: "write", Path: path, Err: errors.New("not a regular file")}
	}
	beside := path + part
	if err := create(beside, text); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return errors.Join(err, os.Remove(beside))
	}
	return settle(filepath.Dir(path))
}

// create writes a file that is on the disk when create returns. One that a crash left is overwritten.
func create(path string, text []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// settle makes the names in a folder survive a power cut.
func settle(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
