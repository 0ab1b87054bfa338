package files

import (
	"bufio"
	"context"
	stdcsv "encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"slices"
	"time"

	"sipspan/exporters/rotate"
	"sipspan/record"
)

// Tidier packs and removes the finished files of one sensor. It belongs to one goroutine.
type Tidier struct {
	sensor string
	log    *slog.Logger
	known  map[string]bool
	folder string // that known is of
}

// NewTidier returns one for the files that hold records of the sensor.
func NewTidier(sensor string, log *slog.Logger) *Tidier {
	return &Tidier{sensor: sensor, log: log, known: map[string]bool{}}
}

// Tidy packs the finished files in the folder of c, and removes those that are older than KeepFor or more than KeepTotal. It touches a
// file only if its name is that of record files and its first record is of that kind and of the sensor. What it removes and what
// fails is logged.
func (t *Tidier) Tidy(ctx context.Context, c Config, now time.Time) {
	if c.Directory != t.folder {
		t.folder = c.Directory
		clear(t.known)
	}
	pack, _ := rotate.ParseCompression(c.PackFinished)
	done, err := rotate.Tidy(ctx, rotate.Tidying{
		Directory: c.Directory, Pack: pack, KeepFor: c.KeepFor, KeepTotal: c.KeepTotal, Mine: t.mine, Known: t.known, Now: now,
	})
	for _, path := range done.Removed {
		t.log.Info("removed a record file (exporters.files.keep_for, keep_total)", "path", path)
	}
	if err != nil && ctx.Err() == nil {
		t.log.Error("record files cannot be packed or removed", "err", err)
	}
}

// mostLine bounds what is read of a file to find out whose it is.
const mostLine = 1 << 20

// mine implements rotate.Tidying.Mine.
func (t *Tidier) mine(kind, ending string, lines *bufio.Reader) bool {
	first := io.LimitReader(lines, mostLine)
	switch ending {
	case ".jsonl":
		var head struct {
			Record, Sensor string
			Version        int
		}
		return json.NewDecoder(first).Decode(&head) == nil && head.Record == kind && head.Sensor == t.sensor && head.Version > 0
	case ".csv":
		r := stdcsv.NewReader(first)
		columns, err := r.Read()
		at := slices.Index(columns, "sensor")
		if err != nil || at < 0 || !slices.Equal(columns, columnsOf(kind)) {
			return false
		}
		row, err := r.Read()
		return err == nil && row[at] == t.sensor
	}
	return false
}

// columnsOf returns the columns of the kind of record with that name, nil when there is none.
func columnsOf(kind string) []string {
	for k := range record.NumKinds {
		if record.Kind(k).String() == kind {
			return record.Columns(record.Kind(k))
		}
	}
	return nil
}
