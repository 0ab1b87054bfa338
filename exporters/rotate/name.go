package rotate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// partSuffix marks a file that is not complete.
const partSuffix = ".part"

// stampLayout is the time in a file name.
const stampLayout = "20060102T150405Z"

// partName takes the name of an incomplete file apart: name, stamp, ending, compression.
var partName = regexp.MustCompile(`^([a-z_]+)-(\d{8}T\d{6}Z)-\d{4,}(\.[a-z]+)(\.gz|\.zst)?\.part$`)

// series names the files of one Writer.
type series struct {
	directory, name string
	ending          string // with its dot and that of the compression
}

// path returns the final path of a file.
func (s series) path(stamp string, number int) string {
	return filepath.Join(s.directory, fmt.Sprintf("%s-%s-%04d%s", s.name, stamp, number, s.ending))
}

// maxNumber bounds the search for a free name.
const maxNumber = 1 << 20

// begin makes the next file of the series, and returns it with its final path.
func (s series) begin(at time.Time, create func(string) (file, error)) (file, string, error) {
	stamp := at.UTC().Format(stampLayout)
	for n := 1; n < maxNumber; n++ {
		path := s.path(stamp, n)
		if taken(path) {
			continue
		}
		f, err := create(path + partSuffix)
		if err == nil {
			return f, path, nil
		}
		// Another process has the name, or completed the new file as one that a crash had left.
		if !errors.Is(err, fs.ErrExist) && !(errors.Is(err, fs.ErrNotExist) && present(s.directory)) {
			return nil, "", err
		}
	}
	return nil, "", &os.PathError{Op: "create", Path: s.path(stamp, maxNumber), Err: fs.ErrExist}
}

// free returns a final path that no file has, of the time and series of the given one.
func (s series) free(stamp, path string) string {
	for n := 1; taken(path) && n < maxNumber; n++ {
		path = s.path(stamp, n)
	}
	return path
}

func present(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func taken(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
