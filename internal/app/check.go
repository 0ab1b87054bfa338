package app

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"sipspan/capture/hep"
	"sipspan/capture/live"
	"sipspan/config"
	"sipspan/internal/httpserver"
	"sipspan/record/privacy"
)

// ConfigError is a fault of the configuration that is found only when a run is built.
type ConfigError struct{ err error }

// Error names the key and what is wrong with it.
func (e *ConfigError) Error() string { return e.err.Error() }

// Unwrap returns the fault itself.
func (e *ConfigError) Unwrap() error { return e.err }

// ErrNothing is what a run is refused with that has nothing to capture.
var ErrNothing = errors.New("no interface to capture on: name one with -i or in capture.interfaces, or receive HEP with --hep-listen")

// Check reports what loading the configuration does not: whether the key of the pseudonyms can be read. The error is a
// ConfigError.
func Check(c *config.Config) error {
	_, err := openVeil(c.Privacy)
	return err
}

// Rehearse opens what Capture opens, and closes it again: it returns why Capture would refuse the configuration on this machine, one fault
// after the other, and what may be no fault. It writes no file but probes, and sends nothing.
func Rehearse(given config.Config) (faults, doubts []error) {
	c := inService(given)
	fault := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	if len(c.Capture.Interfaces) == 0 && len(c.HEP.Listen) == 0 {
		fault(ErrNothing)
	}
	for _, name := range c.Capture.Interfaces {
		switch err := live.Try(name, c.Capture); {
		case errors.Is(err, live.ErrDenied):
			doubts = append(doubts, err)
		default:
			fault(err)
		}
	}
	quiet := slog.New(slog.DiscardHandler)
	_, err := newRun(c, quiet, false)
	fault(err)
	if c.Alerts.Enabled {
		queues, err := notifications(&c.Exporters.Alert, quiet)
		fault(err)
		fault(queues.Close())
		if path := c.Exporters.Alert.File.Path; path != "" {
			fault(checkFolder("exporters.alert.file", filepath.Dir(path), false))
		}
		fault(checkFolder("exporters.alert.pcap", c.Exporters.Alert.Pcap.Folder, true))
	}
	fault(checkFolder("exporters.files.directory", c.Exporters.Files.Directory, true))
	fault(checkFolder("exporters.store.directory", c.Exporters.Store.Directory, true))
	taken := fault
	for _, pages := range []httpserver.Config{c.Exporters.Prometheus.HTTP, pageOf(&c)} {
		if !pages.Enabled {
			continue
		}
		server, err := httpserver.Listen(pages, nil, quiet)
		switch {
		case err == nil:
			fault(server.Close())
		case httpserver.Runs(pages): // the daemon itself, perhaps, whose next configuration this is
			taken = func(err error) {
				if err != nil {
					doubts = append(doubts, fmt.Errorf("%w (a sipspan runs there)", err))
				}
			}
			taken(err)
		default:
			fault(err)
		}
	}
	if len(c.HEP.Listen) > 0 {
		source, err := hep.Open(c.HEP, quiet)
		taken(err)
		if err == nil {
			fault(source.Close())
		}
	}
	return faults, doubts
}

// checkFolder returns why files cannot be made in a folder, which the setting called key names. One that does not exist is made when
// the run begins, if made is true; then the nearest folder above it must permit that. "" is no folder.
func checkFolder(key, folder string, made bool) error {
	if folder == "" {
		return nil
	}
	probe, err := os.CreateTemp(folder, ".probe-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if made && errors.Is(err, fs.ErrNotExist) {
		above := filepath.Clean(folder)
		for errors.Is(err, fs.ErrNotExist) && above != filepath.Dir(above) {
			above = filepath.Dir(above)
			err = unix.Access(above, unix.W_OK|unix.X_OK)
		}
		if err != nil {
			err = fmt.Errorf("%s cannot be made in %s: %w", folder, above, err)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// CheckFilter reports a BPF expression that cannot be compiled.
func CheckFilter(expression string) error {
	c := live.DefaultConfig()
	c.Filter = expression
	return c.Validate()
}

// openVeil reads the key of the pseudonyms, if there are any. A key that is missing is a fault of the configuration.
func openVeil(c privacy.Config) (*privacy.Veil, error) {
	veil, err := privacy.New(c)
	if err != nil {
		return nil, &ConfigError{fmt.Errorf("privacy: %w", err)}
	}
	return veil, nil
}
