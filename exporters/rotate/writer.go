package rotate

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// Options sets what a Writer writes and when a file is complete.
type Options struct {
	Directory   string
	Name        string // first part of the file names: lower-case letters and _
	Extension   string // ending without the dot: lower-case letters
	Compression Compression
	Size        int64            // bytes on disk that a file has at most, unless one block is larger; 0: any
	Every       time.Duration    // age at which a file is complete; 0: any
	Header      []byte           // first line of every file, with its line feed; may be empty
	Now         func() time.Time // nil: time.Now
	// Before, if set, is called before lines are written to a file.
	Before func()
}

// blockSize is how many bytes of lines are gathered before they are written.
const blockSize = 64 << 10

// Writer writes lines into a series of files, one after the other. No file exists while there is no line for it. It is
// not safe for use by several goroutines at a time.
type Writer struct {
	options Options
	series  series
	pack    packer
	create  func(path string) (file, error)
	limit   int // bytes of lines in a block

	block   []byte // whole lines that are not in the file yet
	lines   int    // how many
	packed  []byte // the block packed, if it is current
	current bool

	file  file   // nil: none is begun
	path  string // its final path, unless that is taken by then
	size  int64  // bytes in the file, all of them whole blocks
	begun time.Time

	written int // lines in the file
	lost    int // lines of files that were removed, and not reported yet
	removed string
}

// New returns a writer. It touches nothing before the first line.
func New(o Options) *Writer {
	if o.Now == nil {
		o.Now = time.Now
	}
	limit := blockSize
	if o.Size > 0 {
		limit = int(min(int64(limit), o.Size))
	}
	return &Writer{
		options: o,
		series:  series{o.Directory, o.Name, "." + o.Extension + compressionSuffixes[o.Compression]},
		pack:    o.Compression.packer(),
		create:  create,
		limit:   limit,
	}
}

// Write adds one line, its line feed included. An error means that the line is lost: there is no room for it in memory
// because what came before it cannot be written. The lines of a file that somebody removed are reported by the next Flush or Close.
func (w *Writer) Write(line []byte) error {
	if w.lines > 0 && len(w.block)+len(line) > w.limit {
		if err := w.spill(); err != nil {
			return err
		}
	}
	w.block = append(w.block, line...)
	w.lines++
	w.current = false
	return nil
}

// Flush writes what was gathered, and completes the file if it is old enough. After an error nothing is lost yet: the
// lines are kept and written by a later call. An *exporters.LossError has the number of lines in a file that somebody removed.
func (w *Writer) Flush() error {
	w.look()
	err := w.spill()
	if err == nil && w.file != nil && w.options.Every > 0 && w.options.Now().Sub(w.begun) >= w.options.Every {
		err = w.finish()
	}
	return w.loss(err, 0)
}

// Close writes what was gathered and completes the file. Lines that cannot be written are lost; the error is then an
// *exporters.LossError.
func (w *Writer) Close() error {
	w.look()
	err := w.spill()
	lines := w.lines
	w.block, w.lines = nil, 0
	var finished error
	if w.file != nil {
		finished = w.finish()
	}
	return errors.Join(w.loss(err, lines), finished)
}

// spill writes the gathered lines as one block, into a new file if the present one has no room for it.
func (w *Writer) spill() error {
	if w.lines == 0 {
		return nil
	}
	if !w.current { // else it is tried again after an error
		var err error
		if w.packed, err = w.pack(w.packed[:0], w.block); err != nil {
			return err
		}
		w.current = true
	}
	w.look()
	if w.file != nil && w.options.Size > 0 && w.size+int64(len(w.packed)) > w.options.Size {
		if err := w.finish(); err != nil {
			return err
		}
	}
	if w.file == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	if w.options.Before != nil {
		w.options.Before()
	}
	if err := w.append(w.packed); err != nil {
		return err
	}
	w.written += w.lines
	w.block, w.lines = w.block[:0], 0
	return nil
}

// begin makes the next file, with its header.
func (w *Writer) begin() error {
	now := w.options.Now()
	f, path, err := w.series.begin(now, w.create)
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(w.options.Directory, 0o750) == nil { // somebody removed the folder
		f, path, err = w.series.begin(now, w.create)
	}
	if err != nil {
		return err
	}
	w.file, w.path, w.size, w.begun, w.written = f, path, 0, now, 0
	if len(w.options.Header) == 0 {
		return nil
	}
	header, err := w.pack(nil, w.options.Header)
	if err == nil {
		err = w.append(header)
	}
	if err != nil {
		return errors.Join(err, w.discard())
	}
	return nil
}

// append writes one block and takes back what was written of it when that fails.
func (w *Writer) append(block []byte) error {
	n, err := w.file.Write(block)
	if err == nil {
		w.size += int64(n)
		return nil
	}
	if n == 0 {
		return err
	}
	if cut := w.file.Truncate(w.size); cut != nil {
		// What is after the last whole block stays; the file is left as it is for Recover, and the next block begins another one.
		closed := w.file.Close()
		w.file = nil
		return errors.Join(err, cut, closed)
	}
	return err
}

// finish gives the file its final name.
func (w *Writer) finish() error {
	if err := w.file.Sync(); err != nil {
		return err
	}
	w.look()
	if w.file == nil {
		return nil
	}
	final := w.series.free(w.begun.UTC().Format(stampLayout), w.path)
	if err := os.Rename(w.path+partSuffix, final); err != nil {
		return err // a file that has vanished in this moment is found by the next call
	}
	err := w.file.Close()
	w.file = nil
	return errors.Join(err, settle(final))
}

// discard removes the file.
func (w *Writer) discard() error {
	err := w.file.Close()
	w.file = nil
	return errors.Join(err, os.Remove(w.path+partSuffix))
}
