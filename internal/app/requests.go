package app

import (
	"context"
	"log/slog"
	"strings"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"

	"sipspan/capture/interfaces"
	"sipspan/exporters/report"
	"sipspan/pipeline"
	"sipspan/session/stats"
)

// attend answers requests until ctx ends.
func (d *daemon) attend(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.given.Reload:
			notify(systemd.SdNotifyReloading)
			if d.alerts != nil {
				d.alerts.Reopen() // even when the new configuration is refused: log rotation depends on it
			}
			d.reload()
			notify(systemd.SdNotifyReady)
		case <-d.given.Status:
			d.status("status")
		}
	}
}

// status logs one line about the state.
func (d *daemon) status(message string) {
	s := d.pipeline.Snapshot()
	a := &s.Account
	lost := uint64(0)
	for _, i := range s.Interfaces {
		lost += i.KernelDropped + i.InterfaceDropped
	}
	dropped := uint64(0)
	for _, n := range a.Dropped {
		dropped += n
	}
	attrs := []any{
		"up", time.Since(d.started).Round(time.Second),
		"packets", a.Packets, "bytes", a.Bytes, "delivered", a.Delivered, "dropped", dropped, "lost_before", lost,
		"messages", s.Session.Messages(),
	}
	attrs = append(attrs, slog.Group("lag", "reader", s.Lag.Reader.Round(time.Millisecond), "worker", s.Lag.Worker.Round(time.Millisecond)))
	if s.Shedding != pipeline.ShedNothing {
		attrs = append(attrs, "left_out", s.Shedding)
	}
	attrs = append(attrs, sessionsOf(s.Session), interfacesOf(d.interfaces.States()))
	path := report.PathOf(d.account(&s, 0))
	if carries := path.String(); carries != "" {
		attrs = append(attrs, "carries", carries)
	}
	if remedies := path.Remedies(); len(remedies) > 0 {
		attrs = append(attrs, "remedies", strings.Join(remedies, "; "))
	}
	for _, q := range d.stats() {
		attrs = append(attrs, slog.Group(q.Name, "queued", q.Queued, "delivered", q.Delivered, "errors", q.Errors))
	}
	d.log.Asked.Info(message, attrs...)
}

// sessionsOf returns how many sessions are open now.
func sessionsOf(c *stats.Counters) slog.Attr {
	subscriptions := uint64(0)
	for _, n := range c.SubscriptionsActive {
		subscriptions += uint64(n)
	}
	tracked := uint64(0)
	for _, n := range c.Tracked {
		tracked += uint64(n)
	}
	return slog.Group("sessions", "calls", c.CallsActive, "registrations", c.RegistrationsActive, "subscriptions", subscriptions, "tracked", tracked)
}

// interfacesOf returns the condition of each interface; an empty group, which is not logged, without any.
func interfacesOf(states []interfaces.State) slog.Attr {
	attrs := make([]any, len(states))
	for i, s := range states {
		attrs[i] = slog.String(s.Name, s.Condition.String())
	}
	return slog.Group("interfaces", attrs...)
}
