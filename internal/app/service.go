package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"sipspan/config"
	"sipspan/internal/httpserver"
	"sipspan/internal/rights"
)

// stateDirectory is the variable in which systemd names the folder that the service may write to.
const stateDirectory = "STATE_DIRECTORY"

// The names of the files of alerts in the folder that systemd gives to the service: of the alerts, and of their baselines.
const (
	alertFile  = "alerts.jsonl"
	memoryFile = "alerts.memory"
)

// inService returns the configuration with what only the running daemon knows: the folder that systemd gives it, and the name of
// the host.
func inService(c config.Config) config.Config {
	if c.Exporters.Files.Directory == "" {
		c.Exporters.Files.Directory = os.Getenv(stateDirectory)
	}
	inState(&c)
	if c.State.Directory == "" {
		c.State.Directory = os.Getenv(stateDirectory)
	}
	c.Session.Sensor = c.SensorName(hostName)
	return c
}

// inState sets the files of alerts and of their baselines, when the configuration names none, to files in the folder of the service.
func inState(c *config.Config) {
	state := os.Getenv(stateDirectory)
	if state == "" {
		return
	}
	if path := &c.Exporters.Alert.File.Path; *path == "" {
		*path = filepath.Join(state, alertFile)
	}
	if c.Alerts.MemoryFile == "" {
		c.Alerts.MemoryFile = filepath.Join(state, memoryFile)
	}
}

// unprivileged gives up the rights of root, if the process has them and there is a user to become. The folders that the run writes to are made
// and given to that user first, where they do not exist.
func unprivileged(c config.Config, log *slog.Logger) (*rights.Opener, error) {
	account, err := rights.Account(c.Rights)
	if errors.Is(err, rights.ErrNobody) {
		log.Warn(err.Error())
		return nil, nil
	}
	if err != nil {
		return nil, &ConfigError{err}
	}
	if account == nil {
		return nil, nil
	}
	for _, folder := range []string{c.Exporters.Files.Directory, c.Exporters.Store.Directory, c.State.Directory, c.Exporters.Alert.Pcap.Folder} {
		if folder == "" {
			continue
		}
		if err := account.Own(folder); err != nil {
			return nil, fmt.Errorf("making a folder for %s: %w", account.Name, err)
		}
	}
	opener, err := account.Drop()
	if err != nil {
		return nil, err
	}
	log.Info("the rights of root are given up", "user", account.Name)
	return opener, nil
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "sipspan"
	}
	return name
}

// externalURL returns the address of the metrics of this machine, "" when it is unknown.
func externalURL(c httpserver.Config) string {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || !c.Enabled || port == "0" {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = hostName()
	}
	scheme := "http"
	if c.WebConfigFile != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/metrics"
}
