package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "storebench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	b := &bench{out: os.Stdout}
	flag.IntVar(&b.calls, "calls", 10_000_000, "`number` of calls without messages, which are searched")
	flag.IntVar(&b.withMessages, "with-messages", 300_000, "`number` of calls with messages")
	flag.IntVar(&b.rate, "rate", 1000, "calls a second that come while the store is watched")
	flag.IntVar(&b.seconds, "seconds", 60, "how long it is watched")
	flag.IntVar(&b.searches, "searches", 30, "`number` of searches of each kind")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("name a folder to write into")
	}
	b.folder = flag.Arg(0)
	if err := os.MkdirAll(b.folder, 0o750); err != nil {
		return err
	}
	if found, err := os.ReadDir(b.folder); err != nil || len(found) > 0 {
		return errors.Join(err, errors.New("the folder is not empty"))
	}
	defer func() {
		for _, name := range []string{"records", "messages"} {
			err = errors.Join(err, os.RemoveAll(filepath.Join(b.folder, name)))
		}
	}()
	if b.templates, err = templates(ctx, b.folder, 60_000); err != nil {
		return err
	}
	return b.measure(ctx)
}
