package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"sipspan/exporters/notify/delivery"
)

// Header is one field of the header of a request.
type Header struct {
	Name  string `mapstructure:"name"`
	Value string `mapstructure:"value"`
}

// Config sets where alerts are sent and in which form.
type Config struct {
	URL        string        `mapstructure:"url"`              // "" sends none
	Method     string        `mapstructure:"method"`           // POST, PUT or PATCH
	Headers    []Header      `mapstructure:"headers"`          // beside Content-Type: application/json, which may be replaced
	Template   string        `mapstructure:"template"`         // "": the JSON of the alert
	Timeout    time.Duration `mapstructure:"timeout"`          // of one request
	HTTPConfig string        `mapstructure:"http_config_file"` // http_config of Prometheus; "": a plain client
}

// DefaultConfig sends nothing until a URL is set.
func DefaultConfig() Config {
	return Config{Method: http.MethodPost, Headers: []Header{}, Timeout: 10 * time.Second}
}

var methods = []string{http.MethodPost, http.MethodPut, http.MethodPatch}

// Validate reports every impossible value, with its key and what was expected.
func (c Config) Validate() error {
	var errs []error
	if c.URL != "" {
		if err := delivery.CheckDestination(c.URL); err != nil {
			errs = append(errs, fmt.Errorf("url: %w", err))
		}
	}
	if !slices.Contains(methods, c.Method) {
		errs = append(errs, fmt.Errorf("method: %q: expected one of %s", c.Method, strings.Join(methods, ", ")))
	}
	for i, h := range c.Headers {
		if !httpguts.ValidHeaderFieldName(h.Name) || !httpguts.ValidHeaderFieldValue(h.Value) {
			errs = append(errs, fmt.Errorf("headers[%d]: %q: expected the name of a header field and a value on one line", i, h.Name))
		}
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > 5*time.Minute {
		errs = append(errs, fmt.Errorf("timeout: %v: expected 100ms to 5m", c.Timeout))
	}
	if c.Template != "" {
		if _, err := newBody(c.Template); err != nil {
			errs = append(errs, fmt.Errorf("template: %w", err))
		}
	}
	if err := delivery.CheckClient(c.HTTPConfig); err != nil {
		errs = append(errs, fmt.Errorf("http_config_file: %w", err))
	}
	return errors.Join(errs...)
}
