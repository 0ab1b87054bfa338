package keylog

import (
	"bytes"
	"errors"
	"io"
	"os"

	"sipspan/reassembly/tls"
)

// maxLine is the length of the longest line that is read. Lines of key logs have less than 200 bytes.
const maxLine = 4 << 10

// file is one key log.
type file struct {
	path  string
	keys  *tls.Keys
	open  *os.File
	at    int64  // how much of it was read
	buf   []byte // of which used bytes are the beginning of a line
	used  int
	long  bool // the rest of a line that is too long is passed over
	lines tls.Lines
	fault error // why it could not be read, when it was last tried
}

// poll reads what was appended since the last call. A file that was removed, replaced or cut is read from its beginning.
func (f *file) poll() error {
	info, err := os.Stat(f.path)
	if err != nil {
		f.close()
		return err
	}
	if f.open != nil {
		if now, err := f.open.Stat(); err != nil || !os.SameFile(now, info) || info.Size() < f.at {
			err = f.read() // what the old one still has
			f.close()
			if err != nil {
				return err
			}
		}
	}
	if f.open == nil {
		if f.open, err = os.Open(f.path); err != nil {
			return err
		}
	}
	return f.read()
}

// read reads up to the present end.
func (f *file) read() error {
	if f.buf == nil {
		f.buf = make([]byte, 16*maxLine)
	}
	defer func() { clear(f.buf[f.used:]) }()
	for {
		n, err := f.open.Read(f.buf[f.used:])
		f.at += int64(n)
		f.take(f.buf[:f.used+n])
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// take takes the lines of b that are whole and keeps the beginning of the last one.
func (f *file) take(b []byte) {
	end := bytes.LastIndexByte(b, '\n') + 1
	whole := b[:end]
	if f.long && end > 0 {
		whole = whole[bytes.IndexByte(whole, '\n')+1:]
		f.long = false
	}
	f.add(whole)
	rest := b[end:]
	if len(rest) > maxLine || f.long {
		f.long, rest = true, nil
	}
	f.used = copy(f.buf, rest)
}

// last takes a last line that does not end.
func (f *file) last() {
	f.add(f.buf[:f.used])
	clear(f.buf)
	f.used = 0
}

func (f *file) add(lines []byte) {
	n := f.keys.AddLog(lines)
	f.lines.Secrets += n.Secrets
	f.lines.Other += n.Other
	f.lines.Broken += n.Broken
}

func (f *file) close() {
	if f.open != nil {
		_ = f.open.Close()
	}
	clear(f.buf)
	f.open, f.at, f.used, f.long = nil, 0, 0, false
}
