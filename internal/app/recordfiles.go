package app

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"sipspan/exporters"
	"sipspan/exporters/files"
	"sipspan/record"
)

var _ exporters.Exporter = (*recordFiles)(nil)

// recordFiles is the files exporter with settings that can change while it runs. All its methods but reopen belong to the
// goroutine of its queue.
type recordFiles struct {
	log    *slog.Logger
	config files.Config
	open   *files.Files // nil after an attempt to open it failed; the next Flush tries again
	wanted atomic.Pointer[files.Config]
	before func() // is called before records are written; nil: nothing is
}

func openRecordFiles(c files.Config, log *slog.Logger, before func()) (*recordFiles, error) {
	r := &recordFiles{log: log, config: c, before: before}
	var err error
	r.open, err = r.openFiles(c)
	return r, err
}

// openFiles opens files with the given settings.
func (r *recordFiles) openFiles(c files.Config) (*files.Files, error) {
	f, err := files.Open(c, r.log, nil)
	if err == nil {
		f.Before = r.before
	}
	return f, err
}

// reopen sets other settings. They are in force after the next Flush, which finishes the files that are open.
func (r *recordFiles) reopen(c files.Config) { r.wanted.Store(&c) }

// Export implements exporters.Exporter.
func (r *recordFiles) Export(rec record.Record) error {
	if r.open == nil {
		return errors.New("the record files could not be opened again")
	}
	return r.open.Export(rec)
}

// Flush implements exporters.Exporter. It applies other settings, so that what is lost then is counted like any other loss.
func (r *recordFiles) Flush() error {
	c := r.wanted.Swap(nil)
	if c == nil && r.open != nil {
		return r.open.Flush()
	}
	var closed error
	if r.open != nil {
		closed, r.open = r.open.Close(), nil
	}
	if c != nil {
		f, err := r.openFiles(*c)
		if err == nil {
			r.open, r.config = f, *c
			r.log.Info("record files opened with new settings", "directory", c.Directory, "format", c.Format, "compression", c.Compression)
			return closed
		}
		r.log.Error("cannot open record files with new settings; keeping the old ones", "err", err)
	}
	f, err := r.openFiles(r.config)
	if err != nil {
		return errors.Join(closed, fmt.Errorf("opening the record files again: %w", err))
	}
	r.open = f
	return closed
}

// Close implements exporters.Exporter.
func (r *recordFiles) Close() error {
	if r.open == nil {
		return nil
	}
	return r.open.Close()
}
