package rotate

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// finishedName takes the name of a finished file apart: name, ending, compression.
var finishedName = regexp.MustCompile(`^([a-z_]+)-\d{8}T\d{6}Z-\d{4,}(\.[a-z]+)(\.gz|\.zst)?$`)

const (
	packPrefix = ".pack-"  // of a packed file before it is whole
	packsAfter = time.Hour // after so long a file with that prefix is one that a crash has left
	packsChunk = 256 << 10 // is packed before it is looked whether the context has ended
)

// Tidying says what is to become of the finished files of a folder.
type Tidying struct {
	Directory string
	Pack      Compression   // of files that are not packed; None leaves them
	KeepFor   time.Duration // files whose last line is older are removed; 0: none
	KeepTotal int64         // bytes of all files; the oldest are removed until the others have no more; 0: any number
	// Mine reports by the first lines of a file, and by what its name begins and ends with, whether it may be packed and removed.
	Mine func(name, ending string, lines *bufio.Reader) bool
	// Known holds what Mine said of each path, so that files are not read again. Tidy forgets in it what is not there any more.
	Known map[string]bool
	Now   time.Time
}

// Tidied is what was done. Each path is the one that a file had before.
type Tidied struct {
	Packed, Removed []string
	Left            int64 // bytes of the files that are left, if KeepFor or KeepTotal is set
}

// Tidy packs and removes finished files. It touches only regular files that are named as a Writer names them and that Mine says may be
// touched; a file that is being written is not among them. A packed file has the time of the file that it was made of, and takes
// its place when it is whole on the disk: a crash leaves the one or both, and then the next Tidy removes the one that is not packed.
// The error joins those of all files that could not be packed or removed.
func Tidy(ctx context.Context, t Tidying) (done Tidied, err error) {
	entries, err := os.ReadDir(t.Directory)
	if errors.Is(err, fs.ErrNotExist) {
		return done, nil
	}
	if err != nil {
		return done, err
	}
	var errs []error
	var own []finished
	there := make(map[string]bool, len(t.Known))
	for _, entry := range entries {
		if ctx.Err() != nil {
			return done, errors.Join(errs...)
		}
		f, ok := t.finished(entry)
		if !ok || f.compression != None && t.KeepFor == 0 && t.KeepTotal == 0 { // nothing is to be done with it
			continue
		}
		if there[f.path] = t.mine(&f); !there[f.path] {
			continue
		}
		if f.compression == None && t.Pack != None && !t.tooOld(f) {
			packed, err := t.pack(ctx, f)
			if err != nil {
				errs = append(errs, fmt.Errorf("packing %s: %w", f.path, err))
			} else {
				done.Packed = append(done.Packed, f.path)
				f = packed
				there[f.path] = true
			}
		}
		own = append(own, f)
		done.Left += f.size
	}
	clear(t.Known)
	maps.Copy(t.Known, there)
	slices.SortFunc(own, func(a, b finished) int {
		return cmp.Or(a.written.Compare(b.written), strings.Compare(a.path, b.path))
	})
	for _, f := range own {
		if !t.tooOld(f) && (t.KeepTotal == 0 || done.Left <= t.KeepTotal) {
			continue
		}
		if err := os.Remove(f.path); err != nil {
			errs = append(errs, err)
			continue
		}
		done.Removed = append(done.Removed, f.path)
		done.Left -= f.size
	}
	return done, errors.Join(errs...)
}

// finished is a file that is complete.
type finished struct {
	path         string
	name, ending string // of its series
	compression  Compression
	size         int64
	written      time.Time // its last line
}

func (t *Tidying) tooOld(f finished) bool { return t.KeepFor > 0 && t.Now.Sub(f.written) > t.KeepFor }

// finished returns the file of an entry when it is named as one that is complete. It removes what a crash has left of packing.
func (t *Tidying) finished(entry fs.DirEntry) (f finished, ok bool) {
	if !entry.Type().IsRegular() {
		return f, false
	}
	info, err := entry.Info()
	if err != nil {
		return f, false
	}
	path := filepath.Join(t.Directory, entry.Name())
	if strings.HasPrefix(entry.Name(), packPrefix) && t.Now.Sub(info.ModTime()) > packsAfter {
		_ = os.Remove(path) // the next time, then
		return f, false
	}
	name := finishedName.FindStringSubmatch(entry.Name())
	if name == nil {
		return f, false
	}
	return finished{path, name[1], name[2], Compression(slices.Index(compressionSuffixes[:], name[3])), info.Size(), info.ModTime()}, true
}

// mine reports whether Mine says that the file may be touched. What cannot be read may not.
func (t *Tidying) mine(f *finished) (mine bool) {
	if mine, known := t.Known[f.path]; known {
		return mine
	}
	err := f.read(func(lines *bufio.Reader) error {
		mine = t.Mine(f.name, f.ending, lines)
		return nil
	})
	return mine && err == nil
}

// read opens the file and calls use with its lines.
func (f finished) read(use func(lines *bufio.Reader) error) error {
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	r, err := f.compression.reader(bufio.NewReader(in))
	if err != nil {
		return err
	}
	defer r.Close()
	return use(bufio.NewReader(r))
}

// pack makes the packed file, and removes the one that is not.
func (t *Tidying) pack(ctx context.Context, f finished) (finished, error) {
	packed := f
	packed.path, packed.compression = f.path+compressionSuffixes[t.Pack], t.Pack
	if taken(packed.path) {
		err := t.replaced(f, &packed)
		return packed, err
	}
	out, err := os.CreateTemp(t.Directory, packPrefix+"*")
	if err != nil {
		return packed, err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	err = f.read(func(lines *bufio.Reader) error {
		w, err := t.Pack.writer(out)
		if err != nil {
			return err
		}
		for {
			_, err := io.CopyN(w, lines, packsChunk)
			switch {
			case errors.Is(err, io.EOF):
				return w.Close()
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			}
		}
	})
	if err != nil {
		return packed, err
	}
	if err := errors.Join(out.Chmod(0o640), os.Chtimes(out.Name(), f.written, f.written), out.Sync()); err != nil {
		return packed, err
	}
	if err := os.Link(out.Name(), packed.path); err != nil { // unlike a rename, it replaces no file
		return packed, err
	}
	if err := settle(packed.path); err != nil {
		return packed, err
	}
	err = t.replaced(f, &packed)
	return packed, err
}

// replaced removes a file of which there is a packed one with the same lines.
func (t *Tidying) replaced(f finished, packed *finished) error {
	info, err := os.Lstat(packed.path)
	if err != nil {
		return err
	}
	packed.size = info.Size()
	err = f.read(func(a *bufio.Reader) error {
		return packed.read(func(b *bufio.Reader) error { return equal(a, b) })
	})
	if err != nil {
		return fmt.Errorf("beside it is %s: %w", packed.path, err)
	}
	return os.Remove(f.path)
}

// equal returns an error unless both readers give the same bytes.
func equal(a, b io.Reader) error {
	var of, to [32 << 10]byte
	for {
		n, err := io.ReadFull(a, of[:])
		m, other := io.ReadFull(b, to[:])
		if n != m || string(of[:n]) != string(to[:m]) {
			return errors.New("it holds something else")
		}
		if err != nil || other != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				err = nil
			}
			if errors.Is(other, io.ErrUnexpectedEOF) || errors.Is(other, io.EOF) {
				other = nil
			}
			return errors.Join(err, other)
		}
	}
}
