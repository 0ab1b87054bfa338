package prometheus

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options is what a scrape shows.
type Options struct {
	Snapshot func() Snapshot
	Build    Build
	Veil     Veil
	Logger   *slog.Logger // nil: the default one
	// Timeout is how long a scrape may take, 0 without end.
	Timeout time.Duration
}

// maxScrapes is how many scrapes run at the same time; further ones are answered with 503.
const maxScrapes = 4

// NewHandler returns the page with the metrics: those of the program, of the Go runtime and of the process. created is when
// the counters were zero.
func NewHandler(c Config, o Options, created time.Time) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		NewCollector(c, o, created),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		Registry:            registry,
		EnableOpenMetrics:   true,
		MaxRequestsInFlight: maxScrapes,
		Timeout:             o.Timeout,
		ErrorLog:            slog.NewLogLogger(o.Logger.Handler(), slog.LevelError),
	})
}
