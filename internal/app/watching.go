package app

import (
	"context"
	"log/slog"
	"time"

	"sipspan/alert"
	"sipspan/alert/memory"
	"sipspan/config"
	"sipspan/pipeline"
	"sipspan/pipeline/ingest"
	"sipspan/record"
	"sipspan/session/correlate"
)

var _ correlate.Watcher = (*alert.Engine)(nil)

// watching is the alert engine of a pipeline.
type watching struct {
	config alert.Config
	sensor string
	engine *alert.Engine   // nil before the pipeline has started it
	memory *memory.Keeper  // nil: neither baselines nor alerts are kept
	goOn   []*record.Alert // that were firing before the start
}

// start makes the engine. It has the form of pipeline.Settings.Watch.
func (w *watching) start(raise func(*record.Alert)) correlate.Watcher {
	w.engine = alert.New(w.config, w.sensor, raise)
	if w.memory != nil {
		w.memory.Load(w.engine)
		w.goOn = w.memory.Resume(w.engine)
	}
	return w.engine
}

// reload gives the engine the rules and the groups of a configuration, and logs which rules look at something else from now on, so that they
// learn anew what is usual.
func (w *watching) reload(before, c *config.Config, log *slog.Logger) {
	names := make([]string, len(c.Session.Peers))
	for i, p := range c.Session.Peers {
		names[i] = p.Name
	}
	if anew := alert.Anew(before.Alerts.Rules, c.Alerts.Rules, c.Alerts); len(anew) > 0 {
		log.Info("alert rules look at something else; they learn anew what is usual", "rules", anew)
	}
	w.engine.Reload(c.Alerts.Rules, names)
}

// reportLossEvery is how often the engine is given the losses of the capture.
const reportLossEvery = 5 * time.Second

// reportLoss gives the engine the numbers of captured and lost packets, until ctx ends.
func (w *watching) reportLoss(ctx context.Context, p *pipeline.Pipeline) {
	tick := time.NewTicker(reportLossEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.engine.Capture(lossOf(p))
			w.engine.Requests(p.Snapshot().Session.FirstRequests())
		}
	}
}

// lossOf returns how many packets a pipeline has received, and how many were lost before it, or in it because the machine was too slow.
func lossOf(p *pipeline.Pipeline) (packets, lost uint64) {
	a, interfaces := p.Account()
	for _, i := range interfaces {
		lost += i.KernelDropped + i.InterfaceDropped
	}
	for i, n := range a.Dropped {
		if stage := ingest.Dropped(i).Stage(); stage == "queue" || stage == "shed" {
			lost += n
		}
	}
	return a.Packets, lost
}
