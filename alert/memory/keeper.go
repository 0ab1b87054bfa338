package memory

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"sipspan/alert"
)

// saveEvery is how often the baselines are written: so much is lost when the machine fails.
const saveEvery = 5 * time.Minute

// Keeper keeps what an alert engine has learned in a file while a capture runs. A fault of the file is logged and does not stop the
// capture.
type Keeper struct {
	Every time.Duration // between two writes

	path   string
	log    *slog.Logger
	at     time.Time // the time of the last packet that the file knows
	firing firing
}

// NewKeeper returns a keeper of a file.
func NewKeeper(path string, log *slog.Logger) *Keeper {
	return &Keeper{path: path, log: log, Every: saveEvery, firing: newFiring(path)}
}

// Load gives the engine the content of the file.
func (k *Keeper) Load(e *alert.Engine) {
	m, err := Read(k.path, time.Now())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		k.log.Warn("cannot load alert baselines; starting without them", "err", err)
	default:
		e.Remember(m)
		k.at = m.At
		k.log.Info("alert baselines loaded", "file", k.path, "up_to", m.At, "rules", len(m.Rules))
	}
}

// Keep writes the file at every interval until ctx ends.
func (k *Keeper) Keep(ctx context.Context, e *alert.Engine) {
	tick := time.NewTicker(k.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.firing.wake:
			k.saveFiring()
			continue
		case <-tick.C:
		}
		asked := e.AskMemory()
		for waits := true; waits; {
			select {
			case <-ctx.Done():
				return
			case <-k.firing.wake:
				k.saveFiring()
			case m := <-asked:
				k.Save(m)
				waits = false
			}
		}
	}
}

// Save writes the file, unless it holds the same already.
func (k *Keeper) Save(m alert.Memory) {
	if m.At.IsZero() || m.At.Equal(k.at) {
		return
	}
	if err := Write(k.path, m, time.Now()); err != nil {
		k.log.Error("cannot write alert baselines", "err", err)
		return
	}
	k.at = m.At
}
