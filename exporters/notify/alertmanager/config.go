package alertmanager

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sipspan/exporters/notify/delivery"
)

// Label is a label that is added to every alert.
type Label struct {
	Name  string `mapstructure:"name"`
	Value string `mapstructure:"value"`
}

// Config sets which Alertmanagers get alerts, and with what.
type Config struct {
	URLs        []string      `mapstructure:"urls"`             // each gets all alerts; none sends none
	Timeout     time.Duration `mapstructure:"timeout"`          // of one request
	RepeatEvery time.Duration `mapstructure:"repeat_every"`     // what is firing is sent again
	ExternalURL string        `mapstructure:"external_url"`     // generatorURL
	RunbookURL  string        `mapstructure:"runbook_url"`      // page of what to do; the name of the rule is its fragment
	Labels      []Label       `mapstructure:"labels"`           // of every alert
	HTTPConfig  string        `mapstructure:"http_config_file"` // http_config of Prometheus; "": a plain client
}

// DefaultConfig sends no alerts.
func DefaultConfig() Config {
	return Config{URLs: []string{}, Timeout: 10 * time.Second, RepeatEvery: time.Minute, Labels: []Label{}}
}

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	for i, u := range c.URLs {
		if err := delivery.CheckDestination(u); err != nil {
			errs = append(errs, fmt.Errorf("urls[%d]: %w", i, err))
		} else if slices.Contains(c.URLs[:i], u) {
			errs = append(errs, fmt.Errorf("urls[%d]: %q: appears twice", i, delivery.Shown(u)))
		}
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > 5*time.Minute {
		errs = append(errs, fmt.Errorf("timeout: %v: expected 100ms to 5m", c.Timeout))
	}
	if c.RepeatEvery < time.Second || c.RepeatEvery > time.Hour {
		errs = append(errs, fmt.Errorf("repeat_every: %v: expected 1s to 1h", c.RepeatEvery))
	}
	if c.ExternalURL != "" {
		if err := delivery.CheckURL(c.ExternalURL); err != nil {
			errs = append(errs, fmt.Errorf("external_url: %w", err))
		}
	}
	if c.RunbookURL != "" {
		if err := delivery.CheckURL(c.RunbookURL); err != nil {
			errs = append(errs, fmt.Errorf("runbook_url: %w", err))
		}
	}
	for i, l := range c.Labels {
		switch {
		case labelName(l.Name) != l.Name || l.Name == "":
			errs = append(errs, fmt.Errorf("labels[%d]: %q: expected a name of letters, digits and _ that does not begin with a digit", i, l.Name))
		case slices.Contains(reserved, l.Name):
			errs = append(errs, fmt.Errorf("labels[%d]: %s: is set for every alert; expected another name", i, l.Name))
		}
	}
	if err := delivery.CheckClient(c.HTTPConfig); err != nil {
		errs = append(errs, fmt.Errorf("http_config_file: %w", err))
	}
	return errors.Join(errs...)
}
