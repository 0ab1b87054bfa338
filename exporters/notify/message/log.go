package message

import (
	"log/slog"
	"math"
	"time"

	"sipspan/record"
)

// Attrs returns what the line of a log about an alert holds: what, where, since when, how bad against what is expected, the causes, what to
// look at, and the calls.
func Attrs(a *record.Alert) []slog.Attr {
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
	return attrs
}
