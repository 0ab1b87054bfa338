package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"sipspan/alert/advice"
	alertmessage "sipspan/exporters/notify/message"
	"sipspan/record"
)

// logAlerts returns a sink that logs each alert in one line and passes every record on to next, so that an alert is known where no
// destination of alerts is configured.
func logAlerts(log *slog.Logger, next func(record.Record)) func(record.Record) {
	return func(r record.Record) {
		if a, ok := r.(*record.Alert); ok {
			logAlert(log, a)
		}
		next(r)
	}
}

// advised completes alerts with where things are to be found, before they go to next.
func advised(p *advice.Place, next func(record.Record)) func(record.Record) {
	return func(r record.Record) {
		if a, ok := r.(*record.Alert); ok {
			r = p.Complete(a)
		}
		next(r)
	}
}

// place returns where the records, pages and captures of a run over live interfaces are to be found.
func (r *run) place() *advice.Place {
	c := &r.config
	p := &advice.Place{Base: c.Alerts.BaseURL, Runbook: c.Alerts.RunbookURL, Pcaps: c.Alerts.PcapURL}
	if p.Base == "" {
		p.Base = strings.TrimSuffix(externalURL(c.Exporters.Prometheus.HTTP), "/metrics")
	}
	files := &c.Exporters.Files
	if files.Directory != "" && (len(files.Records) == 0 || slices.Contains(files.Records, record.KindFailure.String())) {
		if path, err := filepath.Abs(files.Directory); err == nil {
			p.Records = path
		}
	}
	return p
}

// logAlert writes an alert in one line.
func logAlert(log *slog.Logger, a *record.Alert) {
	level := slog.LevelWarn
	switch {
	case a.State == "resolved":
		level = slog.LevelInfo
	case a.Severity == "critical":
		level = slog.LevelError
	}
	log.LogAttrs(context.Background(), level, "alert "+a.State, alertmessage.Attrs(a)...)
}
