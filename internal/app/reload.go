package app

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"sipspan/config"
	"sipspan/exporters/hep"
	"sipspan/exporters/prometheus"
	"sipspan/pipeline"
)

// reload reads the configuration again and applies the keys that can change while running. A configuration with a fault changes
// nothing.
func (d *daemon) reload() {
	loaded, err := d.given.Load()
	if err != nil {
		d.refuse(err)
		return
	}
	for _, warning := range loaded.Warnings {
		d.log.Warn(warning.Text, "where", warning.Origin.String())
	}
	next := inService(loaded.Config)
	inForce := d.config
	var applied, waiting []string
	for _, k := range config.Changed(&d.config, &next) {
		if !k.Reload || ofFiles(k.Name) && !d.takesFiles(&next) {
			waiting = append(waiting, k.Name)
			continue
		}
		k.Copy(&inForce, &next)
		applied = append(applied, k.Name)
	}
	if err := inForce.Validate(); err != nil {
		d.refuse(errors.Join(errors.New("what can change while running does not fit to what waits for a restart"), err), "waiting", waiting)
		return
	}
	if err := d.apply(&inForce, applied); err != nil {
		d.refuse(err)
		return
	}
	for _, key := range waiting {
		d.log.Warn("a changed setting needs a restart", "key", key)
	}
	d.reloads.succeeded(time.Now())
	d.log.Info("configuration reloaded", "applied", applied)
}

// refuse logs what is wrong with a configuration, a line for each fault.
func (d *daemon) refuse(err error, more ...any) {
	d.reloads.failed()
	var problems config.Problems
	if !errors.As(err, &problems) {
		problems = config.Problems{{Text: err.Error()}}
	}
	for _, p := range problems {
		d.log.Error("new configuration refused; keeping the old one", append([]any{"problem", p.String()}, more...)...)
	}
}

// apply takes a configuration into use that differs from the old one in the keys applied. With an error nothing has changed. Destinations
// are looked at in any case: files that their settings name may have changed.
func (d *daemon) apply(c *config.Config, applied []string) error {
	changed := func(section string) bool {
		return slices.ContainsFunc(applied, func(key string) bool { return strings.HasPrefix(key, section) })
	}
	sender, err := d.sending(c)
	if err != nil {
		return err
	}
	if d.watching != nil {
		if err := d.redirect(&c.Exporters.Alert); err != nil {
			return err
		}
	}
	if sender != nil {
		if err := sender.Reload(c.Exporters.HEP); err != nil { // a file of certificates that was there a moment ago
			d.log.Error("HEP is sent as before", "err", err)
		}
	}
	before := d.config
	d.config = *c
	d.log.SetLevel(c.Log)
	if changed("capture.filter") {
		d.interfaces.SetFilter(c.Capture.Filter)
	}
	if changed("exporters.files.") {
		d.files.reopen(c.Exporters.Files)
	}
	d.maxSeries.Store(int64(c.Exporters.Prometheus.Content.MaxSeries))
	if changed("session.") || sender != d.sender.Load() {
		d.sender.Store(sender)
		d.pipeline.Reload(pipeline.Changes{Session: c.Session, Tap: d.tap()})
	}
	if d.watching != nil {
		d.where.Store(d.place())
		if changed("alerts.rules") || changed("session.peers") {
			d.watching.reload(&before, c, d.log.Logger)
		}
	}
	return nil
}

// sending returns who hands messages on as a configuration sets, nil when nobody does.
func (d *daemon) sending(c *config.Config) (*hep.Sender, error) {
	sender := d.sender.Load()
	if sender != nil || len(c.Exporters.HEP.Destinations) == 0 {
		return sender, nil
	}
	return hep.Open(hep.DefaultConfig(), c.Session.Sensor, d.log.Logger)
}

// takesFiles reports whether the settings of the record files can change while running. Record files cannot be switched on or off.
func (d *daemon) takesFiles(next *config.Config) bool {
	return d.files != nil && next.Exporters.Files.Directory != ""
}

func ofFiles(key string) bool { return strings.HasPrefix(key, "exporters.files.") }

// reloads is what became of the last reload. Its methods may be called from any goroutine.
type reloads struct {
	mu   sync.Mutex
	last prometheus.Reload
}

// succeeded notes that a configuration was taken into use.
func (r *reloads) succeeded(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = prometheus.Reload{Successful: true, At: at}
}

// failed notes that a configuration was refused.
func (r *reloads) failed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last.Successful = false
}

func (r *reloads) state() prometheus.Reload {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}
