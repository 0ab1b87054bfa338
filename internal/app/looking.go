package app

import (
	"log/slog"
	"time"

	"sipspan/config"
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
