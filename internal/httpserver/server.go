package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/net/netutil"
)

// Server serves pages on one port.
type Server struct {
	listener net.Listener
	http     *http.Server
	config   Config
	log      *slog.Logger
}

// WriteTimeout is how long the answer to a request may take, from the end of its header.
const WriteTimeout = 30 * time.Second

const (
	readTimeout = 10 * time.Second // a request is a header and no body
	idleTimeout = 2 * time.Minute
	stopTimeout = 5 * time.Second
	askTimeout  = 5 * time.Second
	maxHeader   = 64 << 10

	maxConnections = 256

	serverName = "sipspan" // in the Server field of each answer, without a version
)

// Bind opens the port, so that an address in use is known at the start, and serves nothing.
func Bind(c Config) (net.Listener, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("serving HTTP: %w", err)
	}
	return listener, nil
}

// Listen opens the port and returns the server for it, which serves nothing yet. A nil log is the default one.
func Listen(c Config, pages []Page, log *slog.Logger) (*Server, error) {
	listener, err := Bind(c)
	if err != nil {
		return nil, err
	}
	return New(listener, c, pages, log), nil
}

// New returns the server of some pages for a port that Bind has opened, see NewHandler.
func New(listener net.Listener, c Config, pages []Page, log *slog.Logger) *Server {
	return NewHandler(listener, c, handler(pages), log)
}

// NewHandler returns the server for a port that Bind has opened, of which h answers all requests. At most 256 connections are open at a time; others
// wait.
func NewHandler(listener net.Listener, c Config, h http.Handler, log *slog.Logger) *Server {
	if log == nil {
		log = slog.Default()
	}
	return &Server{
		listener: netutil.LimitListener(listener, maxConnections),
		config:   c,
		log:      log,
		http: &http.Server{
			Handler:           named(h),
			ReadHeaderTimeout: readTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      WriteTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeader,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
	}
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Close closes the port of a server that is not to serve.
func (s *Server) Close() error { return s.listener.Close() }

// Runs reports whether a server of this program answers where c listens. One that is reached with TLS or a password alone is not found.
func Runs(c Config) bool {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	client := http.Client{Timeout: askTimeout}
	response, err := client.Head("http://" + net.JoinHostPort(host, port) + "/")
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.Header.Get("Server") == serverName
}

// Serve answers until ctx is done; then it finishes what it has begun to answer and returns nil. It closes the port.
func (s *Server) Serve(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() {
		addresses := []string{s.config.Listen}
		ended <- web.Serve(s.listener, s.http, &web.FlagConfig{WebListenAddresses: &addresses, WebConfigFile: &s.config.WebConfigFile}, s.log)
	}()
	select {
	case err := <-ended:
		s.listener.Close()
		return fmt.Errorf("serving HTTP on %v: %w", s.Addr(), err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err := s.http.Shutdown(stop)
	if err != nil {
		err = errors.Join(fmt.Errorf("stopping to serve HTTP: %w", err), s.http.Close())
	}
	s.listener.Close() // for a server that had not begun to serve
	<-ended
	return err
}
