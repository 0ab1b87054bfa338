package rotate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Recovered is one file that was completed.
type Recovered struct {
	Path string // its final path; empty if the file held no whole line and was removed
	Part string // the path under which it was found
	Cut  bool   // half a line, or half a block, was cut off its end
}

// Recover completes the .part files in a folder whose writer ended before it could: each keeps every whole line that it holds. Files that a running process writes are left alone. A file that cannot be completed stays as it is; the
// joined error names each; the others are completed. A folder that does not exist has nothing to recover.
func Recover(directory string) ([]Recovered, error) {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var done []Recovered
	var errs []error
	for _, entry := range entries {
		name := partName.FindStringSubmatch(entry.Name())
		if name == nil || !entry.Type().IsRegular() {
			continue
		}
		p := part{
			path:        filepath.Join(directory, entry.Name()),
			series:      series{directory, name[1], name[3] + name[4]},
			stamp:       name[2],
			compression: Compression(slices.Index(compressionSuffixes[:], name[4])),
		}
		r, err := p.recover()
		switch {
		case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist):
			// Another process writes it, or has just completed it.
		case err != nil:
			errs = append(errs, fmt.Errorf("completing %s after a crash: %w", p.path, err))
		default:
			done = append(done, r)
		}
	}
	return done, errors.Join(errs...)
}

// part is a file that is not complete.
type part struct {
	path        string
	series      series
	stamp       string
	compression Compression
	file        *os.File
}

func (p *part) recover() (Recovered, error) {
	f, err := os.OpenFile(p.path, os.O_RDWR, 0)
	if err != nil {
		return Recovered{}, err
	}
	defer f.Close()
	if err := own(f); err != nil {
		return Recovered{}, err
	}
	p.file = f
	if p.compression == None {
		return p.recoverPlain()
	}
	return p.recoverPacked()
}

// recoverPlain cuts the file after its last line feed.
func (p *part) recoverPlain() (Recovered, error) {
	size, err := p.file.Seek(0, io.SeekEnd)
	if err != nil {
		return Recovered{}, err
	}
	whole, err := lastLine(p.file, size)
	if err != nil {
		return Recovered{}, err
	}
	r := Recovered{Part: p.path, Cut: whole < size}
	if whole == 0 {
		return r, os.Remove(p.path)
	}
	if r.Cut {
		if err := p.file.Truncate(whole); err != nil {
			return Recovered{}, err
		}
	}
	r.Path, err = p.complete(p.file, p.path)
	return r, err
}

// lastLine returns the offset after the last line feed.
func lastLine(r io.ReaderAt, size int64) (int64, error) {
	buf := make([]byte, blockSize)
	for end := size; end > 0; {
		start := max(0, end-int64(len(buf)))
		chunk := buf[:end-start]
		if _, err := r.ReadAt(chunk, start); err != nil && err != io.EOF {
			return 0, err
		}
		if i := bytes.LastIndexByte(chunk, '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// recoverPacked keeps the file if all of it can be read, and otherwise packs the lines that can be read anew.
func (p *part) recoverPacked() (Recovered, error) {
	r := Recovered{Part: p.path}
	n := 0
	whole, err := p.unpack(func([]byte) error { n++; return nil })
	r.Cut = !whole
	switch {
	case err != nil:
		return Recovered{}, err
	case n == 0:
		return r, os.Remove(p.path)
	case whole:
		r.Path, err = p.complete(p.file, p.path)
		return r, err
	}
	anew, err := os.CreateTemp(p.series.directory, ".recover-*")
	if err != nil {
		return Recovered{}, err
	}
	defer os.Remove(anew.Name()) // fails once the file has its final name
	defer anew.Close()
	lines := &repacker{out: anew, pack: p.compression.packer()}
	if _, err = p.unpack(lines.add); err == nil {
		err = lines.spill()
	}
	if err != nil {
		return Recovered{}, err
	}
	if err := anew.Chmod(0o640); err != nil {
		return Recovered{}, err
	}
	if r.Path, err = p.complete(anew, anew.Name()); err != nil {
		return Recovered{}, err
	}
	return r, os.Remove(p.path)
}

// unpack calls line for every whole line of a packed file. It returns true if the file holds nothing else.
func (p *part) unpack(line func([]byte) error) (whole bool, err error) {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	in := &faultReader{r: p.file}
	r, err := p.compression.reader(bufio.NewReader(in))
	if err != nil {
		return false, in.err // the head of the first block is not whole
	}
	defer r.Close()
	lines := bufio.NewReaderSize(r, blockSize)
	var long []byte
	for {
		piece, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, piece...)
			continue
		}
		if err != nil {
			return errors.Is(err, io.EOF) && len(long)+len(piece) == 0, in.err
		}
		if len(long) > 0 {
			long = append(long, piece...)
			piece = long
		}
		if err := line(piece); err != nil {
			return false, err
		}
		long = long[:0]
	}
}

// faultReader keeps an error of the disk, to tell it from a file that ends too early.
type faultReader struct {
	r   io.Reader
	err error
}

func (f *faultReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// repacker writes lines as packed blocks.
type repacker struct {
	out    io.Writer
	pack   packer
	block  []byte
	packed []byte
}

func (r *repacker) add(line []byte) error {
	r.block = append(r.block, line...)
	if len(r.block) < blockSize {
		return nil
	}
	return r.spill()
}

func (r *repacker) spill() (err error) {
	if len(r.block) == 0 {
		return nil
	}
	if r.packed, err = r.pack(r.packed[:0], r.block); err != nil {
		return err
	}
	r.block = r.block[:0]
	_, err = r.out.Write(r.packed)
	return err
}

// complete syncs a file and gives it the final name of the part.
func (p *part) complete(f *os.File, path string) (string, error) {
	if err := f.Sync(); err != nil {
		return "", err
	}
	final := p.series.free(p.stamp, strings.TrimSuffix(p.path, partSuffix))
	if err := os.Rename(path, final); err != nil {
		return "", err
	}
	return final, settle(final)
}
