package app

import (
	"fmt"

	"sipspan/capture/live"
	"sipspan/config"
	"sipspan/record/privacy"
)

// ConfigError is a fault of the configuration that is found only when a run is built.
type ConfigError struct{ err error }

// Error names the key and what is wrong with it.
func (e *ConfigError) Error() string { return e.err.Error() }

// Unwrap returns the fault itself.
func (e *ConfigError) Unwrap() error { return e.err }

// Check reports what loading the configuration does not: whether the key of the pseudonyms can be read. The error is a
// ConfigError.
func Check(c *config.Config) error {
	_, err := openVeil(c.Privacy)
	return err
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
