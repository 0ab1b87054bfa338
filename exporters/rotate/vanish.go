package rotate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"sipspan/exporters"
)

// look finds out whether the file still stands under its name. The system keeps a file that was removed as long as it is open, so that
// writing to it succeeds, and what was written is gone when it is closed. The next lines go into a new file.
func (w *Writer) look() {
	if w.file == nil {
		return
	}
	held, err := w.file.Stat()
	if err != nil {
		return
	}
	named, err := os.Stat(w.path + partSuffix)
	if err == nil && os.SameFile(named, held) || err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return
	}
	// A file that was moved within its file system, alone or with its folder, still holds its lines.
	if s, ok := held.Sys().(*syscall.Stat_t); ok && s.Nlink == 0 {
		w.lost += w.written
		w.removed = w.path + partSuffix
	}
	_ = w.file.Close()
	w.file = nil
}

// loss returns err, or an *exporters.LossError when so many lines, or those of a file that was removed, are lost. With neither it
// returns nil.
func (w *Writer) loss(err error, lines int) error {
	n := w.lost
	if err != nil {
		n += lines
	}
	if n == 0 {
		return err
	}
	if err == nil {
		err = fmt.Errorf("%s was removed while it was written", w.removed)
	}
	w.lost = 0
	return &exporters.LossError{Records: n, Err: err}
}
