package pcapfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sipspan/capture"
)

// Expand returns the files that args name: a file or "-" as it is, the captures in a folder and all folders below it in
// order of name, and what a glob pattern matches. In a folder, hidden entries and files that are no captures are passed
// over quietly; symbolic links to files are followed, those to folders are not. A file that is named twice, as itself or
// by a symbolic link, is read once.
//
// A folder without a capture and a pattern that matches nothing are errors, joined to one, and what the other arguments
// name is returned with it. A single file is not opened: Open does that.
func Expand(args []string) ([]string, error) {
	x := expansion{seen: make(map[string]bool)}
	for _, arg := range args {
		if err := x.argument(arg); err != nil {
			x.errs = append(x.errs, err)
		}
	}
	return x.paths, errors.Join(x.errs...)
}

type expansion struct {
	paths []string
	seen  map[string]bool
	errs  []error
}

func (x *expansion) add(path string) {
	if key := identity(path); !x.seen[key] {
		x.seen[key] = true
		x.paths = append(x.paths, path)
	}
}

// identity returns the one name of a file that has several, by symbolic links or relative to the working directory.
func identity(path string) string {
	if path == Stdin {
		return path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	return filepath.Clean(path)
}

func (x *expansion) argument(arg string) error {
	if arg == Stdin {
		x.add(arg)
		return nil
	}
	fi, err := os.Stat(arg)
	switch {
	case err == nil && fi.IsDir():
		return x.folder(arg)
	case err != nil && errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, `*?[`):
		return x.pattern(arg)
	}
	x.add(arg)
	return nil
}

func (x *expansion) pattern(arg string) error {
	found, err := filepath.Glob(arg)
	if err != nil {
		return &capture.InputError{File: arg, Err: fmt.Errorf("the pattern is broken: %w", err)}
	}
	if !hidden(arg) { // as a shell does
		found = slices.DeleteFunc(found, hidden)
	}
	if len(found) == 0 {
		return &capture.InputError{File: arg, Err: errors.New("no file matches the pattern")}
	}
	var errs []error
	for _, path := range found {
		if fi, err := os.Stat(path); err == nil && fi.IsDir() {
			errs = append(errs, x.folder(path))
			continue
		}
		x.add(path)
	}
	return errors.Join(errs...)
}

func hidden(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }

func (x *expansion) folder(dir string) error {
	n, err := x.walk(dir)
	if err != nil {
		return err
	}
	if n == 0 {
		return &capture.InputError{File: dir, Err: fmt.Errorf("%w: no file in this folder is a capture or a trace log", capture.ErrNotCapture)}
	}
	return nil
}

// walk adds the captures below dir and returns how many there are. A folder further down that may not be read is an error
// like the first one: leaving it out quietly would be a wrong answer.
func (x *expansion) walk(dir string) (int, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return 0, &capture.InputError{File: dir, Err: openReason(err)}
	}
	var (
		n    int
		errs []error
	)
	for _, e := range entries {
		if hidden(e.Name()) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if e.IsDir() {
			below, err := x.walk(path)
			n += below
			errs = append(errs, err)
			continue
		}
		if fi, err := os.Stat(path); err == nil && fi.Mode().IsRegular() && promising(path) {
			x.add(path)
			n++
		}
	}
	return n, errors.Join(errs...)
}

// promising reports whether a file of a folder is to be read: it begins as a capture does, or it cannot be opened, which has to
// be reported.
func promising(path string) bool {
	in := input{path: path}
	err := in.open(probeSize, new(slots), nil)
	in.close()
	return err == nil || !errors.Is(err, capture.ErrEmpty) && !errors.Is(err, capture.ErrNotCapture)
}
