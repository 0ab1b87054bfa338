package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sipspan/session/store"
)

const (
	// aside is added to the name of a file that is of no use, so that whoever wants to know why can look at it.
	aside = ".refused"
	// repeatedFor is how long the messages of a session are recognised after its record was written.
	repeatedFor = time.Minute
)

// journalPath returns the name of the journal of a generation.
func journalPath(path string, generation uint64) string {
	return fmt.Sprintf("%s.%d.journal", path, generation)
}

// journalsOf returns the generations of the journals that are there, in their order.
func journalsOf(path string) (generations []uint64) {
	names, _ := filepath.Glob(path + ".*.journal") // the pattern is whole
	for _, name := range names {
		middle := strings.TrimSuffix(strings.TrimPrefix(name, path+"."), ".journal")
		if n, err := strconv.ParseUint(middle, 10, 64); err == nil {
			generations = append(generations, n)
		}
	}
	slices.Sort(generations)
	return generations
}

// removeJournals removes those of earlier generations.
func (k *Keeper) removeJournals(before uint64) {
	for _, generation := range journalsOf(k.path) {
		if generation < before {
			if err := os.Remove(journalPath(k.path, generation)); err != nil {
				k.log.Warn("cannot remove a journal of sessions", "err", err)
			}
		}
	}
}

// Load returns the sessions of the last run. Begin notes that they are taken up; until then the next start may have them. A file
// that is damaged, or older than the greatest age, is set aside with a line in the log.
func (k *Keeper) Load(now time.Time) []store.Kept {
	if !k.On() {
		return nil
	}
	generations := journalsOf(k.path)
	if n := len(generations); n > 0 {
		k.latest = generations[n-1]
	}
	file, err := store.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		k.removeJournals(k.latest + 1)
		return nil
	}
	written := time.Unix(0, file.At)
	switch {
	case err != nil:
		k.refuse("cannot read the sessions of the last run; they begin anew in mid-stream", "err", err)
		return nil
	case now.Sub(written) > k.maxAge:
		k.refuse("the sessions of the last run are too old to go on", "file", k.path, "written", written, "max_age", k.maxAge)
		return nil
	}
	k.latest = max(k.latest, file.Generation)
	if err := writable(filepath.Dir(k.path)); err != nil {
		k.log.Warn("cannot write to the folder of sessions; they are not taken up, since the next start would take them up again", "err", err)
		return nil
	}
	l := &last{gap: gapSince(file.At, now), byNumber: make(map[uint64]int, len(file.Sessions))}
	for _, s := range file.Sessions {
		s.Gap = l.gap
		l.add(s)
	}
	for _, generation := range generations {
		if generation+1 >= file.Generation {
			k.apply(l, generation, generation >= file.Generation, now)
		}
	}
	sessions, open := l.sessions()
	k.log.Info("taking up the sessions of the last run", "file", k.path, "sessions", open, "not_captured", l.gap)
	return sessions
}

// gapSince returns how long ago a time was, to the millisecond and at least one of them.
func gapSince(at int64, now time.Time) time.Duration {
	return max(now.Sub(time.Unix(0, at)).Round(time.Millisecond), time.Millisecond)
}

func (k *Keeper) refuse(why string, details ...any) {
	if err := os.Rename(k.path, k.path+aside); err != nil {
		details = append(details, "set_aside", err)
	} else {
		details = append(details, "set_aside", k.path+aside)
	}
	k.log.Warn(why, details...)
	k.removeJournals(k.latest + 1)
}

// writable reports whether files can be made and removed in a folder.
func writable(folder string) error {
	probe, err := os.CreateTemp(folder, ".probe-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// last is what the last run has left behind.
type last struct {
	list     []store.Kept
	byNumber map[uint64]int
	gap      time.Duration // since anything is known
}

// add adds a session, or puts it in the place of what was known of it.
func (l *last) add(s store.Kept) {
	if i, ok := l.byNumber[s.Number]; ok && s.Number != 0 {
		l.list[i] = s
		return
	}
	if s.Number == 0 {
		s.Written = true
	} else {
		l.byNumber[s.Number] = len(l.list)
	}
	l.list = append(l.list, s)
}

// apply changes what the file says by what a journal says. later is whether it was begun with the file, and not before.
func (k *Keeper) apply(l *last, generation uint64, later bool, now time.Time) {
	is, entries, err := store.ReadJournal(journalPath(k.path, generation))
	if err == nil && is != generation {
		err = fmt.Errorf("%w: it has generation %d", store.ErrDamaged, is)
	}
	if err != nil {
		k.log.Warn("cannot read all that became of the sessions after they were written; some may be written twice", "err", err, "entries", len(entries))
	}
	for i := range entries {
		e := &entries[i]
		gap := gapSince(e.At, now)
		l.gap = min(l.gap, gap)
		at, known := l.byNumber[e.Number]
		switch e.Kind {
		case store.SessionEnded:
			if later || !known {
				l.add(store.Kept{Number: e.Number, Packed: e.Packed, Gap: gap})
			}
		case store.SessionWritten:
			if known {
				l.list[at].Written = true
				delete(l.byNumber, e.Number) // the number may be given out again
			}
		}
	}
}

// sessions returns those that go on, and those that are of use for recognising what is repeated.
func (l *last) sessions() (sessions []store.Kept, open int) {
	for _, s := range l.list {
		switch {
		case !s.Written:
			open++
		case s.Number != 0 && s.Gap-l.gap > repeatedFor:
			continue
		}
		sessions = append(sessions, s)
	}
	return sessions, open
}
