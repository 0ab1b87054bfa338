package memory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"sipspan/alert"
	"sipspan/alert/incident"
	"sipspan/record"
)

// firingVersion is that of the form of the file of what is firing.
const firingVersion = 1

// firingFile is what is in the file of what is firing, which stands beside that of the baselines.
type firingFile struct {
	Version int              `json:"version"`
	Written time.Time        `json:"written"`
	Faults  []incident.Fault `json:"faults"`
}

// firing is the file of the alerts that are firing, so that their end is delivered although the program was stopped in between.
type firing struct {
	path   string
	latest atomic.Pointer[[]incident.Fault] // nil: nothing has changed
	wake   chan struct{}                    // capacity 1: it has
}

func newFiring(path string) firing {
	return firing{path: strings.TrimSuffix(path, ".memory") + ".firing", wake: make(chan struct{}, 1)}
}

// Resume gives the engine what was firing when the program ended, and notes from then on what is firing. It returns the alerts that
// go on.
func (k *Keeper) Resume(e *alert.Engine) []*record.Alert {
	e.Changed = k.changed
	faults, err := readFiring(k.firing.path, time.Now())
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			k.log.Warn("cannot load the alerts that were firing; their end will not be delivered", "err", err)
		}
		return nil
	}
	alerts, err := e.Resume(faults)
	if err != nil {
		k.log.Warn("cannot take up every alert that was firing", "err", err)
	}
	if len(alerts) > 0 {
		k.log.Info("alerts from before the start go on", "file", k.firing.path, "alerts", len(alerts))
	}
	return alerts
}

// changed notes what is firing. It does not wait for the disk.
func (k *Keeper) changed(faults []incident.Fault) {
	k.firing.latest.Store(&faults)
	select {
	case k.firing.wake <- struct{}{}:
	default:
	}
}

// saveFiring writes what is firing, if that has changed.
func (k *Keeper) saveFiring() {
	latest := k.firing.latest.Swap(nil)
	if latest == nil {
		return
	}
	if err := writeFiring(k.firing.path, *latest, time.Now()); err != nil {
		k.log.Error("cannot write the alerts that are firing; after a restart their end would not be delivered", "err", err)
	}
}

// Close writes what is firing at the end.
func (k *Keeper) Close() { k.saveFiring() }

func readFiring(path string, now time.Time) ([]incident.Fault, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	var in firingFile
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if in.Version != firingVersion {
		return nil, fmt.Errorf("%s: it has version %d, expected %d", path, in.Version, firingVersion)
	}
	if age := now.Sub(in.Written); age > tooOld {
		return nil, fmt.Errorf("%s: it was written %d days ago", path, age/(24*time.Hour))
	}
	return in.Faults, nil
}

// writeFiring replaces the file as a whole. When nothing is firing there is none.
func writeFiring(path string, faults []incident.Fault, now time.Time) error {
	if len(faults) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(firingFile{Version: firingVersion, Written: now.UTC(), Faults: faults})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return replace(path, append(text, '\n'))
}
