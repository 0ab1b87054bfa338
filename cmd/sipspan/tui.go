package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sipspan/internal/app"
	"sipspan/record"
	"sipspan/view/terminal"
)

// viewing holds the flags of “sipspan tui”.
type viewing struct {
	*inputs
	choosing   *choosing
	interfaces []string
	ascii      bool
}

func newTUI() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "tui [flags] FILE|FOLDER ...|-i INTERFACE",
		Aliases: []string{"top"},
		Short:   "Look at calls, their ladders and messages in the terminal",
		Long: `Look at sessions in the terminal: lists of calls, registrations, subscriptions and failures that are filtered as
you type, the ladder of each session with the cause of its failure, its messages, and its packets saved as pcapng.

The lists fill while captures, trace logs and the record files of the daemon are read. The flags for choosing keep all
other sessions out of the lists. F1 shows what the keys do.

With -i packets are captured on an interface while the view is open, and nothing else is done with them: no files, no
metrics. A call is listed when it is answered, everything else when it is over. Ladders and saved packets are made of
the last 64 MiB of messages. Capturing needs CAP_NET_RAW, and CAP_NET_ADMIN for promiscuous mode.

What proves that somebody has a password, keys of media, digits that were pressed and the text of instant
messages are not shown.`,
		Example: `  sipspan tui trunk.pcap
  sipspan tui /var/captures --status 5xx
  sipspan tui -i eth1
  sipspan tui /var/lib/sipspan/records --user +4930123456`,
	}
	in := inputFlags(cmd)
	v := &viewing{inputs: in, choosing: choosingFlags(cmd, in)}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(v.interfaces) == 0:
			return someInput(cmd, args)
		case len(args) > 0:
			return &usageError{err: errors.New("files and -i exclude each other: look at what is captured now, or at what was saved")}
		}
		return nil
	}
	cmd.Flags().StringArrayVarP(&v.interfaces, "interface", "i", nil, "capture on this `interface` instead of reading files; may be repeated")
	cmd.Flags().BoolVar(&v.ascii, "ascii", false, "draw with ASCII characters only")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return v.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

// run shows the view until somebody leaves it. What was logged meanwhile is written to stderr after that.
func (v *viewing) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	choice, err := v.choosing.choice()
	if err != nil {
		return err
	}
	if slices.Contains(args, "-") {
		return &usageError{err: errors.New("standard input is read once, and the view reads the messages of a session again: name a file")}
	}
	screen, ok := stdout.(*os.File)
	if !ok || !term.IsTerminal(int(screen.Fd())) || !term.IsTerminal(int(os.Stdin.Fd())) {
		return &usageError{err: errors.New("tui needs a terminal for its input and its output; “sipspan show” and “sipspan read” write text")}
	}
	log := &keptLog{}
	looking, err := v.looking(args, log)
	if err != nil {
		return err
	}
	looking.Progress = nil
	ctx, stop := untilStopped(ctx)
	defer stop()
	looking.Config.Limits.Apply()
	f, o := newFeed(), terminal.Options{Wanted: choice.Match, Zone: v.choosing.local, ASCII: v.ascii || !speaksUTF8()}
	o.Source = f
	var read func(context.Context) error
	if len(v.interfaces) > 0 {
		read, err = v.live(looking, f, &o)
	} else {
		looking.Config.Limits.CollectSeldom()
		read = saved(looking, f, &o)
	}
	if err == nil {
		err = show(ctx, f, o, read, screen)
	}
	return errors.Join(err, log.writeTo(stderr))
}

// saved prepares a view of captures, logs and record files.
func saved(looking app.Looking, f *feed, o *terminal.Options) (read func(context.Context) error) {
	o.Desk, o.Title = &desk{looking}, filepath.Base(looking.Inputs[0])
	if n := len(looking.Inputs); n > 1 {
		o.Title = fmt.Sprintf("%d inputs", n)
	}
	return func(ctx context.Context) error {
		l := looking
		l.Progress = f
		return app.Records(ctx, l, func(r record.Record) error { return f.put(ctx, r) })
	}
}

// live opens the interfaces and prepares a view of what is captured on them.
func (v *viewing) live(looking app.Looking, f *feed, o *terminal.Options) (read func(context.Context) error, err error) {
	c := &looking.Config.Capture
	c.Interfaces = v.interfaces
	if v.filter != "" {
		c.Filter = v.filter
	}
	if err := c.Validate(); err != nil {
		return nil, &usageError{err: err}
	}
	following, err := app.Follow(looking, f.offer)
	if err != nil {
		return nil, err
	}
	f.lost = func() uint64 { _, lost := following.Packets(); return lost }
	o.Desk, o.Live, o.Title = &liveDesk{following}, true, strings.Join(v.interfaces, ", ")
	return following.Run, nil
}

// show shows a view of what read puts into the feed, until somebody leaves it.
func show(ctx context.Context, f *feed, o terminal.Options, read func(context.Context) error, screen *os.File) error {
	reading, quit := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { f.finish(read(reading)) })
	m := terminal.New(reading, o)
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(os.Stdin), tea.WithOutput(screen), tea.WithoutSignalHandler()).Run()
	quit()
	beside.Wait()
	switch {
	case ctx.Err() != nil: // a signal ended it
		return nil
	case m.Broken() != "":
		return errors.Join(err, errors.New(m.Broken()))
	}
	return err
}
