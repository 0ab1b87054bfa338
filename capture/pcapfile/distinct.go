package pcapfile

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
)

// Distinct leaves out files that hold the same bytes as an earlier one: a capture that is given under two names is read once. It calls
// leftOut with the earlier one for each. Only files of the same size are compared, and what cannot be read stays.
func Distinct(paths []string, leftOut func(path, same string)) []string {
	type file struct {
		path string
		sum  []byte // nil: not computed yet
	}
	bySize := map[int64][]*file{}
	kept := make([]string, 0, len(paths))
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			kept = append(kept, path)
			continue
		}
		f := &file{path: path}
		same := func() *file {
			for _, other := range bySize[info.Size()] {
				if other.sum == nil {
					other.sum = sumOf(other.path)
				}
				if f.sum == nil {
					f.sum = sumOf(f.path)
				}
				if len(f.sum) > 0 && bytes.Equal(f.sum, other.sum) {
					return other
				}
			}
			return nil
		}()
		if same != nil {
			leftOut(path, same.path)
			continue
		}
		bySize[info.Size()] = append(bySize[info.Size()], f)
		kept = append(kept, path)
	}
	return kept
}

// sumOf returns a digest of what a file holds, empty when it cannot be read.
func sumOf(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return []byte{}
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return []byte{}
	}
	return h.Sum(nil)
}
