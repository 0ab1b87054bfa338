package app

import (
	"sipspan/exporters"
)

// export starts what takes the records and the alerts.
func (d *daemon) export() (err error) {
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
