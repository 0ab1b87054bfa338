package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"sipspan/alert"
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

	settings atomic.Pointer[files.Config] // a copy of config, for other goroutines
	short    error                        // why nothing is written: the disk is nearly full; nil: it is not
	checked  int                          // records since the space was looked at
	alarms   chan *record.Alert           // that the disk is nearly full, and that it is not any more
	firing   *record.Alert                // the last of them; nil: it is over
	sensor   string
}

// lookEvery is after how many records the free space is looked at, beside once for each Flush.
const lookEvery = 4096

func openRecordFiles(c files.Config, sensor string, log *slog.Logger, before func()) (*recordFiles, error) {
	r := &recordFiles{log: log, config: c, sensor: sensor, before: before, alarms: make(chan *record.Alert, 16)}
	var err error
	r.settings.Store(&c)
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
// A record of a kind that is not wanted is never lost.
func (r *recordFiles) Export(rec record.Record) error {
	if !r.config.Wants(rec.Kind()) {
		return nil
	}
	if r.open == nil {
		return errors.New("the record files could not be opened again")
	}
	if r.checked++; r.checked >= lookEvery {
		r.look()
	}
	if r.short != nil {
		return r.short
	}
	return r.open.Export(rec)
}

// look stops the writing when less than exporters.files.min_free is free, and goes on when there is more again.
func (r *recordFiles) look() {
	r.checked = 0
	s, err := files.SpaceIn(r.config)
	if err != nil {
		return // such as a folder that somebody removed, which the next write makes again
	}
	was := r.short != nil
	short := s.Short(was)
	if short {
		r.short = fmt.Errorf("%d bytes are free in %s, less than exporters.files.min_free allows (%d): no records are written", s.Free, r.config.Directory, s.Floor)
	} else {
		r.short = nil
	}
	if short == was {
		return
	}
	now := time.Now().UnixNano()
	a := r.firing
	if short {
		a = &record.Alert{
			Header: record.Header{ID: fmt.Sprintf("disk-%x", now), Sensor: r.sensor, Start: now},
			Rule:   diskRule, Type: "disk_space", Severity: alert.Critical, State: "firing",
			Labels: []record.Label{{Name: "directory", Value: r.config.Directory}}, Threshold: float64(s.Floor), Baseline: math.NaN(),
			Summary: "The disk for record files is nearly full: no records are written until there is room (exporters.files.min_free)",
		}
		r.firing = a
	} else {
		over := *a
		over.State, over.End = "resolved", now
		a, r.firing = &over, nil
	}
	a.Value = float64(s.Free)
	select {
	case r.alarms <- a:
	default: // the log of the queue has the loss
	}
}

// diskRule is the name of the alert that the disk for record files is nearly full. It is no rule of the configuration.
const diskRule = "record-files-disk"

// raise hands on alerts until ctx ends.
func (r *recordFiles) raise(ctx context.Context, put func(record.Record)) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-r.alarms:
			put(a)
		}
	}
}

// tidyEvery is how often finished files are packed and removed.
const tidyEvery = time.Minute

// tidy packs and removes finished files until ctx ends.
func (r *recordFiles) tidy(ctx context.Context) {
	tidier := files.NewTidier(r.sensor, r.log)
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			tidier.Tidy(ctx, *r.settings.Load(), now)
		}
	}
}

// Flush implements exporters.Exporter. It applies other settings, so that what is lost then is counted like any other loss.
func (r *recordFiles) Flush() error {
	c := r.wanted.Swap(nil)
	if c == nil && r.open != nil {
		r.look()
		if r.short != nil {
			return r.short // what is in memory is written when there is room
		}
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
			r.settings.Store(c)
			r.look()
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
