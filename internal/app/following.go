package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"sipspan/exporters"
	"sipspan/exporters/notify/pcap"
	"sipspan/internal/state"
	"sipspan/pipeline"
	"sipspan/record"
	"sipspan/view/ladder"
)

// recentBytes is how much memory the recent messages of a live view have, of which ladders are drawn and packets are saved.
const recentBytes = 64 << 20

// Following is a live capture for a view: its records, and the messages of the last while. It writes no files, raises no alerts and
// serves no metrics, and does not touch what a daemon on the same machine has.
type Following struct {
	looking Looking
	run     *run
	sources []pipeline.Source
}

// Follow opens the interfaces of the configuration. Without the right to capture its error names what is needed. deliver is given the
// records, and those of the calls that go on, with the disposition in_progress; where privacy hides people, these
// appear when they are over. It must not wait, and runs in a goroutine of its own.
func Follow(l Looking, deliver func(record.Record)) (*Following, error) {
	c := &l.Config
	c.State, c.HEP.Listen, c.Exporters.Prometheus.HTTP.Enabled = state.Config{}, nil, false
	c.Session.Sensor = c.SensorName(hostName)
	f := &Following{looking: l}
	var err error
	if f.sources, _, err = openSources(c, l.Log); err != nil {
		return nil, err
	}
	if f.run, err = newRun(*c, l.Log, false); err != nil {
		return nil, errors.Join(err, f.close())
	}
	f.run.queues.Add(exporters.NewQueue(handing(func(r record.Record) error { deliver(r); return nil }), exporters.Options{
		Name: "view", DropOldest: true, Logger: slog.New(slog.DiscardHandler),
	}))
	if !c.Privacy.Hides() {
		f.run.openings = &openings{recent: func(callIDs []string) []pipeline.Message { return f.run.pipeline.Recent(callIDs) }}
	}
	f.run.secrets.expect()
	f.run.build(f.sources, true)
	return f, nil
}

func (f *Following) close() (err error) {
	for _, s := range f.sources {
		err = errors.Join(err, s.Close())
	}
	return err
}

// Run captures until ctx ends, or no interface is left. It delivers what is open then, and closes the interfaces. It is called once.
func (f *Following) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var beside sync.WaitGroup
	beside.Go(func() { f.run.secrets.run(ctx) })
	err := f.run.pipeline.Run(ctx)
	stop()
	beside.Wait()
	f.run.secrets.keys.Wipe()
	return errors.Join(err, f.run.close(), f.close())
}

// Packets returns how many packets were captured, and how many were lost on the way.
func (f *Following) Packets() (captured, lost uint64) { return lossOf(f.run.pipeline) }

// Draw draws the ladder of a session of the messages that are still held; of the record where there are none. failures are the failures with its
// Call-ID. related is whether the legs of the conversation that have other Call-IDs are drawn with it.
func (f *Following) Draw(r record.Record, failures []record.Record, related bool) *ladder.Ladder {
	if f.looking.Config.Privacy.Hides() {
		l := ladder.OfHops(r, failures)
		l.Remarks = append(l.Remarks, "privacy hides what the record holds, and the messages would show it")
		return l
	}
	s := Showing{Looking: f.looking, Unlinked: !related}
	legs := s.legs(r)
	in := &ladder.Input{Record: r, Related: failures, ShowText: s.Config.Session.MessageText}
	for _, m := range f.run.pipeline.Recent(legs) {
		if one := recentMessage(&m, legs[m.Of]); s.isOf(r, &one) {
			in.Messages = append(in.Messages, one)
		}
	}
	if len(in.Messages) == 0 {
		return ladder.OfHops(r, failures)
	}
	l := ladder.Build(in)
	if in.Messages[0].Time > r.Head().Start {
		l.Remarks = append(l.Remarks, fmt.Sprintf("the first messages are no longer held: there is room for the last %d MiB of all messages", recentBytes>>20))
	}
	return l
}

// Save writes the messages of sessions that are still held into a new file, and returns how many. It writes none where there are none.
func (f *Following) Save(sessions []record.Record, related bool, path string) (messages int, err error) {
	if f.looking.Config.Privacy.Hides() {
		return 0, errors.New("privacy hides in records what packets would show")
	}
	s := Showing{Looking: f.looking, Unlinked: !related}
	var all []string
	for _, r := range sessions {
		all = append(all, s.legs(r)...)
	}
	found := f.run.pipeline.Recent(all)
	if len(found) == 0 {
		return 0, errors.New("none of its messages is held any more")
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return 0, err
	}
	if err = errors.Join(pcap.Write(to, messagesOf(found)), to.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(path))
	}
	return len(found), nil
}
