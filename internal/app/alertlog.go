package app

import (
	"context"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sipspan/alert/advice"
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

// logAlert writes what, where, since when, how bad against what is expected, the most frequent cause, and the calls to look at.
func logAlert(log *slog.Logger, a *record.Alert) {
	level := slog.LevelWarn
	switch {
	case a.State == "resolved":
		level = slog.LevelInfo
	case a.Severity == "critical":
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("rule", a.Rule), slog.String("severity", a.Severity), slog.String("summary", a.Summary),
		slog.Time("since", time.Unix(0, a.Start).UTC()),
	}
	for _, l := range a.Labels {
		attrs = append(attrs, slog.String(l.Name, l.Value))
	}
	for _, n := range []struct {
		name  string
		value float64
	}{{"value", a.Value}, {"baseline", a.Baseline}, {"threshold", a.Threshold}} {
		if !math.IsNaN(n.value) {
			attrs = append(attrs, slog.Float64(n.name, math.Round(n.value*1e4)/1e4))
		}
	}
	if a.Of > 0 {
		attrs = append(attrs, slog.Uint64("events", a.Events), slog.Uint64("of", a.Of))
	}
	if len(a.TopCauses) > 0 {
		attrs = append(attrs, slog.String("top_cause", a.TopCauses[0].Name))
	}
	if len(a.TopPeers) > 0 {
		attrs = append(attrs, slog.String("top_peer", a.TopPeers[0].Name))
	}
	if len(a.Samples) > 0 {
		attrs = append(attrs, slog.Any("call_ids", a.Samples))
	}
	for _, text := range [][2]string{
		{"likely_cause", a.LikelyCause}, {"look_at", a.LookAt}, {"pcap", a.Pcap}, {"command", a.Command}, {"runbook", a.RunbookURL},
	} {
		if text[1] != "" {
			attrs = append(attrs, slog.String(text[0], text[1]))
		}
	}
	if len(a.Symptoms) > 0 {
		attrs = append(attrs, slog.Int("symptoms", len(a.Symptoms)))
	}
	log.LogAttrs(context.Background(), level, "alert "+a.State, attrs...)
}
