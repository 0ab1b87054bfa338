package app

import (
	"fmt"

	"sipspan/exporters"
	"sipspan/exporters/hep"
	"sipspan/exporters/store"
	"sipspan/record"
)

// export starts the exporters of records and the destinations of alerts.
func (d *daemon) export() (err error) {
	c := &d.config.Exporters
	if c.Files.Directory != "" {
		if d.files, err = openRecordFiles(c.Files, d.config.Session.Sensor, d.log.Logger, d.keeper.Flush); err != nil {
			return err
		}
		d.queues = append(d.queues, exporters.NewQueue(&surviving{d.files, d.keeper}, exporters.Options{
			Name: "files", FlushEvery: flushEvery, Forgive: true, Logger: d.log.Logger,
		}))
	} else if d.keeper.On() {
		d.queues = append(d.queues, exporters.NewQueue(&surviving{keeper: d.keeper}, exporters.Options{
			Name: "state", FlushEvery: flushEvery, Logger: d.log.Logger,
		}))
	}
	if c.Store.Directory != "" {
		if d.history, err = store.Open(c.Store, d.log.Logger, nil); err != nil {
			return fmt.Errorf("exporters.store: %w", err)
		}
		// The pipeline is built before the first message.
		d.history.Describe(func(origin uint32) *record.Capture { return d.pipeline.Place(origin) }, d.config.Session.MessageText)
		d.queues = append(d.queues, exporters.NewQueue(d.history, exporters.Options{
			Name: "store", FlushEvery: flushEvery, Forgive: true, Logger: d.log.Logger,
		}))
	}
	if len(c.HEP.Destinations) > 0 {
		if d.sender, err = hep.Open(c.HEP, d.config.Session.Sensor, d.log.Logger); err != nil {
			return err
		}
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
	queues, remembering, err := notifications(&c.Alert, d.log.Logger)
	d.remembering = remembering
	d.queues = append(d.queues, queues...)
	if d.now != nil {
		board := c.Alert.Delivery.NewQueue("web", &d.now.Board, d.log.Logger)
		d.queues, d.remembering = append(d.queues, board), append(d.remembering, board)
	}
	return err
}

// remind gives the alerts that were firing before the start to the destinations that keep what is firing. To all others they were
// delivered.
func (d *daemon) remind() {
	if d.watching == nil {
		return
	}
	put := d.veil.Put(advised(d.place(), d.remembering.Put))
	for _, a := range d.watching.goOn {
		if d.folder != nil {
			a = d.folder.Resume(a)
		}
		put(a)
	}
}
