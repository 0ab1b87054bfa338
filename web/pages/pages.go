package pages

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"sipspan/record"
	"sipspan/web/api"
	"sipspan/web/assets"
	"sipspan/web/history"
	"sipspan/web/live"
)

//go:embed templates
var sources embed.FS

var templates = template.Must(template.ParseFS(sources, "templates/*.html"))

// Pages answers browsers.
type Pages struct {
	State   *live.State
	History *history.History
	Log     *slog.Logger
	Zone    *time.Location // of the times that are shown and asked for
	// ShowText shows what persons wrote in a MESSAGE.
	ShowText bool

	assets *assets.Assets
}

// lists are the pages with a search.
var lists = []struct {
	path, name string
	kind       record.Kind
}{
	{"calls", "Calls", record.KindCall},
	{"registrations", "Registrations", record.KindRegistration},
	{"subscriptions", "Subscriptions", record.KindSubscription},
	{"failures", "Failures", record.KindFailure},
}

// Register adds the pages to a mux, for GET and HEAD.
func (p *Pages) Register(mux *http.ServeMux) {
	p.assets = assets.Load()
	mux.Handle("GET /assets/{version}/{name}", p.assets)
	mux.HandleFunc("GET /{$}", p.overview)
	mux.HandleFunc("GET /live", p.live)
	mux.HandleFunc("GET /user", p.user)
	mux.HandleFunc("GET /trend", p.trend)
	mux.HandleFunc("GET /sensor", p.sensor)
	for i, l := range lists {
		mux.HandleFunc("GET /"+l.path, func(w http.ResponseWriter, r *http.Request) { p.search(w, r, i) })
		mux.HandleFunc("GET /"+l.path+"/{id}", func(w http.ResponseWriter, r *http.Request) { p.session(w, r, i) })
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		p.fail(w, r, &api.Problem{Title: "There is no such page", Status: http.StatusNotFound, Detail: "The address may be misspelt."})
	})
}

// frame is what all pages have around their content.
type frame struct {
	Title, Here           string
	Root                  string // the way to the first page: a proxy may add a prefix to all paths
	Sensor, Version, Zone string
	Nav                   []link
	Content               template.HTML
	version               string
	offset                int // seconds
}

type link struct{ Path, Name string }

// Asset returns the address of a file.
func (f *frame) Asset(name string) string { return f.Root + "assets/" + f.version + "/" + name }

// Offset returns how many minutes the zone of the page is before UTC, for what the script of the page writes.
func (f *frame) Offset() int { return f.offset / 60 }

var navigation = func() (all []link) {
	all = append(all, link{"./", "Now"})
	for _, l := range lists {
		all = append(all, link{l.path, l.name})
	}
	return append(all, link{"user", "Person"}, link{"trend", "Trend"}, link{"sensor", "Sensor"})
}()

// page is one page on its way.
type page struct {
	status      int
	template    string
	title, here string
	root        string
	data        any
}

// show writes a page. It is made as a whole first, so that a fault of a template is no half page.
func (p *Pages) show(w http.ResponseWriter, pg page) {
	var content, whole bytes.Buffer
	err := templates.ExecuteTemplate(&content, pg.template, pg.data)
	zone, offset := time.Now().In(p.Zone).Zone()
	f := &frame{
		Title: pg.title, Here: pg.here, Root: pg.root, Sensor: p.State.Sensor, Version: p.State.Version, Zone: zone, Nav: navigation,
		Content: template.HTML(content.String()), version: p.assets.Version(), offset: offset, // the content was escaped when it was made
	}
	if err == nil {
		err = templates.ExecuteTemplate(&whole, "layout", f)
	}
	if err != nil {
		p.Log.Error("making a page", "page", pg.template, "err", err)
		http.Error(w, "the page cannot be made; the log of the sensor has more", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if pg.status != 0 {
		w.WriteHeader(pg.status)
	}
	_, _ = w.Write(whole.Bytes()) // who has gone away does not want it
}

// fail shows what went wrong. Nothing is shown to who has gone away.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	problem := api.ProblemOf(err)
	var known *api.Problem
	if errors.As(err, &known) {
		problem = known
	}
	if problem == nil {
		return
	}
	if problem.Status == http.StatusInternalServerError {
		p.Log.Error("making a page", "path", r.URL.Path, "err", err)
	}
	root := rootOf(r)
	p.show(w, page{status: problem.Status, template: "problem", title: problem.Title, root: root, data: struct{ Title, Detail, Back string }{
		sentence(problem.Title), sentence(problem.Detail) + ".", root + "./",
	}})
}

// rootOf returns the way from a page to the first one.
func rootOf(r *http.Request) string {
	root := ""
	for i, c := range r.URL.EscapedPath() {
		if c == '/' && i > 0 {
			root += "../"
		}
	}
	return root
}
