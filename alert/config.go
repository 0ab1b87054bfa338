package alert

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config holds the settings of the engine.
type Config struct {
	// Enabled says whether the daemon watches at all.
	Enabled bool `mapstructure:"enabled"`
	// Interval is the length of a slice: the rules are looked at so often.
	Interval time.Duration `mapstructure:"interval"`
	// TimeZone is the one whose days and hours the baselines follow.
	TimeZone string `mapstructure:"time_zone"`
	// MemoryFile is the file that the daemon keeps what was learned in, "" for none. The engine itself knows no file.
	MemoryFile string `mapstructure:"memory_file"`
	// Group says whether the rules that hold because of one fault are one alert. Otherwise each is one.
	Group bool `mapstructure:"group"`
	// BaseURL is the address under which people reach the pages of this sensor, "" for that of its metrics.
	BaseURL string `mapstructure:"base_url"`
	// RunbookURL is the page that says what to do, with the rule as fragment; "" for the one that the sensor serves.
	RunbookURL string `mapstructure:"runbook_url"`
	// PcapURL is the address under which somebody serves the folder of captures, "" for none.
	PcapURL string `mapstructure:"pcap_url"`
	// MaxSources bounds the addresses that are watched for failed logins and scans, of each rule.
	MaxSources int `mapstructure:"max_sources"`
	// Rules are all rules, or before Complete the changes to the default ones.
	Rules []Rule `mapstructure:"rules"`
}

// DefaultConfig returns the settings used where none are given.
func DefaultConfig() Config {
	return Config{Enabled: true, Group: true, Interval: 5 * time.Second, TimeZone: "UTC", MaxSources: 10_000, Rules: DefaultRules()}
}

// maxRules bounds the rules: each signal passes by those for its method.
const maxRules = 200

// Validate reports what is impossible, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if c.Interval < time.Second || c.Interval > time.Minute || time.Minute%c.Interval != 0 {
		errs = append(errs, fmt.Errorf("interval: %v: expected a part of a minute from 1s to 1m, such as 5s, 10s or 15s", c.Interval))
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil {
		errs = append(errs, fmt.Errorf("time_zone: %q: expected UTC, Local or a name such as Europe/Berlin", c.TimeZone))
	}
	if c.MaxSources < 100 || c.MaxSources > 1_000_000 {
		errs = append(errs, fmt.Errorf("max_sources: %d: expected 100 to 1000000", c.MaxSources))
	}
	if strings.HasSuffix(c.MemoryFile, "/") {
		errs = append(errs, fmt.Errorf("memory_file: %q: expected a file such as /var/lib/sipspan/alerts.memory, not a folder", c.MemoryFile))
	}
	for _, u := range [][2]string{{"base_url", c.BaseURL}, {"runbook_url", c.RunbookURL}, {"pcap_url", c.PcapURL}} {
		if err := checkURL(u[1]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", u[0], err))
		}
	}
	if len(c.Rules) > maxRules {
		errs = append(errs, fmt.Errorf("rules has %d entries, expected at most %d", len(c.Rules), maxRules))
	}
	seen := map[string]bool{}
	for i, r := range c.Rules {
		if seen[r.Name] {
			errs = append(errs, fmt.Errorf("rules[%d]: the name %q is there twice", i, r.Name))
		}
		seen[r.Name] = true
	}
	for _, r := range Complete(c.Rules) {
		if err := r.validate(c.Interval); err != nil {
			at := slices.IndexFunc(c.Rules, func(given Rule) bool { return given.Name == r.Name })
			errs = append(errs, fmt.Errorf("rules[%d]: %s: %w", at, r.Name, err))
		}
	}
	return errors.Join(errs...)
}

// checkURL reports what is wrong with the address of a page.
func checkURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("%q: expected an address such as https://sensor.example:9506, without user and query", text)
	}
	return nil
}

// validate looks at a rule with everything said.
func (r *Rule) validate(interval time.Duration) error {
	if err := checkName(r.Name); err != nil {
		return err
	}
	if !slices.Contains(Types(), r.Type) {
		return fmt.Errorf("type: %q: expected %s", r.Type, strings.Join(Types(), ", "))
	}
	if r.Severity == "" || strings.ContainsFunc(r.Severity, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return fmt.Errorf("severity: %q: expected a word such as warning or critical", r.Severity)
	}
	counted := r.Type == StatusRatio || r.Type == StatusCount
	if counted && len(r.Codes) == 0 && r.Cause == "" {
		return errors.New("codes: expected what counts as bad, such as [5xx], or a cause")
	}
	if !counted && (len(r.Codes) > 0 || r.Cause != "") {
		return fmt.Errorf("codes and cause are for %s and %s", StatusRatio, StatusCount)
	}
	for _, text := range slices.Concat(r.Codes, r.Except) {
		if _, _, err := parseCodes(text); err != nil {
			return fmt.Errorf("codes: %w", err)
		}
	}
	if r.Direction != To && r.Direction != From && r.Direction != Either {
		return fmt.Errorf("direction: %q: expected %s, %s or %s", r.Direction, To, From, Either)
	}
	for _, m := range r.Methods {
		if m == "" || m != strings.ToUpper(m) {
			return fmt.Errorf("methods: %q: expected the name of a method in capitals", m)
		}
	}
	return errors.Join(r.validateNumbers(), r.validateTimes(interval))
}

func checkName(name string) error {
	if name == "" || len(name) > 64 || strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_'
	}) {
		return fmt.Errorf("name: %q: expected 1 to 64 small letters, digits, - and _", name)
	}
	return nil
}

func (r *Rule) validateNumbers() error {
	switch t := *r.Threshold; {
	case !(t >= 0):
		return fmt.Errorf("threshold: %v: expected a number from 0", t)
	case r.isShare() && t > 1:
		return fmt.Errorf("threshold: %v: expected a share from 0 to 1", t)
	}
	switch f := *r.Factor; {
	case !(f >= 0):
		return fmt.Errorf("factor: %v: expected a number from 0", f)
	case r.Type == AnswerRatio && f >= 1:
		return fmt.Errorf("factor: %v: expected what is left of the usual share, less than 1", f)
	case r.Type != AnswerRatio && f > 0 && f <= 1:
		return fmt.Errorf("factor: %v: expected 0 for none, or more than 1", f)
	}
	if *r.MinSamples < 0 || *r.MinSamples > 1_000_000 {
		return fmt.Errorf("min_samples: %d: expected 0 to 1000000", *r.MinSamples)
	}
	return nil
}

// isShare says whether the value of the rule is a part of one.
func (r *Rule) isShare() bool {
	switch r.Type {
	case StatusRatio, NoResponse, RegistrationsLost, AnswerRatio, TrafficSilence, CaptureDrops:
		return true
	}
	return false
}

func (r *Rule) validateTimes(interval time.Duration) error {
	for _, d := range []struct {
		key       string
		value     time.Duration
		low, high time.Duration
	}{
		{"window", *r.Window, interval, 24 * time.Hour},
		{"for", *r.For, 0, 24 * time.Hour},
		{"resolve_after", *r.ResolveAfter, 0, 24 * time.Hour},
		{"cool_down", *r.CoolDown, 0, 7 * 24 * time.Hour},
	} {
		if d.value < d.low || d.value > d.high {
			return fmt.Errorf("%s: %v: expected %v to %v", d.key, d.value, d.low, d.high)
		}
	}
	return nil
}
