package config

import (
	"errors"

	"sipspan/exporters/prometheus"
	"sipspan/internal/httpserver"
)

// Metrics is what the metrics show, and the HTTP server that they are on.
type Metrics struct {
	HTTP    httpserver.Config `mapstructure:",squash"`
	Content prometheus.Config `mapstructure:",squash"`
}

func defaultMetrics() Metrics {
	return Metrics{HTTP: httpserver.DefaultConfig(), Content: prometheus.DefaultConfig()}
}

func (c Metrics) validate() error { return errors.Join(c.HTTP.Validate(), c.Content.Validate()) }
