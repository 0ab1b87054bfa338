// Package history answers what the page and its API ask of a store: lists with their next part, one record with what belongs to it, and
// failures over time. What searches may take of the machine is bounded.
package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
)

const (
	// maxSearches is how many searches run at a time; others wait.
	maxSearches = 2
	// maxWait is how long a search waits for its turn.
	maxWait = 5 * time.Second
	// maxSearch is how long a search may take.
	maxSearch = 10 * time.Second
)

// The reasons for which nothing can be searched.
var (
	ErrNoStore = errors.New("no records are kept: set exporters.store.directory, or start with --store")
	ErrBusy    = errors.New("other searches take all the time that there is; try again in a moment")
	// ErrUnknown is that no record has the id that was asked for.
	ErrUnknown = errors.New("there is no record with this id: it may be older than what is kept")
)

// History is the store of a daemon. Its methods may be called by several goroutines.
type History struct {
	folder string
	log    *slog.Logger
	turns  chan struct{}
	wait   time.Duration // for a turn, at most
	most   time.Duration // of a search
	now    func() time.Time
}

// Open returns the history in a folder; "" is none.
func Open(folder string, log *slog.Logger) *History {
	return &History{folder: folder, log: log, turns: make(chan struct{}, maxSearches), wait: maxWait, most: maxSearch, now: time.Now}
}

// Kept reports whether there is a store.
func (h *History) Kept() bool { return h.folder != "" }

// Folder returns where the store is, "" without one.
func (h *History) Folder() string { return h.folder }

// run runs a search when it is its turn, for no longer than a search may take. late reports that it was ended for that.
func (h *History) run(ctx context.Context, search func(context.Context) error) (late bool, err error) {
	if !h.Kept() {
		return false, ErrNoStore
	}
	waited := time.NewTimer(h.wait)
	defer waited.Stop()
	select {
	case h.turns <- struct{}{}:
	case <-waited.C:
		return false, ErrBusy
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-h.turns }()
	searching, cancel := context.WithTimeout(ctx, h.most)
	defer cancel()
	err = search(searching)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case searching.Err() != nil:
		return true, nil
	case err != nil:
		// A part that cannot be read is for whoever looks after the sensor. What the others hold is shown.
		h.log.Warn("searching the history", "err", err)
		return false, fmt.Errorf("a part of the history cannot be read: %w", err)
	}
	return false, nil
}

// Query is what is searched for.
type Query struct {
	Choice *choose.Choice
	Kind   record.Kind
	Limit  int
	After  *store.Position // of the last record of the list before; nil for the first list
}

// List is records, those first that began last.
type List struct {
	Records []record.Record
	More    bool   // further ones match
	Doubt   string // why the list may lack some; "" when it does not
}

// Find returns the records that match.
func (h *History) Find(ctx context.Context, q Query) (*List, error) {
	l := &List{}
	late, err := h.run(ctx, func(ctx context.Context) (err error) {
		l.Records, err = store.Newest(ctx, h.folder, store.Query{Choice: q.Choice, Kinds: []record.Kind{q.Kind}}, q.After, q.Limit+1)
		return err
	})
	if l.More = len(l.Records) > q.Limit; l.More {
		l.Records = l.Records[:q.Limit]
	}
	err = l.doubt(late, err, h.most)
	return l, err
}

// doubt says what a list may lack. It returns the errors after which there is no list.
func (l *List) doubt(late bool, err error, most time.Duration) error {
	switch {
	case late:
		l.Doubt = fmt.Sprintf("the search was ended after %v: ask for a number, a Call-ID or a shorter time", most)
	case err == nil:
	case errors.Is(err, ErrNoStore), errors.Is(err, ErrBusy), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	default:
		l.Doubt = "a part of the history cannot be read; the log of the sensor names it"
	}
	return nil
}
