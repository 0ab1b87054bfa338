package state

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"sipspan/session/store"
)

const (
	// syncEvery is how often the journal is made sure to be on the disk.
	syncEvery = time.Second
	// maxJournal is how long a journal may get before the file is written anew, in bytes.
	maxJournal = 64 << 20
)

// Keeper keeps the sessions of a run. Nothing that goes wrong with it stops the capture. The order of its methods is Load,
// Begin, Run, Save, Close; Ended, Written and Flush may be called from any goroutine between Begin and Close.
type Keeper struct {
	path     string // "": nothing is kept
	interval time.Duration
	maxAge   time.Duration
	log      *slog.Logger

	journal *journal
	latest  uint64 // generation that was given out last
	failing bool   // the last attempt to write the file failed
	empty   bool   // Save had nothing to write
	saved   bool   // Save has written the file
}

// New returns a keeper. Sessions that were written longer ago than maxAge are not taken up.
func New(c Config, maxAge time.Duration, log *slog.Logger) *Keeper {
	return &Keeper{path: c.Path(), interval: c.Interval, maxAge: maxAge, log: log, journal: newJournal(time.Now)}
}

// On reports whether sessions are kept.
func (k *Keeper) On() bool { return k.path != "" }

// journals reports whether sessions are kept while the program runs.
func (k *Keeper) journals() bool { return k.On() && k.interval > 0 }

// Ended returns what is to be given the sessions whose end was seen; nil when nobody wants them.
func (k *Keeper) Ended() func(number uint64, packed []byte) {
	if !k.journals() {
		return nil
	}
	return k.journal.ended
}

// Written notes that an exporter has the record of a session. It is not in the journal before Flush.
func (k *Keeper) Written(number uint64) {
	if k.journals() {
		k.journal.written(number)
	}
}

// Flush writes what was noted into the journal.
func (k *Keeper) Flush() {
	if k.journals() {
		k.check(k.journal.flush())
	}
}

// check gives up the file when the journal cannot be written: without that, records would come twice.
func (k *Keeper) check(err error) {
	if err == nil {
		return
	}
	if removed := os.Remove(k.path); removed == nil {
		k.log.Error("cannot write down which records were written; a crash would lose the open sessions until the next attempt", "err", err)
	}
}

// Begin is called before the first packet: what Load has returned is taken up.
func (k *Keeper) Begin() {
	switch {
	case !k.On():
	case !k.journals():
		k.forget()
	default:
		k.latest++
		if err := k.journal.begin(journalPath(k.path, k.latest), k.latest); err != nil {
			k.forget() // records that were written could not be told from others
			k.fail(err)
		}
	}
}

// forget removes everything that was kept.
func (k *Keeper) forget() {
	err := os.Remove(k.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		k.log.Error("cannot remove the sessions that were taken up; the next start may take them up again", "err", err)
	}
	k.removeJournals(k.latest + 1)
}

// Run writes the sessions as often as the configuration says, the first time at once, until ctx ends. pack is
// pipeline.Pipeline.Pack.
func (k *Keeper) Run(ctx context.Context, pack func(save func(sessions []byte) error) error) {
	if !k.journals() {
		return
	}
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	k.snapshot(time.Now(), pack)
	written := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.journal.wake:
			k.Flush()
		case now := <-tick.C:
			k.check(k.journal.sync())
			if now.Sub(written) >= k.interval || k.journal.length() > maxJournal {
				k.snapshot(now, pack)
				written = now
			}
		}
	}
}

// snapshot writes the sessions as they are now.
func (k *Keeper) snapshot(now time.Time, pack func(save func(sessions []byte) error) error) {
	k.latest++
	if err := k.journal.begin(journalPath(k.path, k.latest), k.latest); err != nil {
		k.fail(err)
		return
	}
	w, err := store.CreateFile(k.path, k.latest, now.UnixNano())
	if err != nil {
		k.fail(err)
		return
	}
	err = pack(func(sessions []byte) error {
		k.Flush()
		return w.Write(sessions)
	})
	if err != nil {
		w.Abort()
		if !errors.Is(err, store.ErrEnded) { // then Save follows
			k.fail(err)
		}
		return
	}
	if err := w.Commit(); err != nil {
		k.fail(err)
		return
	}
	if k.failing {
		k.failing = false
		k.log.Info("the open sessions are written again")
	}
	k.removeJournals(k.latest - 1) // the one before holds what is on its way to the exporters
	k.log.Debug("open sessions written", "file", k.path, "took", time.Since(now).Round(time.Millisecond))
}

// fail logs the first of several failures.
func (k *Keeper) fail(err error) {
	if !k.failing {
		k.log.Error("cannot write the open sessions; those that begin from now on would be lost in a crash", "err", err)
	}
	k.failing = true
}

// Save writes the sessions that go on when the run has ended.
func (k *Keeper) Save(now time.Time, sessions [][]byte) {
	if !k.On() {
		return
	}
	bytes := 0
	for _, s := range sessions {
		bytes += len(s)
	}
	if bytes == 0 {
		k.empty = true
		return
	}
	k.latest++
	w, err := store.CreateFile(k.path, k.latest, now.UnixNano())
	for _, s := range sessions {
		if err == nil {
			err = w.Write(s)
		}
	}
	if err == nil {
		err = w.Commit()
	}
	if err != nil {
		k.log.Error("cannot write the sessions that go on", "err", err)
		return
	}
	k.saved = true
	k.log.Info("the sessions that go on are kept for the next start", "file", k.path)
}

// Close ends the journal when the exporters have all records.
func (k *Keeper) Close() {
	if !k.On() {
		return
	}
	if err := k.journal.close(); err != nil {
		k.check(err)
		return
	}
	if k.empty {
		_ = os.Remove(k.path)
	}
	if k.empty || k.saved {
		k.removeJournals(k.latest + 1)
	}
}
