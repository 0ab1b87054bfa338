package main

import (
	"errors"

	"sipspan/exporters"
)

// export starts what takes the records and the alerts.
func (d *running) export() (err error) {
	c := &d.config.Exporters
	if c.Files.Directory != "" {
		if d.files, err = openRecordFiles(c.Files, d.log.Logger); err != nil {
			return err
		}
		d.queues = append(d.queues, exporters.NewQueue(d.files, exporters.Options{
			Name: "files", FlushEvery: flushEvery, Logger: d.log.Logger,
		}))
	}
	if !d.config.Alerts.Enabled {
		return nil
	}
	if c.Alert.File.Path != "" {
		if d.alerts, err = openAlertFile(c.Alert.File); err != nil {
			return err
		}
		d.queues = append(d.queues, c.Alert.Delivery.NewQueue("alert_file", d.alerts, d.log.Logger))
	}
	told := c.Alert
	if told.Alertmanager.ExternalURL == "" {
		told.Alertmanager.ExternalURL = externalURL(c.Prometheus.HTTP)
	}
	queues, err := notified(&told, d.log.Logger)
	d.queues = append(d.queues, queues...)
	return err
}

// close delivers what waits: first the alerts that wait for their captures, to the others.
func (d *running) close() error {
	var first exporters.Queues
	if d.captures != nil {
		first = append(first, d.captures)
	}
	return errors.Join(first.Close(), d.queues.Close())
}

// stats returns the account of every queue.
func (d *running) stats() []exporters.Stats {
	all := d.queues.Stats()
	if d.captures != nil {
		all = append(all, d.captures.Stats())
	}
	return all
}
