package files

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"sipspan/exporters"
	"sipspan/exporters/csv"
	"sipspan/exporters/jsonl"
	"sipspan/exporters/rotate"
	"sipspan/record"
)

// format is a form of record files with one record a line.
type format interface {
	Extension() string
	AppendHeader(dst []byte, k record.Kind) []byte
	AppendRecord(dst []byte, r record.Record) []byte
}

var (
	_ format             = jsonl.Format{}
	_ format             = (*csv.Format)(nil)
	_ exporters.Exporter = (*Files)(nil)
)

var formats = map[string]func() format{
	"jsonl": func() format { return jsonl.Format{} },
	"csv":   func() format { return csv.NewFormat() },
}

// Files writes each kind of record into files of its own.
type Files struct {
	format  format
	writers [record.NumKinds]*rotate.Writer // nil: not wanted
	line    []byte

	// Before, if set, is called before records are written to a file: all that Export has taken may be among them. It is set
	// before the first record.
	Before func()
}

// Open makes the directory if it is missing, completes what a crash left in it, and returns an exporter into it. What
// cannot be completed is logged and stays as it is. now is the clock of the rotation; nil is the wall clock.
func Open(c Config, log *slog.Logger, now func() time.Time) (*Files, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Directory, 0o750); err != nil {
		return nil, fmt.Errorf("making the folder for records: %w", err)
	}
	if err := writable(c.Directory); err != nil {
		return nil, fmt.Errorf("writing records: %w", err)
	}
	recovered, err := rotate.Recover(c.Directory)
	for _, r := range recovered {
		log.Info("completed a record file of an earlier run", "path", r.Path, "part", r.Part, "cut", r.Cut)
	}
	if err != nil {
		log.Error("record files of an earlier run stay incomplete", "err", err)
	}
	return open(c, now), nil
}

// open returns an exporter for a valid configuration.
func open(c Config, now func() time.Time) *Files {
	f := &Files{format: formats[c.Format]()}
	compression, _ := rotate.ParseCompression(c.Compression)
	wanted, _ := c.kinds()
	for k := range f.writers {
		if !wanted[k] {
			continue
		}
		f.writers[k] = rotate.New(rotate.Options{
			Directory:   c.Directory,
			Name:        record.Kind(k).String(),
			Extension:   f.format.Extension(),
			Compression: compression,
			Size:        c.RotateSize,
			Every:       c.RotateEvery,
			Header:      f.format.AppendHeader(nil, record.Kind(k)),
			Now:         now,
			Before:      f.before,
		})
	}
	return f
}

func (f *Files) before() {
	if f.Before != nil {
		f.Before()
	}
}

// writable checks that files can be made in the directory, so that the fault is reported at the start and not with the first
// record.
func writable(directory string) error {
	probe, err := os.CreateTemp(directory, ".probe-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Export implements exporters.Exporter. A kind that is not wanted is ignored.
func (f *Files) Export(r record.Record) error {
	w := f.writers[r.Kind()]
	if w == nil {
		return nil
	}
	f.line = f.format.AppendRecord(f.line[:0], r)
	return w.Write(f.line)
}

// Flush implements exporters.Exporter.
func (f *Files) Flush() error { return f.each((*rotate.Writer).Flush) }

// Close implements exporters.Exporter.
func (f *Files) Close() error { return f.each((*rotate.Writer).Close) }

// each calls every writer and returns the first error; what each of them lost is added up. A full disk is
// one fault, not one for each kind of record.
func (f *Files) each(call func(*rotate.Writer) error) error {
	var first error
	lost := 0
	for _, w := range f.writers {
		if w == nil {
			continue
		}
		err := call(w)
		var loss *exporters.LossError
		if errors.As(err, &loss) {
			lost += loss.Records
			err = loss.Err
		}
		if first == nil {
			first = err
		}
	}
	if first != nil && lost > 0 {
		return &exporters.LossError{Records: lost, Err: first}
	}
	return first
}
