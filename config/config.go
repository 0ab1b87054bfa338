package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"sipspan/alert"
	"sipspan/capture/hep"
	"sipspan/capture/live"
	"sipspan/exporters/files"
	hepout "sipspan/exporters/hep"
	"sipspan/exporters/store"
	"sipspan/internal/httpserver"
	"sipspan/internal/limits"
	"sipspan/internal/logging"
	"sipspan/internal/rights"
	"sipspan/internal/state"
	"sipspan/pipeline"
	"sipspan/reassembly"
	"sipspan/reassembly/tls"
	"sipspan/record/privacy"
	"sipspan/session/shard"
	"sipspan/web"
)

// Config is the whole configuration. It is a value: what was loaded is not changed afterwards.
type Config struct {
	Sensor     string            `mapstructure:"sensor"`
	Log        logging.Config    `mapstructure:"log"`
	Rights     rights.Config     `mapstructure:"rights"`
	Pprof      httpserver.Pprof  `mapstructure:"pprof"`
	Limits     limits.Config     `mapstructure:"limits"`
	State      state.Config      `mapstructure:"state"`
	Capture    live.Config       `mapstructure:"capture"`
	HEP        hep.Config        `mapstructure:"hep"`
	Reassembly reassembly.Config `mapstructure:"reassembly"`
	TLS        tls.Config        `mapstructure:"tls"`
	Session    shard.Config      `mapstructure:"session"`
	Pipeline   pipeline.Config   `mapstructure:"pipeline"`
	Privacy    privacy.Config    `mapstructure:"privacy"`
	Alerts     alert.Config      `mapstructure:"alerts"`
	Exporters  Exporters         `mapstructure:"exporters"`
	Web        web.Config        `mapstructure:"web"`
}

// Exporters is where the records, the alerts and the metrics are delivered.
type Exporters struct {
	Files      files.Config  `mapstructure:"files"`
	Store      store.Config  `mapstructure:"store"`
	HEP        hepout.Config `mapstructure:"hep"`
	Alert      AlertDelivery `mapstructure:"alert"`
	Prometheus Metrics       `mapstructure:"prometheus"`
}

// Default is the configuration without file, environment and flags.
func Default() Config {
	c := Config{
		Log:        logging.DefaultConfig(),
		Rights:     rights.DefaultConfig(),
		Limits:     limits.DefaultConfig(),
		State:      state.DefaultConfig(),
		Capture:    live.DefaultConfig(),
		HEP:        hep.DefaultConfig(),
		Reassembly: reassembly.DefaultConfig(),
		TLS:        tls.DefaultConfig(),
		Session:    shard.DefaultConfig(),
		Pipeline:   pipeline.DefaultConfig(),
		Privacy:    privacy.DefaultConfig(),
		Alerts:     alert.DefaultConfig(),
		Exporters: Exporters{
			Files:      files.DefaultConfig(),
			Store:      store.DefaultConfig(),
			HEP:        hepout.DefaultConfig(),
			Alert:      defaultAlertDelivery(),
			Prometheus: defaultMetrics(),
		},
		Web: web.DefaultConfig(),
	}
	c.share()
	return c
}

// share divides the memory among the tables that traffic can fill. A table that another key gives less keeps to that.
func (c *Config) share() {
	c.Limits.Buffers = c.buffers()
	within := func(limit *int, t limits.Table) { *limit = min(*limit, int(c.Limits.Share(t))) }
	within(&c.Reassembly.TCP.MaxHeldTotal, limits.Streams)
	within(&c.Reassembly.TCP.MaxHeldBytes, limits.Streams)
	within(&c.Reassembly.WebSocket.MaxHeldTotal, limits.WebSocket)
	within(&c.Reassembly.WebSocket.MaxMessageBytes, limits.WebSocket)
	within(&c.Reassembly.SCTP.MaxHeldTotal, limits.SCTP)
	within(&c.Reassembly.SCTP.MaxMessageBytes, limits.SCTP)
	within(&c.Reassembly.Fragments.MaxBytes, limits.Fragments)
	within(&c.TLS.MaxHeldTotal, limits.Streams)
	within(&c.TLS.MaxHeld, limits.Streams)
	within(&c.Session.MaxEvidence, limits.Evidence)
	c.Exporters.Alert.Pcap.Ring = min(c.Exporters.Alert.Pcap.Ring, c.Limits.Memory/8)
	c.Exporters.HEP.QueueBytes = min(c.Exporters.HEP.QueueBytes, int(c.Limits.Memory/32))
	c.Session.Budget = shard.Budget{
		Busy:    int(c.Limits.Share(limits.Busy)),
		Waiting: int(c.Limits.Share(limits.Waiting)),
	}
	c.Session.MaxRegistrationBytes = int(c.Limits.Share(limits.Registrations))
}

// program is what the daemon takes of memory beside the buffers and the tables: its code, and the batches on their way to the workers.
const program = 32 << 20

// buffers returns what the daemon takes before any table holds something: the buffers of the capture, which are filled whatever comes, and
// the program itself. It is nothing where no packets are captured.
func (c *Config) buffers() int64 {
	n := int64(len(c.Capture.Interfaces)) * int64(c.Capture.BufferBytes)
	if len(c.HEP.Listen) > 0 {
		n += int64(c.HEP.QueueBytes)
	}
	if n > 0 {
		n += program
	}
	return n
}

// SensorName is the name that records carry: the configured one, else that of otherwise.
func (c *Config) SensorName(otherwise func() string) string {
	if c.Sensor != "" {
		return c.Sensor
	}
	return otherwise()
}

// Validate validates every section. The errors begin with the key that they concern, where there is one.
func (c *Config) Validate() error {
	return errors.Join(
		c.validateSensor(),
		within("log", c.Log.Validate()),
		within("limits", c.Limits.Validate()),
		within("state", c.State.Validate()),
		within("capture", c.Capture.Validate()),
		within("hep", c.HEP.Validate()),
		within("reassembly", c.Reassembly.Validate()),
		within("tls", c.TLS.Validate()),
		within("session", c.Session.Validate()),
		within("pipeline", c.Pipeline.Validate()),
		within("privacy", c.Privacy.Validate()),
		within("alerts", c.Alerts.Validate()),
		within("exporters.files", c.Exporters.Files.Validate()),
		within("exporters.store", c.Exporters.Store.Validate()),
		within("exporters.store", c.Exporters.Store.CheckPrivacy(c.Privacy.Hides())),
		within("exporters.hep", c.Exporters.HEP.Validate()),
		within("exporters.hep", c.Exporters.HEP.CheckPrivacy(c.Privacy.Hides())),
		within("exporters.alert", c.Exporters.Alert.validate(c.Privacy.Hides())),
		within("exporters.prometheus", c.Exporters.Prometheus.validate()),
		within("web", c.Web.Validate()),
	)
}

func (c *Config) validateSensor() error {
	if len(c.Sensor) > 255 || strings.ContainsFunc(c.Sensor, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("sensor: %q: expected at most 255 printable characters", c.Sensor)
	}
	return nil
}

// within adds the name of the section to the front of each error of its package.
func within(section string, err error) error {
	if err == nil {
		return nil
	}
	var errs []error
	for _, e := range flatten(err) {
		errs = append(errs, fmt.Errorf("%s.%w", section, e))
	}
	return errors.Join(errs...)
}

// flatten takes joined errors apart.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}
