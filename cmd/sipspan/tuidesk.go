package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"sipspan/internal/app"
	"sipspan/internal/app/extract"
	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/view/terminal"
)

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
	said := fmt.Sprintf("%s: %s with %s", path, quantity(done.Frames, "packet"), quantity(done.Messages, "message"))
	if err != nil {
		said += "; not everything could be read: " + err.Error()
	}
	return said, nil
}

// liveDesk works with the messages that a live capture still holds.
type liveDesk struct{ following *app.Following }

var _ terminal.Desk = (*liveDesk)(nil)

// Draw draws the ladder of a session.
func (d *liveDesk) Draw(_ context.Context, r record.Record, failures []record.Record, related bool) (*ladder.Ladder, error) {
	return d.following.Draw(r, failures, related), nil
}

// Save writes the messages of sessions into a new file.
func (d *liveDesk) Save(_ context.Context, sessions []record.Record, related bool, path string) (string, error) {
	n, err := d.following.Save(sessions, related, path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s", path, quantity(n, "message")), nil
}
