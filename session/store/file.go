package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
)

// A file of packed sessions begins with fileMagic and the time it was written for. Then each session follows behind its
// length, an empty one after the last, and at the end a checksum of all that. Numbers are little endian.
const (
	fileMagic = "sipspan sessions 1\n"
	// maxFilePacked bounds one session in a file.
	maxFilePacked = 4 << 20
)

// ErrDamaged says that a file of packed sessions is not whole, or not one.
var ErrDamaged = errors.New("damaged")

// WriteFile writes packed sessions into a file, which replaces the one at path when it is whole. at is the time up to which
// they were followed, in Unix nanoseconds.
func WriteFile(path string, at int64, sessions [][]byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("write sessions: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write sessions to %s: %w", path, err)
		}
	}()
	sum := xxhash.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<16)
	_, _ = w.WriteString(fileMagic) // Flush returns the first error
	var number [8]byte
	binary.LittleEndian.PutUint64(number[:], uint64(at))
	_, _ = w.Write(number[:])
	for _, packed := range append(sessions[:len(sessions):len(sessions)], nil) {
		binary.LittleEndian.PutUint32(number[:], uint32(len(packed)))
		_, _ = w.Write(number[:4])
		_, _ = w.Write(packed)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	binary.LittleEndian.PutUint64(number[:], sum.Sum64())
	if _, err := f.Write(number[:]); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// ReadFile reads what WriteFile wrote. The error is ErrDamaged where the file is not whole.
func ReadFile(path string) (at int64, sessions [][]byte, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, err
	}
	damaged := func() (int64, [][]byte, error) { return 0, nil, fmt.Errorf("%s: %w", path, ErrDamaged) }
	if len(b) < len(fileMagic)+8+4+8 || string(b[:len(fileMagic)]) != fileMagic {
		return damaged()
	}
	body, sum := b[:len(b)-8], binary.LittleEndian.Uint64(b[len(b)-8:])
	if xxhash.Sum64(body) != sum {
		return damaged()
	}
	rest := body[len(fileMagic):]
	at, rest = int64(binary.LittleEndian.Uint64(rest)), rest[8:]
	for len(rest) >= 4 {
		n := int(binary.LittleEndian.Uint32(rest))
		rest = rest[4:]
		switch {
		case n > len(rest) || n > maxFilePacked:
			return damaged()
		case n == 0 && len(rest) == 0:
			return at, sessions, nil
		}
		sessions = append(sessions, rest[:n:n])
		rest = rest[n:]
	}
	return damaged()
}
