package app

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"sipspan/capture/live"
	"sipspan/capture/pcapfile"
	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/store"
	"sipspan/pipeline"
	"sipspan/record"
	"sipspan/record/choose"
)

// Looking holds what a command that looks at records is built from.
type Looking struct {
	Config   config.Config
	Log      *slog.Logger
	Inputs   []string       // files, folders, stores, and - for standard input
	Choice   *choose.Choice // what is looked for in stores; nil: everything
	Kinds    []record.Kind  // of the records that are looked for in stores; none: all
	Zone     *time.Location // of the times in trace logs that name none; nil is unknown
	Date     time.Time      // the day of the first message of trace logs whose times name none; the zero value is unknown
	Filter   string         // BPF expression that packets have to match, "" for all
	HEP      bool           // take the messages out of packets of HEP
	Progress Progress       // nil: not shown
}

// Records delivers the records of inputs: of captures and trace logs, which are read as Read does, of the files of JSON Lines that the
// daemon writes, plain or compressed, and of stores. What a file is, its content says. Of a store only those are delivered that l.Choice and l.Kinds ask for. The error joins what could not be read; the first error of deliver ends
// the reading and is among them.
func Records(ctx context.Context, l Looking, deliver func(record.Record) error) error {
	stored, stores, captures := split(l.Inputs)
	var errs []error
	for _, path := range stored {
		if err := readStored(ctx, path, deliver); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	q := store.Query{Choice: l.Choice, Kinds: l.Kinds}
	errs = append(errs, search(ctx, stores, q, deliver))
	if len(captures) > 0 {
		errs = append(errs, l.captured(ctx, captures, deliver))
	}
	return errors.Join(errs...)
}

// CheckStore reports a folder that holds no store.
func CheckStore(folder string) error {
	if _, err := os.ReadDir(folder); err != nil {
		return err
	}
	if !store.IsStore(folder) {
		return fmt.Errorf("%s holds no store: no file history-*.sqlite of sipspan is in it", folder)
	}
	return nil
}

// search delivers what is found in stores.
func search(ctx context.Context, stores []string, q store.Query, deliver func(record.Record) error) error {
	var errs []error
	for _, path := range stores {
		looked := store.Search
		if store.IsPart(path) {
			looked = store.SearchPart
		}
		if err := looked(ctx, path, q, deliver); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	return errors.Join(errs...)
}

// split tells record files, stores and captures apart. What cannot be opened is left to the reader of captures, which says so.
func split(inputs []string) (stored, stores, captures []string) {
	for _, input := range inputs {
		info, err := os.Stat(input)
		if err != nil || !info.IsDir() {
			switch {
			case err == nil && holdsRecords(input):
				stored = append(stored, input)
			case err == nil && store.IsPart(input):
				stores = append(stores, input)
			default:
				captures = append(captures, input)
			}
			continue
		}
		isStore := store.IsStore(input)
		if isStore {
			stores = append(stores, input)
		}
		found := recordFilesIn(input)
		stored = append(stored, found...)
		if _, err := pcapfile.Expand([]string{input}); err == nil || len(found) == 0 && !isStore {
			captures = append(captures, input)
		}
	}
	return stored, stores, captures
}

// recordFilesIn returns the record files in a folder and all folders below it, in order of name.
func recordFilesIn(folder string) (found []string) {
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.Contains(d.Name(), ".jsonl") && holdsRecords(path) {
			found = append(found, path)
		}
		return nil
	})
	slices.Sort(found)
	return found
}

// openStored opens a file and takes off gzip or zstd.
func openStored(path string) (io.Reader, func(), error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	b := bufio.NewReaderSize(f, 1<<16)
	head, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
		return z, func() { _ = f.Close() }, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
		return z, func() { z.Close(); _ = f.Close() }, nil
	}
	return b, func() { _ = f.Close() }, nil
}

const (
	recordBeginning = `{"record":"`
	tableBeginning  = "record,version,"
)

// errTable is what is wrong with a record file of CSV.
var errTable = errors.New("records in CSV cannot be read back, because lists and objects are flattened there: give the files of JSON Lines, or the capture")

// holdsRecords reports whether a file begins as a record file does, of JSON Lines or of CSV.
func holdsRecords(path string) bool {
	r, closing, err := openStored(path)
	if err != nil {
		return false
	}
	defer closing()
	head := make([]byte, max(len(recordBeginning), len(tableBeginning)))
	n, _ := io.ReadFull(r, head)
	return bytes.HasPrefix(head[:n], []byte(recordBeginning)) || bytes.HasPrefix(head[:n], []byte(tableBeginning))
}

// maxRecordLine is how long a line of a record file may be.
const maxRecordLine = 16 << 20

// readStored delivers the records of one file. A line that is none is an error with its number; the lines after it are read.
func readStored(ctx context.Context, path string, deliver func(record.Record) error) error {
	r, closing, err := openStored(path)
	if err != nil {
		return err
	}
	defer closing()
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<16), maxRecordLine)
	var bad error
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if n == 1 && bytes.HasPrefix(lines.Bytes(), []byte(tableBeginning)) {
			return errTable
		}
		rec, err := record.Decode(lines.Bytes())
		if err != nil {
			if bad == nil {
				bad = fmt.Errorf("line %d: %w", n, err)
			}
			continue
		}
		if err := deliver(rec); err != nil {
			return err
		}
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return errors.Join(bad, lines.Err())
}

// captured delivers the records of captures and trace logs.
func (l *Looking) captured(ctx context.Context, inputs []string, deliver func(record.Record) error) error {
	paths, missing := pcapfile.Expand(inputs)
	if len(paths) == 0 {
		return missing
	}
	progress := l.Progress
	if progress == nil {
		progress = unseen{}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := l.Config
	c.Session.Sensor = c.SensorName(func() string { return fileSensor })
	r, err := newRun(c, l.Log, false)
	if err != nil {
		return err
	}
	r.hep.Read = l.HEP
	defer r.secrets.keys.Wipe()
	if err := r.secrets.load(); err != nil {
		return err
	}
	source, err := pcapfile.Open(paths, pcapfile.Options{
		Filter: l.Filter, Compile: live.CompileFilter, Zone: l.Zone, Date: l.Date, Progress: progress.Update,
		Secrets: func(log []byte) { r.secrets.keys.AddLog(log) },
	})
	if err != nil {
		return errors.Join(missing, err)
	}
	defer source.Close()
	r.queues.Add(exporters.NewQueue(handing(deliver), exporters.Options{
		Name: "records", Block: true, Logger: slog.New(slog.DiscardHandler), Failed: cancel,
	}))
	r.build([]pipeline.Source{source}, false)
	err = r.pipeline.Run(ctx)
	progress.Clear()
	return errors.Join(append([]error{missing, err, r.close()}, source.Errors()...)...)
}

// handing is an exporter that hands the records on.
type handing func(record.Record) error

var _ exporters.Exporter = handing(nil)

// Export implements exporters.Exporter.
func (h handing) Export(r record.Record) error { return h(r) }

// Flush implements exporters.Exporter.
func (handing) Flush() error { return nil }

// Close implements exporters.Exporter.
func (handing) Close() error { return nil }
