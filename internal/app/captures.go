package app

import (
	"log/slog"

	"sipspan/exporters"
	"sipspan/exporters/notify/delivery"
	"sipspan/exporters/notify/pcap"
	"sipspan/pipeline"
	"sipspan/record"
)

// openCaptures opens the folder for captures of alerts. It reads the pipeline, which build sets before the first alert.
func (r *run) openCaptures(c pcap.Config) (*pcap.Folder, error) {
	f, err := pcap.Open(c, func(callIDs []string) []pcap.Message { return messagesOf(r.pipeline.Recent(callIDs)) })
	if err != nil {
		return nil, alertError("pcap", err)
	}
	return f, nil
}

// messagesOf returns messages in the form that a capture is made of.
func messagesOf(all []pipeline.Message) []pcap.Message {
	out := make([]pcap.Message, len(all))
	for i := range all {
		m := &all[i].Meta
		out[i] = pcap.Message{
			Time: m.Time, Src: m.Src, Dst: m.Dst, Transport: m.Transport, Cut: m.Flags&record.Truncated != 0,
			Raw: all[i].Raw, Of: all[i].Of,
		}
	}
	return out
}

// maxCaptures is how many alerts wait for their captures at most; the oldest goes first.
const maxCaptures = 1000

// queueCaptures puts a queue for alerts in front of next, in which they get their captures. All other records go to next at once.
func queueCaptures(f *pcap.Folder, log *slog.Logger, next func(record.Record)) (func(record.Record), *exporters.Queue) {
	q := exporters.NewQueue(pcap.NewStage(f, next), exporters.Options{
		Name: "alert_pcap", Size: maxCaptures, DropOldest: true, FlushEvery: flushEvery, Logger: log,
		// No time to drain is set: the stage bounds how long an alert waits for its capture, and when the disk hangs the
		// alerts after it are passed on at once.
	})
	return func(r record.Record) {
		if delivery.IsAlert(r) {
			q.Put(r)
			return
		}
		next(r)
	}, q
}

// attached gives alerts their captures before they go to next, and keeps the first error.
type attached struct {
	folder *pcap.Folder
	next   func(record.Record)
	err    error
}

// put takes the records of a pipeline.
func (c *attached) put(r record.Record) {
	if a, ok := r.(*record.Alert); ok {
		b, err := c.folder.Attach(a)
		if err != nil && c.err == nil {
			c.err = err
		}
		r = b
	}
	c.next(r)
}

// fault returns the first error, nil when there was none. A nil receiver has none.
func (c *attached) fault() error {
	if c == nil {
		return nil
	}
	return c.err
}
