package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"sipspan/internal/httpserver"
	"sipspan/web/api"
	"sipspan/web/history"
	"sipspan/web/live"
	"sipspan/web/pages"
)

// Page is the page of one daemon.
type Page struct {
	state  *live.State
	server *httpserver.Server
	log    *slog.Logger
}

// Options is what a page is made of.
type Options struct {
	HTTP     httpserver.Config
	Listener net.Listener // nil: the port is opened
	State    *live.State
	History  *history.History
	Log      *slog.Logger
	ShowText bool // show what persons wrote in a MESSAGE
}

// New opens the port of the page, unless it is open already. Nothing is served before Serve.
func New(o Options) (*Page, error) {
	listener := o.Listener
	if listener == nil {
		var err error
		if listener, err = httpserver.Bind(o.HTTP); err != nil {
			return nil, err
		}
	}
	if Open(o.HTTP) {
		o.Log.Warn("everybody who reaches this port can see who calls whom: set web.web_config_file, with a password",
			"web", listener.Addr().String())
	}
	return &Page{state: o.State, server: httpserver.NewHandler(listener, o.HTTP, Handler(o), o.Log), log: o.Log}, nil
}

// Addr is where the page is.
func (p *Page) Addr() net.Addr { return p.server.Addr() }

// Serve answers until ctx ends. A server that fails does not stop the capture.
func (p *Page) Serve(ctx context.Context) {
	sampling, stop := context.WithCancel(ctx)
	defer stop()
	sampled := make(chan struct{})
	go func() { defer close(sampled); p.state.Course.Run(sampling) }()
	defer func() { stop(); <-sampled }()
	if err := p.server.Serve(ctx); err != nil {
		p.log.Error("no longer serving the page", "err", err)
	}
}

// maxAnswer is how long an answer may be made; the server ends it soon after that.
const maxAnswer = httpserver.WriteTimeout - 5*time.Second

// Handler serves the page and the API.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	(&api.API{State: o.State, History: o.History, Log: o.Log, ShowText: o.ShowText}).Register(mux)
	(&pages.Pages{State: o.State, History: o.History, Log: o.Log, Zone: time.Local, ShowText: o.ShowText}).Register(mux)
	return guarded(mux)
}

// policy allows a page what this program serves, and no script or style within it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded says in every answer what a browser may do with it, and limits how long it takes to make.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		ctx, cancel := context.WithTimeout(r.Context(), maxAnswer)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
