package prometheus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/exporter-toolkit/web"
)

// Options is what the server shows.
type Options struct {
	Snapshot func() Snapshot
	// Alive returns nil while the program does its work: its reader and workers advance. nil: always.
	Alive func() error
	// Ready returns nil while packets are being captured. nil: always.
	Ready  func() error
	Build  Build
	Veil   Veil
	Logger *slog.Logger // nil: the default one
}

// Server answers scrapes.
type Server struct {
	listener net.Listener
	http     *http.Server
	config   Config
	logger   *slog.Logger
}

// Timeouts of a connection. A scrape takes milliseconds; who needs longer than these is no Prometheus server.
const (
	readTimeout  = 10 * time.Second
	writeTimeout = 30 * time.Second
	idleTimeout  = 2 * time.Minute
	stopTimeout  = 5 * time.Second
)

// Listen opens the port, so that an address in use is known at the start, and serves nothing yet.
func Listen(c Config, o Options) (*Server, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("serving metrics: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &Server{
		listener: listener,
		config:   c,
		logger:   o.Logger,
		http: &http.Server{
			Handler:           handler(c, o, time.Now()),
			ReadHeaderTimeout: readTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    64 << 10,
			ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelWarn),
		},
	}, nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve answers until ctx is done; then it finishes what it has begun to answer and returns nil. It closes the port.
func (s *Server) Serve(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() {
		addresses := []string{s.config.Listen}
		ended <- web.Serve(s.listener, s.http, &web.FlagConfig{WebListenAddresses: &addresses, WebConfigFile: &s.config.WebConfigFile}, s.logger)
	}()
	select {
	case err := <-ended:
		s.listener.Close()
		return fmt.Errorf("serving metrics on %v: %w", s.Addr(), err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err := s.http.Shutdown(stop)
	if err != nil {
		err = errors.Join(fmt.Errorf("stopping to serve metrics: %w", err), s.http.Close())
	}
	s.listener.Close() // for a server that had not begun to serve
	<-ended
	return err
}

// handler is the pages of the server.
func handler(c Config, o Options, created time.Time) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		NewCollector(c, o, created),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	pages := http.NewServeMux()
	pages.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		Registry:            registry,
		EnableOpenMetrics:   true,
		MaxRequestsInFlight: 4,
		Timeout:             writeTimeout - time.Second,
		ErrorLog:            slog.NewLogLogger(o.Logger.Handler(), slog.LevelError),
	}))
	pages.Handle("GET /healthz", check(o.Alive))
	pages.Handle("GET /readyz", check(o.Ready))
	pages.HandleFunc("GET /{$}", index)
	return pages
}

// check answers 200 when all is well and 503 with the reason when it is not.
func check(well func() error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if well != nil {
			if err := well(); err != nil {
				w.WriteHeader(http.StatusServiceUnavailable)
				fmt.Fprintln(w, err)
				return
			}
		}
		fmt.Fprintln(w, "ok")
	})
}

const indexPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>sipspan</title>
<style>body{font:16px/1.6 system-ui,sans-serif;margin:3em auto;max-width:36em;padding:0 1em}dt{font-family:monospace}</style>
<h1>sipspan</h1>
<p>A passive SIP monitor.</p>
<dl>
<dt><a href="metrics">/metrics</a><dd>metrics for Prometheus
<dt><a href="healthz">/healthz</a><dd>200 while the program does its work
<dt><a href="readyz">/readyz</a><dd>200 while packets are being captured
</dl>
</html>
`

func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, indexPage)
}
