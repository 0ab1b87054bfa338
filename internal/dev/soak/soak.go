//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sipspan/internal/dev/sipgen"
)

// soak is one run.
type soak struct {
	options
	folder   string
	progress io.Writer
	random   *rand.Rand

	ledger *ledger
	sender *sender
	reader *reader
	peers  peers
	daemon *daemon
	watch  *watch

	moved, reloads int
	done           map[string]int // how often each fault was there
}

func newSoak(o options, folder string, progress io.Writer) *soak {
	return &soak{options: o, folder: folder, progress: progress, random: rand.New(rand.NewPCG(o.seed, 1)), done: map[string]int{}}
}

// run runs all parts and prints what came of them. Its error holds what does not agree.
func (s *soak) run(ctx context.Context, out io.Writer) error {
	fmt.Fprintf(s.progress, "seed %d, %v, %d calls a second, limits.memory %d MiB\n", s.seed, s.length, s.calls, s.memory)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := s.prepare(ctx); err != nil {
		return err
	}
	go s.sender.run(ctx)
	go s.reader.run(ctx)
	go s.watch.run(ctx)

	s.part(ctx, "every flood", s.length/4, s.everyFlood)
	s.part(ctx, firstCalm, s.length/10, pause)
	s.part(ctx, "floods and faults", s.length/2, s.floodsAndFaults)
	settle := s.length / 15
	s.part(ctx, "settling", settle, pause)
	s.part(ctx, lastCalm, s.length-s.length/4-s.length/10-s.length/2-settle, pause)

	s.sender.ending.Store(true)
	pause(ctx, 3*hold*time.Millisecond)
	f, err := s.finish()
	stop()
	if err != nil {
		return errors.Join(err, s.logged())
	}
	s.report(out, f)
	if wrong := s.wrong(f); wrong != nil {
		return errors.Join(wrong, s.logged())
	}
	return nil
}

// prepare makes the network, the disk and the peers, and starts the daemon.
func (s *soak) prepare(ctx context.Context) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keeping mounts to this process: %w", err)
	}
	if err := errors.Join(prepare(), mountDisk(s.folder), s.peers.serve(ctx)); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(s.folder, "state"), 0o750); err != nil {
		return err
	}
	socket, err := openWire()
	if err != nil {
		return err
	}
	s.ledger = newLedger((int(s.length/time.Second) + 120) * s.calls)
	s.sender = newSender(socket, s.ledger, &s.options)
	s.reader = &reader{disk: disk(s.folder), ledger: s.ledger}
	if s.daemon, err = start(ctx, &s.options, s.folder); err != nil {
		return err
	}
	s.watch = newWatch(s.daemon)
	return nil
}

// part runs one part for a time.
func (s *soak) part(ctx context.Context, name string, length time.Duration, do func(context.Context, time.Duration)) {
	if ctx.Err() != nil || s.watch.ended() {
		return
	}
	s.watch.begin(name)
	fmt.Fprintf(s.progress, "%s %s\n", time.Now().Format(time.TimeOnly), name)
	limited, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	do(limited, length)
	<-limited.Done()
	s.sender.playing.Store(nil)
}

// everyFlood plays all floods, one after the other.
func (s *soak) everyFlood(ctx context.Context, length time.Duration) {
	all := sipgen.Floods()
	for _, i := range s.random.Perm(len(all)) {
		s.play(ctx, &all[i], length/time.Duration(len(all)))
	}
}

// play plays a flood.
func (s *soak) play(ctx context.Context, f *sipgen.Flood, length time.Duration) {
	s.watch.flood(f.Name)
	s.sender.playing.Store(f)
	pause(ctx, length)
	s.sender.playing.Store(nil)
}

// floodsAndFaults plays floods with pauses between them, and lets fault follow on fault.
func (s *soak) floodsAndFaults(ctx context.Context, _ time.Duration) {
	order := rand.New(rand.NewPCG(s.seed, 3)) // of its own, so that neither order depends on how long the other takes
	floods := make(chan struct{})
	go func() {
		defer close(floods)
		for all := sipgen.Floods(); ctx.Err() == nil; {
			for _, i := range order.Perm(len(all)) {
				s.play(ctx, &all[i], 8*time.Second)
				s.watch.flood("")
				pause(ctx, 3*time.Second)
			}
		}
	}()
	end, _ := ctx.Deadline()
	for time.Until(end) > 4*lasting {
		for _, i := range s.random.Perm(len(faults)) {
			if time.Until(end) <= 4*lasting || ctx.Err() != nil || s.watch.ended() {
				break
			}
			f := &faults[i]
			fmt.Fprintf(s.progress, "%s   %s\n", time.Now().Format(time.TimeOnly), f.name)
			s.done[f.name]++
			if err := f.do(ctx, s); err != nil {
				s.watch.fault(fmt.Errorf("%s: %w", f.name, err))
			}
			pause(ctx, time.Duration(1000+s.random.IntN(3000))*time.Millisecond)
		}
		if ctx.Err() != nil || s.watch.ended() {
			break
		}
	}
	<-floods
}
