package state

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"sipspan/session/store"
)

// aside is added to the name of a file that is of no use, so that whoever wants to know why can look at it.
const aside = ".refused"

// File is the file of the calls that go on. Nothing that goes wrong with it stops the capture.
type File struct {
	Path   string // "": there is none
	MaxAge time.Duration
	Log    *slog.Logger
}

// Load returns the packed calls in the file, and removes it: they are taken up once. A file that is damaged, or older than
// MaxAge, is set aside with a line in the log.
func (f File) Load(now time.Time) [][]byte {
	if f.Path == "" {
		return nil
	}
	at, sessions, err := store.ReadFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	written := time.Unix(0, at)
	switch {
	case err != nil:
		f.refuse("cannot read the calls of the last run; they begin anew in mid-stream", "err", err)
		return nil
	case now.Sub(written) > f.MaxAge:
		f.refuse("the calls of the last run are too old to go on", "file", f.Path, "written", written, "max_age", f.MaxAge)
		return nil
	}
	if err := os.Remove(f.Path); err != nil {
		f.Log.Warn("cannot remove the file of calls; they are not taken up, since the next start would take them up again", "err", err)
		return nil
	}
	f.Log.Info("taking up the calls of the last run", "file", f.Path, "calls", len(sessions), "not_captured", now.Sub(written).Round(time.Millisecond))
	return sessions
}

func (f File) refuse(why string, details ...any) {
	if err := os.Rename(f.Path, f.Path+aside); err != nil {
		details = append(details, "set_aside", err)
	} else {
		details = append(details, "set_aside", f.Path+aside)
	}
	f.Log.Warn(why, details...)
}

// Save writes the packed calls into the file.
func (f File) Save(now time.Time, sessions [][]byte) {
	if f.Path == "" || len(sessions) == 0 {
		return
	}
	if err := store.WriteFile(f.Path, now.UnixNano(), sessions); err != nil {
		f.Log.Error("the calls that go on are lost", "calls", len(sessions), "err", err)
		return
	}
	f.Log.Info("the calls that go on are kept for the next start", "file", f.Path, "calls", len(sessions))
}
