package app

import (
	"context"
	"time"

	"sipspan/alert"
	"sipspan/pipeline"
	"sipspan/pipeline/ingest"
	"sipspan/record"
	"sipspan/session"
)

var _ session.Watcher = (*alert.Engine)(nil)

// watching is the alert engine of a pipeline.
type watching struct {
	config alert.Config
	sensor string
	engine *alert.Engine // nil before the pipeline has started it
	memory *remembering  // nil: what was learned is not kept
}

// start makes the engine. It is what pipeline.Settings.Watch asks for.
func (w *watching) start(raise func(*record.Alert)) session.Watcher {
	w.engine = alert.New(w.config, w.sensor, raise)
	if w.memory != nil {
		w.memory.load(w.engine)
	}
	return w.engine
}

// tellDropsEvery is how often the engine hears of what the capture lost.
const tellDropsEvery = 5 * time.Second

// tellDrops tells the engine what the capture has had and lost, until ctx ends.
func (w *watching) tellDrops(ctx context.Context, p *pipeline.Pipeline) {
	tick := time.NewTicker(tellDropsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.engine.Capture(lossOf(p))
		}
	}
}

// lossOf returns how many packets a pipeline has had, and how many were lost before it or in it.
func lossOf(p *pipeline.Pipeline) (packets, lost uint64) {
	a, interfaces := p.Account()
	for _, i := range interfaces {
		lost += i.KernelDropped + i.InterfaceDropped
	}
	return a.Packets, lost + a.Dropped[ingest.DroppedQueue]
}
