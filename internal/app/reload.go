package app

import (
	"errors"
	"slices"
	"strings"

	"sipspan/config"
)

// reload reads the configuration again and applies the keys that can change while running. A configuration with a fault changes
// nothing.
func (d *daemon) reload() {
	loaded, err := d.given.Load()
	if err != nil {
		var problems config.Problems
		if !errors.As(err, &problems) {
			problems = config.Problems{{Text: err.Error()}}
		}
		for _, p := range problems {
			d.log.Error("new configuration refused; keeping the old one", "problem", p.String())
		}
		return
	}
	for _, warning := range loaded.Warnings {
		d.log.Warn(warning.Text, "where", warning.Origin.String())
	}
	next := inService(loaded.Config)
	var applied []string
	for _, k := range config.Changed(&d.config, &next) {
		if !k.Reload || ofFiles(k.Name) && !d.takesFiles(&next) {
			d.log.Warn("a changed setting needs a restart", "key", k.Name)
			continue
		}
		applied = append(applied, k.Name)
	}
	d.config.Log.Level = next.Log.Level
	d.log.SetLevel(next.Log)
	if slices.Contains(applied, "capture.filter") {
		d.config.Capture.Filter = next.Capture.Filter
		d.interfaces.SetFilter(next.Capture.Filter)
	}
	if d.takesFiles(&next) && slices.ContainsFunc(applied, ofFiles) {
		d.config.Exporters.Files = next.Exporters.Files
		d.files.reopen(next.Exporters.Files)
	}
	d.log.Info("configuration reloaded", "applied", applied)
}

// takesFiles reports whether the settings of the record files can change while running. Record files cannot be switched on or off.
func (d *daemon) takesFiles(next *config.Config) bool {
	return d.files != nil && next.Exporters.Files.Directory != ""
}

func ofFiles(key string) bool { return strings.HasPrefix(key, "exporters.files.") }
