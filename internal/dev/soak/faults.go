//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// fault is something that goes wrong around the daemon, and is right again afterwards.
type fault struct {
	name string
	do   func(ctx context.Context, s *soak) error // returns when it is over
}

// lasting is how long a fault lasts, longer than a call may be silent.
const lasting = 4 * time.Second

// faults are all of them.
var faults = []fault{
	{"interface down and up", func(ctx context.Context, s *soak) error {
		return s.unseen(ctx, func() error { return ip("link set " + watched + " down") },
			func() error { return ip("link set " + watched + " up") })
	}},
	{"interface removed and made again", func(ctx context.Context, s *soak) error {
		return s.unseen(ctx, func() error { return ip("link delete " + watched) }, plug)
	}},
	{"disk full", func(ctx context.Context, s *soak) error {
		s.reader.mu.Lock() // it makes room
		err := fill(s.folder)
		pause(ctx, lasting)
		s.reader.mu.Unlock()
		return errors.Join(err, resize(s.folder, roomy))
	}},
	{"folder of the records moved away", func(ctx context.Context, s *soak) error {
		err := s.move()
		pause(ctx, lasting)
		return err
	}},
	{"open record file removed", func(ctx context.Context, s *soak) error {
		parts, err := filepath.Glob(filepath.Join(records(s.folder), "*.part"))
		for _, part := range parts {
			if gone := os.Remove(part); !errors.Is(gone, fs.ErrNotExist) {
				err = errors.Join(err, gone)
			}
		}
		pause(ctx, lasting)
		return err
	}},
	{"something in the place of the folder", func(ctx context.Context, s *soak) error {
		if err := errors.Join(s.move(), os.WriteFile(records(s.folder), nil, 0o600)); err != nil {
			if errors.Is(err, syscall.EISDIR) { // the daemon was faster, and has made the folder again
				return nil
			}
			return err
		}
		pause(ctx, lasting)
		return os.Remove(records(s.folder))
	}},
	{"receivers hang", func(ctx context.Context, s *soak) error { return s.moody(ctx, hanging) }},
	{"receivers refuse", func(ctx context.Context, s *soak) error { return s.moody(ctx, refusing) }},
	{"receivers answer garbage", func(ctx context.Context, s *soak) error { return s.moody(ctx, babbling) }},
	{"metrics read slowly", func(ctx context.Context, s *soak) error {
		ctx, cancel := context.WithTimeout(ctx, 3*lasting)
		defer cancel()
		for range 20 {
			go drip(ctx)
		}
		<-ctx.Done()
		return nil
	}},
	{"SIGHUP with another configuration", func(ctx context.Context, s *soak) error {
		s.reloads++
		err := s.daemon.reload(configuration(&s.options, s.folder, rotateEvery-time.Duration(s.reloads%2)*time.Second))
		pause(ctx, time.Second)
		return err
	}},
	{"SIGHUP with a broken configuration", func(ctx context.Context, s *soak) error {
		err := s.daemon.reload([]byte("limits: {memory: much}\nno such key: [\n"))
		pause(ctx, time.Second)
		return errors.Join(err, os.WriteFile(s.daemon.config, configuration(&s.options, s.folder, rotateEvery), 0o600))
	}},
	{"SIGUSR1", func(ctx context.Context, s *soak) error { return s.daemon.cmd.Process.Signal(syscall.SIGUSR1) }},
}

// margin is how long before and after a fault of the interface packets may be lost.
const margin = 500 * time.Millisecond

// unseen has nobody see what is sent for a while. When it returns the daemon sees all again.
func (s *soak) unseen(ctx context.Context, harm, mend func() error) error {
	s.sender.blind.Store(true)
	defer s.sender.blind.Store(false)
	pause(ctx, margin)
	err := harm()
	pause(ctx, lasting)
	if err := errors.Join(err, mend()); err != nil {
		return err
	}
	pause(ctx, margin) // until the daemon knows that it was blind
	err = s.daemon.ready(ctx)
	pause(ctx, margin)
	return err
}

// move moves the folder of the records away, while none of its files is read.
func (s *soak) move() error {
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	s.moved++
	return os.Rename(records(s.folder), filepath.Join(disk(s.folder), fmt.Sprint("moved-", s.moved)))
}

// moody changes how all peers behave for a while.
func (s *soak) moody(ctx context.Context, m mood) error {
	s.peers.mood.Store(int32(m))
	defer s.peers.mood.Store(int32(obliging))
	pause(ctx, 2*lasting)
	return nil
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
