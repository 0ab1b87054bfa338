package app

import (
	"log/slog"
	"time"

	"sipspan/config"
)

// Looking holds what a command that looks at records is built from.
type Looking struct {
	Config   config.Config
	Log      *slog.Logger
	Inputs   []string       // files, folders, and - for standard input
	Zone     *time.Location // of the times in trace logs that name none; nil is unknown
	Filter   string         // BPF expression that packets have to match, "" for all
	HEP      bool           // take the messages out of packets of HEP
	Progress Progress       // nil: not shown
}
