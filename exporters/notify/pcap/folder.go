package pcap

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sipspan/exporters/notify/delivery"
	"sipspan/record"
)

// Recent returns the messages of some Call-IDs that are still in memory, in the order of time.
type Recent func(callIDs []string) []Message

// Folder writes captures into a folder. It belongs to one goroutine.
type Folder struct {
	config Config
	recent Recent
	paths  map[string]string // of the captures of alerts that are firing, by identity
}

// Open makes the folder if it is missing, and removes what a crash has left in it.
func Open(c Config, recent Recent) (*Folder, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	var err error
	if c.Folder, err = filepath.Abs(c.Folder); err != nil { // the path in an alert is read from somewhere else
		return nil, fmt.Errorf("finding the folder for captures of alerts: %w", err)
	}
	if err := os.MkdirAll(c.Folder, 0o750); err != nil {
		return nil, fmt.Errorf("making the folder for captures of alerts: %w", err)
	}
	f := &Folder{config: c, recent: recent, paths: map[string]string{}}
	probe, err := os.CreateTemp(c.Folder, prefix+"*"+part)
	if err != nil {
		return nil, fmt.Errorf("writing captures of alerts: %w", err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return nil, fmt.Errorf("writing captures of alerts: %w", err)
	}
	for _, old := range f.list(part) {
		if time.Since(old.written) < time.Minute {
			continue // it may be another sensor's
		}
		if err := os.Remove(old.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("clearing the folder for captures of alerts: %w", err)
		}
	}
	return f, nil
}

const (
	prefix   = "alert-"
	suffix   = ".pcap"
	suffixNG = ".pcapng"
	part     = ".pcap.part"
	// maxFiring bounds the alerts whose capture is kept until they end.
	maxFiring = 4096
)

// Attach writes the capture of an alert that begins to fire and returns the alert with its path; an alert that ends gets
// the path of its beginning. The alert itself is not changed. When there is nothing to write, or it cannot be written, the
// alert is returned as it is.
func (f *Folder) Attach(a *record.Alert) (*record.Alert, error) {
	id := keyOf(a)
	path, known := f.paths[id]
	switch {
	case a.State == delivery.Resolved:
		if !known {
			path = f.written(a)
		}
		delete(f.paths, id)
	case known && a.State == delivery.Firing: // it was passed on before, and goes on
	case a.State == delivery.Firing:
		var err error
		if path, err = f.write(a); err != nil {
			return a, fmt.Errorf("writing the capture of alert %s: %w", a.Rule, err)
		}
		if path != "" && len(f.paths) < maxFiring {
			f.paths[id] = path
		}
	}
	if path == "" {
		return a, nil
	}
	b := *a
	b.Pcap = path
	return &b, nil
}

// Resume returns an alert that began before the program was started, with the path of the capture that was written then.
func (f *Folder) Resume(a *record.Alert) *record.Alert {
	path := f.written(a)
	if path == "" {
		return a
	}
	if len(f.paths) < maxFiring {
		f.paths[keyOf(a)] = path
	}
	b := *a
	b.Pcap = path
	return &b
}

// keyOf is what all states of one alert have in common.
func keyOf(a *record.Alert) string {
	if a.ID != "" {
		return a.ID
	}
	return delivery.Identity(a)
}

// written returns the path of the capture of an alert that the folder holds, "" when there is none.
func (f *Folder) written(a *record.Alert) string {
	if a.ID == "" {
		return ""
	}
	for _, c := range f.list("-" + plain(a.ID) + suffix) {
		return c.path
	}
	return ""
}

// write writes a capture, unless there are no messages for it, and returns its path.
func (f *Folder) write(a *record.Alert) (path string, err error) {
	if len(a.Samples) == 0 {
		return "", nil
	}
	messages := chosen(f.recent(a.Samples), f.config.Size)
	if len(messages) == 0 {
		return "", nil
	}
	pdus := prepare(messages)
	path = filepath.Join(f.config.Folder, name(a))
	temporary := path + part
	if pdus {
		path += suffixNG
	} else {
		path += suffix
	}
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o640)
	if err != nil {
		return "", err
	}
	err = errors.Join(write(file, messages, pdus), file.Close())
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(temporary))
	}
	return path, f.thin(path)
}

// name returns the name of the file of an alert, without its suffix: when it began, its rule, and a fingerprint of its identity.
func name(a *record.Alert) string {
	return prefix + time.Unix(0, a.Start).UTC().Format("20060102T150405Z") + "-" + plain(a.Rule) + "-" + plain(a.ID)
}

// plain returns a text as part of a file name.
func plain(s string) string {
	const most = 64
	s = s[:min(len(s), most)]
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, s)
}

type captureFile struct {
	path    string
	written time.Time
}

// list returns the files in the folder that are ours and end in one of these ways, the oldest first. The order is that of their
// modification times: captures of old alerts may be written today.
func (f *Folder) list(endings ...string) []captureFile {
	entries, err := os.ReadDir(f.config.Folder)
	if err != nil {
		return nil
	}
	var all []captureFile
	for _, e := range entries {
		ends := func(ending string) bool { return strings.HasSuffix(e.Name(), ending) }
		if !strings.HasPrefix(e.Name(), prefix) || !slices.ContainsFunc(endings, ends) || !e.Type().IsRegular() {
			continue
		}
		if s, err := e.Info(); err == nil {
			all = append(all, captureFile{filepath.Join(f.config.Folder, e.Name()), s.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b captureFile) int {
		return cmp.Or(a.written.Compare(b.written), cmp.Compare(a.path, b.path))
	})
	return all
}

// thin removes the oldest captures when there are too many, but never the newest.
func (f *Folder) thin(newest string) error {
	all := slices.DeleteFunc(f.list(suffix, suffixNG), func(c captureFile) bool { return c.path == newest })
	var errs []error
	for len(all) > f.config.Keep-1 {
		if err := os.Remove(all[0].path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
		all = all[1:]
	}
	return errors.Join(errs...)
}
