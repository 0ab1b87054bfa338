package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/cespare/xxhash/v2"
)

// A file of packed sessions begins with fileMagic, its generation and the time it was written for. Then each session follows
// after its length and its number, an empty one after the last, and at the end a checksum of all that. Numbers are little
// endian.
const (
	fileMagic = "sipspan sessions 2\n"
	// maxFilePacked bounds one session in a file.
	maxFilePacked = 4 << 20
	sessionHead   = 4 + 8 // length and number
)

// ErrDamaged says that a file of packed sessions is not whole, or not one.
var ErrDamaged = errors.New("damaged")

// ErrEnded says that a run has ended before all of its sessions were packed.
var ErrEnded = errors.New("the run has ended")

// Kept is a session of an earlier run.
type Kept struct {
	Number  uint64 // 0 when its record was written
	Packed  []byte
	Gap     time.Duration // what was sent for so long is not in it
	Written bool          // its record was written: it is of use only for recognising messages that are repeated
}

// AppendSession appends a session as it stands in a file.
func AppendSession(dst []byte, number uint64, packed []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(packed)))
	dst = binary.LittleEndian.AppendUint64(dst, number)
	return append(dst, packed...)
}

// FileWriter writes a file of packed sessions under another name, and gives it its own when it is whole.
type FileWriter struct {
	path string
	file *os.File
	sum  hash.Hash64
	w    *bufio.Writer
}

// CreateFile begins a file that will replace the one at path. at is the time up to which the sessions were followed, in Unix
// nanoseconds.
func CreateFile(path string, generation uint64, at int64) (*FileWriter, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return nil, fmt.Errorf("write sessions: %w", err)
	}
	w := &FileWriter{path: path, file: f, sum: xxhash.New()}
	w.w = bufio.NewWriterSize(io.MultiWriter(f, w.sum), 1<<16)
	_, _ = w.w.WriteString(fileMagic) // Flush returns the first error
	var numbers [16]byte
	binary.LittleEndian.PutUint64(numbers[:], generation)
	binary.LittleEndian.PutUint64(numbers[8:], uint64(at))
	_, _ = w.w.Write(numbers[:])
	return w, nil
}

// Write writes sessions that AppendSession has appended.
func (w *FileWriter) Write(sessions []byte) error {
	_, err := w.w.Write(sessions)
	return err
}

// Commit ends the file and gives it its name, on the disk as well. After an error the file that was there stays.
func (w *FileWriter) Commit() error {
	if err := w.end(); err != nil {
		w.Abort()
		return fmt.Errorf("write sessions to %s: %w", w.path, err)
	}
	return SyncFolder(filepath.Dir(w.path))
}

func (w *FileWriter) end() error {
	_, _ = w.w.Write(AppendSession(nil, 0, nil))
	if err := w.w.Flush(); err != nil {
		return err
	}
	if _, err := w.file.Write(binary.LittleEndian.AppendUint64(nil, w.sum.Sum64())); err != nil {
		return err
	}
	if err := errors.Join(w.file.Sync(), w.file.Close()); err != nil {
		return err
	}
	return os.Rename(w.file.Name(), w.path)
}

// Abort gives the file up.
func (w *FileWriter) Abort() {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
}

// SyncFolder makes sure that names in a folder are on the disk.
func SyncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// File is what a file of packed sessions holds.
type File struct {
	Generation uint64
	At         int64 // Unix nanoseconds up to which the sessions were followed
	Sessions   []Kept
}

// ReadFile reads a file of packed sessions. The error is ErrDamaged where it is not whole.
func ReadFile(path string) (f File, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	damaged := fmt.Errorf("%s: %w", path, ErrDamaged)
	if len(b) < len(fileMagic)+16+sessionHead+8 || string(b[:len(fileMagic)]) != fileMagic {
		return File{}, damaged
	}
	body, sum := b[:len(b)-8], binary.LittleEndian.Uint64(b[len(b)-8:])
	if xxhash.Sum64(body) != sum {
		return File{}, damaged
	}
	rest := body[len(fileMagic):]
	f.Generation, f.At = binary.LittleEndian.Uint64(rest), int64(binary.LittleEndian.Uint64(rest[8:]))
	for rest = rest[16:]; len(rest) >= sessionHead; {
		n, number := int(binary.LittleEndian.Uint32(rest)), binary.LittleEndian.Uint64(rest[4:])
		rest = rest[sessionHead:]
		switch {
		case n > len(rest) || n > maxFilePacked:
			return File{}, damaged
		case n == 0 && len(rest) == 0:
			return f, nil
		}
		f.Sessions = append(f.Sessions, Kept{Number: number, Packed: rest[:n:n]})
		rest = rest[n:]
	}
	return File{}, damaged
}
