package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sipspan/internal/app"
	"sipspan/internal/app/extract"
	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/view/terminal"
)

// viewing holds the flags of “sipspan tui”.
type viewing struct {
	*inputs
	choosing *choosing
	ascii    bool
}

func newTUI() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "tui [flags] FILE|FOLDER ...",
		Aliases: []string{"top"},
		Short:   "Look at calls, their ladders and messages in the terminal",
		Long: `Look at sessions in the terminal: lists of calls, registrations, subscriptions and failures that are filtered as
you type, the ladder of each session with the cause of its failure, its messages, and its packets saved as pcapng.

The lists fill while captures, trace logs and the record files of the daemon are read. The flags for choosing keep all
other sessions out of the lists. F1 shows what the keys do.

What proves that somebody has a password, keys of media, digits that were pressed and the text of instant
messages are not shown.`,
		Example: `  sipspan tui trunk.pcap
  sipspan tui /var/captures --status 5xx
  sipspan tui /var/lib/sipspan/records --user +4930123456`,
		Args: someInput,
	}
	v := &viewing{inputs: inputFlags(cmd), choosing: choosingFlags(cmd)}
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
	looking.Config.Limits.CollectSeldom()
	err = v.show(ctx, looking, choice.Match, screen)
	return errors.Join(err, log.writeTo(stderr))
}

func (v *viewing) show(ctx context.Context, looking app.Looking, wanted func(record.Record) bool, screen *os.File) error {
	reading, quit := context.WithCancel(ctx)
	f := newFeed()
	var beside sync.WaitGroup
	beside.Go(func() {
		l := looking
		l.Progress = f
		f.finish(app.Records(reading, l, func(r record.Record) error { return f.put(reading, r) }))
	})
	title := filepath.Base(looking.Inputs[0])
	if n := len(looking.Inputs); n > 1 {
		title = fmt.Sprintf("%d inputs", n)
	}
	m := terminal.New(reading, terminal.Options{
		Source: f, Desk: &desk{looking}, Wanted: wanted, Zone: v.choosing.local, Title: title, ASCII: v.ascii || !speaksUTF8(),
	})
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

// desk reads captures again for the view.
type desk struct{ looking app.Looking }

var _ terminal.Desk = (*desk)(nil)

// Draw draws the ladder of a session.
func (d *desk) Draw(ctx context.Context, r record.Record, failures []record.Record, related bool) (*ladder.Ladder, error) {
	return app.Draw(ctx, app.Showing{Looking: d.looking, Unlinked: !related}, r, failures)
}

// Save copies the packets of sessions into a new file.
func (d *desk) Save(ctx context.Context, sessions []record.Record, related bool, path string) (string, error) {
	ids := map[string]bool{}
	for _, r := range sessions {
		ids[r.Head().ID] = true
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return "", err
	}
	done, err := extract.Run(ctx, extract.Wanted{
		Looking: d.looking, Matches: func(r record.Record) bool { return ids[r.Head().ID] }, Related: related, Output: f,
	})
	err = errors.Join(err, f.Close())
	if done.Frames == 0 || ctx.Err() != nil {
		if err == nil {
			err = errors.New("the captures hold no packet of it")
		}
		return "", errors.Join(err, os.Remove(path))
	}
	said := fmt.Sprintf("%s: %d packets with %d messages", path, done.Frames, done.Messages)
	if err != nil {
		said += "; not everything could be read: " + err.Error()
	}
	return said, nil
}
