package app

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"sipspan/config"
	"sipspan/exporters"
	"sipspan/exporters/hep"
	"sipspan/exporters/notify/file"
	"sipspan/exporters/store"
	"sipspan/internal/fault"
	"sipspan/record"
)

// export starts the exporters of records and the destinations of alerts.
func (d *daemon) export() (err error) {
	c := &d.config.Exporters
	if c.Files.Directory != "" {
		if d.files, err = openRecordFiles(c.Files, d.config.Session.Sensor, d.log.Logger, d.keeper.Flush); err != nil {
			return err
		}
		d.queues.Add(exporters.NewQueue(&surviving{d.files, d.keeper}, exporters.Options{
			Name: "files", FlushEvery: flushEvery, Forgive: true, Logger: d.log.Logger,
		}))
	} else if d.keeper.On() {
		d.queues.Add(exporters.NewQueue(&surviving{keeper: d.keeper}, exporters.Options{
			Name: "state", FlushEvery: flushEvery, Logger: d.log.Logger,
		}))
	}
	if c.Store.Directory != "" {
		if d.history, err = store.Open(c.Store, d.log.Logger, nil); err != nil {
			return fmt.Errorf("exporters.store: %w", err)
		}
		// The pipeline is built before the first message.
		d.history.Describe(func(origin uint32) *record.Capture { return d.pipeline.Place(origin) }, d.config.Session.MessageText)
		d.queues.Add(exporters.NewQueue(d.history, exporters.Options{
			Name: "store", FlushEvery: flushEvery, Forgive: true, Logger: d.log.Logger,
		}))
	}
	if len(c.HEP.Destinations) > 0 {
		sender, err := hep.Open(c.HEP, d.config.Session.Sensor, d.log.Logger)
		if err != nil {
			return err
		}
		d.sender.Store(sender)
	}
	if !d.config.Alerts.Enabled {
		return nil
	}
	list, err := d.destinations(&c.Alert)
	if err != nil {
		return err
	}
	d.receivers, err = deliver(list, &c.Alert, d.log.Logger)
	d.queues.Add(queuesOf(d.receivers)...)
	if err == nil && d.now != nil {
		d.board = c.Alert.Delivery.NewQueue("web", &d.now.Board, d.log.Logger)
		d.queues.Add(d.board)
	}
	return err
}

// destinations returns where alerts are to be delivered.
func (d *daemon) destinations(c *config.AlertDelivery) (list []destination, err error) {
	if c.File.Path != "" {
		to := toFile(c.File)
		open := to.open
		to.open = func() (exporters.Exporter, error) {
			e, err := open()
			if f, ok := e.(*file.File); ok && err == nil {
				d.alerts = f
			}
			return e, err
		}
		list = append(list, to)
	}
	more, err := destinations(c, d.log.Logger)
	return append(list, more...), err
}

// redirect delivers alerts as another configuration sets. A destination that stays keeps its queue, and with other settings gets another
// exporter, which delivers what waits. To one that is gone what waits is delivered for exporters.alert.drain. With an error nothing changes.
func (d *daemon) redirect(c *config.AlertDelivery) error {
	alerts := d.alerts
	list, err := d.destinations(c)
	if err != nil {
		return err
	}
	before := slices.Clone(d.receivers)
	delivery := d.config.Exporters.Alert.Delivery != c.Delivery
	type fresh struct {
		to   destination
		old  int // of before, -1: none
		next exporters.Exporter
	}
	var changes []fresh
	var opened []exporters.Exporter
	kept := map[int]bool{}
	for _, to := range list {
		old := slices.IndexFunc(before, func(b receiver) bool { return b.kind == to.kind && b.which == to.which })
		if old >= 0 {
			kept[old] = true
			if !delivery && reflect.DeepEqual(before[old].settings, to.settings) {
				continue
			}
		}
		e, err := to.open()
		if err != nil {
			d.alerts = alerts
			return errors.Join(err, closeAll(opened))
		}
		opened = append(opened, e)
		changes = append(changes, fresh{to, old, e})
	}
	var gone []*exporters.Queue
	d.receivers = nil
	for i, b := range before {
		if kept[i] {
			d.receivers = append(d.receivers, b)
		} else {
			gone = append(gone, b.queue)
			if b.kind == "alert_file" {
				d.alerts = nil
			}
		}
	}
	d.queues.Remove(gone...)
	for _, q := range gone {
		d.leaving.Go(func() {
			defer fault.Catch()
			_ = q.Close() // the queue has logged what went wrong
		})
	}
	for _, change := range changes {
		if change.old >= 0 {
			b := before[change.old]
			b.queue.Replace(change.next, c.Delivery.Options(b.queue.Stats().Name, d.log.Logger))
			d.receivers[slices.IndexFunc(d.receivers, func(x receiver) bool { return x.queue == b.queue })].destination = change.to
			continue
		}
		q := c.Delivery.NewQueue(freeName(change.to.kind, d.receivers), change.next, d.log.Logger)
		d.receivers = append(d.receivers, receiver{change.to, q})
		if change.to.reminds {
			d.firing.join(q.Put, func() { d.queues.Add(q) })
		} else {
			d.queues.Add(q)
		}
	}
	return nil
}

// remind gives the alerts that were firing before the start to the destinations that keep what is firing. To all others they were
// delivered.
func (d *daemon) remind() {
	if d.watching == nil {
		return
	}
	var reminded exporters.Queues
	for _, to := range d.receivers {
		if to.reminds {
			reminded = append(reminded, to.queue)
		}
	}
	if d.board != nil {
		reminded = append(reminded, d.board)
	}
	put := d.veil.Put(advised(d.where.Load, d.firing.note(reminded.Put)))
	for _, a := range d.watching.goOn {
		if d.folder != nil {
			a = d.folder.Resume(a)
		}
		put(a)
	}
}
