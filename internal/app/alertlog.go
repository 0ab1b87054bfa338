package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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
func advised(place func() *advice.Place, next func(record.Record)) func(record.Record) {
	return func(r record.Record) {
		if a, ok := r.(*record.Alert); ok {
			r = place().Complete(a)
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

// firing keeps the alerts that are firing as they were delivered, for a destination that begins later. Its methods may be called from any
// goroutine.
type firing struct {
	mu     sync.Mutex
	alerts []*record.Alert // the oldest first
}

// maxFiring bounds the alerts that are kept. Beyond that the oldest is forgotten.
const maxFiring = 4096

// note returns a sink that keeps what is firing and passes every record on to next.
func (f *firing) note(next func(record.Record)) func(record.Record) {
	return func(r record.Record) {
		a, ok := r.(*record.Alert)
		if !ok {
			next(r)
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.keep(a)
		next(r)
	}
}

// keep is called with mu held.
func (f *firing) keep(a *record.Alert) {
	f.alerts = slices.DeleteFunc(f.alerts, func(old *record.Alert) bool { return old.ID == a.ID })
	if a.State != "firing" {
		return
	}
	if len(f.alerts) >= maxFiring {
		f.alerts = slices.Delete(f.alerts, 0, 1)
	}
	f.alerts = append(f.alerts, a)
}

// join gives what is firing to put, and then calls then. No alert passes in the meantime.
func (f *firing) join(put func(record.Record), then func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.alerts {
		put(a)
	}
	then()
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
