package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/files"
	"sipspan/exporters/jsonl"
	"sipspan/exporters/notify/delivery"
	"sipspan/exporters/report"
	"sipspan/pipeline"
	"sipspan/record"
	"sipspan/view/ladder/page"
	"sipspan/view/overview"
	"sipspan/view/story"
)

// fileSensor is the sensor of records from files when the configuration names none: the records of a capture are the same on
// every machine.
const fileSensor = "sipspan"

// Reading holds what a run over saved captures is built from.
type Reading struct {
	Config   config.Config
	Log      *slog.Logger
	Inputs   []string       // files, folders, and - for standard input
	Zone     *time.Location // of the times in trace logs that name none; nil is unknown
	Date     time.Time      // the day of the first message of trace logs whose times name none; the zero value is unknown
	Filter   string         // BPF expression that packets have to match, "" for all
	HEP      bool           // take the messages out of packets of HEP
	Alerts   bool           // raise alerts, in packet time
	Notify   bool           // deliver them to the Alertmanagers, the webhook and the command as well
	Files    bool           // write record files
	JSON     bool           // write every record to Output as one JSON object per line; else a readable report
	HTML     bool           // write the report as a page of HTML
	Local    *time.Location // of the times in a report; nil is UTC
	Output   io.Writer
	Progress Progress // nil: not shown
}

// Progress shows how much of the input has been read.
type Progress interface {
	// Update reports that read of total bytes are done; a total of 0 or less is unknown.
	Update(read, total int64)
	// Clear removes what is shown, before the report is written.
	Clear()
}

// unseen shows no progress.
type unseen struct{}

func (unseen) Update(int64, int64) {}
func (unseen) Clear()              {}

// Read reads saved captures until all are read or ctx ends. What could be read is written in any case; the error joins what could
// not be read and what could not be written.
func Read(ctx context.Context, s Reading) error {
	paths, missing := pcapfile.Expand(s.Inputs)
	if len(paths) == 0 {
		return missing
	}
	paths = pcapfile.Distinct(paths, func(path, same string) {
		s.Log.Warn("two files hold the same capture; it is read once", "file", same, "left_out", path)
	})
	if s.Progress == nil {
		s.Progress = unseen{}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := s.Config
	c.Session.Sensor = c.SensorName(func() string { return fileSensor })
	r, err := newRun(c, s.Log, s.Alerts)
	if err != nil {
		return err
	}
	r.hep.Read = s.HEP
	defer r.secrets.keys.Wipe()
	if err := r.secrets.load(); err != nil {
		return err
	}
	source, err := pcapfile.Open(paths, pcapfile.Options{
		Filter: s.Filter, Compile: live.CompileFilter, Zone: s.Zone, Date: s.Date, Progress: s.Progress.Update,
		Secrets: func(log []byte) { r.secrets.keys.AddLog(log) },
	})
	if err != nil {
		return errors.Join(missing, err)
	}
	defer source.Close()
	page, err := s.export(r, paths, cancel)
	if err != nil {
		return errors.Join(err, r.close())
	}
	started := time.Now()
	r.build([]pipeline.Source{source}, false)
	err = errors.Join(r.pipeline.Run(ctx), r.attached.fault())
	s.Progress.Clear()
	snapshot := r.pipeline.Snapshot()
	unread := source.Errors()
	if snapshot.Account.Packets > 0 || len(unread) == 0 || s.JSON {
		r.queues.Put(r.account(&snapshot, time.Since(started)))
	}
	written := r.close()
	if cause := context.Cause(ctx); cause != nil && written == nil {
		err = errors.Join(err, fmt.Errorf("stopped before the end of the input: %w", cause))
	}
	if page != nil && written == nil {
		written = s.writePage(ctx, page)
	}
	return errors.Join(append([]error{missing, err, written}, unread...)...)
}

// export starts the exporters. When one of them fails, failed is called and the reading stops, because the records would be
// incomplete. Its error is returned by its queue and therefore not logged. Destinations that notify neither delay nor stop the
// reading. A report that is to become a page is returned and written later.
func (s *Reading) export(r *run, paths []string, failed func(error)) (page *report.Report, err error) {
	c := &r.config.Exporters
	start := func(name string, e exporters.Exporter, takes func(record.Record) bool) {
		r.queues.Add(exporters.NewQueue(e, exporters.Options{
			Name: name, Block: true, Takes: takes, Logger: slog.New(slog.DiscardHandler), Failed: failed,
		}))
	}
	if s.Files {
		f, err := files.Open(c.Files, s.Log, nil)
		if err != nil {
			return nil, err
		}
		start("files", f, nil)
	}
	if s.Alerts && c.Alert.File.Path != "" {
		f, err := openAlertFile(c.Alert.File)
		if err != nil {
			return nil, err
		}
		start("alert_file", f, delivery.IsAlert)
	}
	if s.Notify {
		started, err := notifications(&c.Alert, s.Log)
		if r.queues.Add(started...); err != nil {
			return nil, err
		}
	}
	if s.JSON {
		start("json", jsonl.NewStream(s.Output), nil)
		return nil, nil
	}
	options := report.For(s.Output)
	options.Sources, options.Zone = paths, s.Local
	if s.HTML {
		page = report.New(io.Discard, options)
		start("report", page, nil)
		return page, nil
	}
	start("report", report.New(s.Output, options), nil)
	return nil, nil
}

// writePage writes a report as a page, with the ladder of the first failure of each kind. The captures are read once more for that, so that
// there are no ladders of what came from standard input.
func (s *Reading) writePage(ctx context.Context, r *report.Report) error {
	if r.Empty() {
		return nil
	}
	wanted := r.Failed()
	var failed []page.Session
	if len(wanted) > 0 && !slices.Contains(s.Inputs, pcapfile.Stdin) {
		// What cannot be read was reported by the first reading.
		shown, _, _ := Show(ctx, Showing{
			Looking: Looking{Config: s.Config, Log: s.Log, Inputs: s.Inputs, Zone: s.Zone, Date: s.Date, Filter: s.Filter, HEP: s.HEP},
			Wanted:  func(r record.Record) bool { return slices.Contains(wanted, r.Head().CallID) },
			All:     true,
		})
		for _, one := range shown {
			failed = append(failed, page.Session{Story: story.Of(one.Record, s.local()), Ladder: one.Ladder})
		}
	}
	return overview.Write(s.Output, r.Document(), failed)
}

// local is the zone of the times for people.
func (s *Reading) local() *time.Location {
	if s.Local == nil {
		return time.UTC
	}
	return s.Local
}
