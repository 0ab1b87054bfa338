package app

import (
	"errors"
	"slices"
	"strings"

	"sipspan/config"
)

// reload reads the configuration again and takes into use what can change while running. A configuration with a fault
// changes nothing.
func (d *daemon) reload() {
	loaded, err := d.given.Load()
	if err != nil {
		var problems config.Problems
		if !errors.As(err, &problems) {
			problems = config.Problems{{Text: err.Error()}}
		}
		for _, p := range problems {
			d.log.Error("configuration refused, the old one stays", "problem", p.String())
		}
		return
	}
	for _, odd := range loaded.Warnings {
		d.log.Warn(odd.Text, "where", odd.Origin.String())
	}
	next := inService(loaded.Config)
	var applied []string
	for _, k := range config.Changed(&d.config, &next) {
		if !k.Reload || ofFiles(k.Name) && !d.takesFiles(&next) {
			d.log.Warn("a changed setting waits for a restart", "key", k.Name)
			continue
		}
		applied = append(applied, k.Name)
	}
	d.config.Log.Level = next.Log.Level
	d.log.SetLevel(next.Log)
	if d.takesFiles(&next) && slices.ContainsFunc(applied, ofFiles) {
		d.config.Exporters.Files = next.Exporters.Files
		d.files.reopen(next.Exporters.Files)
	}
	d.log.Info("configuration read again", "applied", applied)
}

// takesFiles says whether the settings of the record files can change while running: not from none to some or back.
func (d *daemon) takesFiles(next *config.Config) bool {
	return d.files != nil && next.Exporters.Files.Directory != ""
}

func ofFiles(key string) bool { return strings.HasPrefix(key, "exporters.files.") }
