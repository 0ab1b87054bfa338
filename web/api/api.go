package api

import (
	_ "embed"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"sipspan/record"
	"sipspan/web/history"
	"sipspan/web/live"
)

// Base is the path below which all routes are.
const Base = "/api/v1"

// document describes the routes.
//
//go:embed openapi.yaml
var document []byte

// API answers the routes.
type API struct {
	State   *live.State
	History *history.History
	Log     *slog.Logger
	// ShowText shows what persons wrote in a MESSAGE.
	ShowText bool
}

// Route is one path.
type Route struct {
	Path   string   // below Base, as http.ServeMux has it
	Params []string // of the query; others are refused
	Handle http.HandlerFunc
}

// kinds are the kinds of records that have lists, by the names of these.
var kinds = []struct {
	List string
	Kind record.Kind
}{
	{"calls", record.KindCall},
	{"registrations", record.KindRegistration},
	{"subscriptions", record.KindSubscription},
	{"failures", record.KindFailure},
}

// Routes returns all routes.
func (a *API) Routes() []Route {
	routes := []Route{
		{"/openapi.yaml", nil, describe},
		{"/status", nil, a.status},
		{"/course", nil, a.course},
		{"/trend", []string{"by", "since", "until"}, a.trend},
	}
	for _, k := range kinds {
		routes = append(routes,
			Route{"/" + k.List, history.Params, a.list(k.Kind)},
			Route{"/" + k.List + "/{id}", nil, a.one(k.Kind)},
			Route{"/" + k.List + "/{id}/ladder", nil, a.ladder(k.Kind)},
			Route{"/" + k.List + "/{id}/pcap", nil, a.pcap(k.Kind)},
		)
	}
	return routes
}

// Register adds the routes to a mux, for GET and HEAD. Anything else below Base is a problem.
func (a *API) Register(mux *http.ServeMux) {
	for _, r := range a.Routes() {
		mux.HandleFunc("GET "+Base+r.Path, func(w http.ResponseWriter, q *http.Request) {
			if err := history.CheckParams(q.URL.Query(), r.Params); err != nil {
				a.problem(w, q, err)
				return
			}
			r.Handle(w, q)
		})
	}
	mux.HandleFunc("GET "+Base+"/", func(w http.ResponseWriter, _ *http.Request) {
		write(w, &Problem{Title: "no such route", Status: http.StatusNotFound, Detail: "the routes are described by " + Base + "/openapi.yaml"})
	})
}

func describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(document)
}

func (a *API) status(w http.ResponseWriter, _ *http.Request) { answer(w, a.State.Status()) }

// Course is what the sensor did in the last hour.
type Course struct {
	Points []live.Point `json:"points"` // the oldest first
}

func (a *API) course(w http.ResponseWriter, _ *http.Request) {
	answer(w, Course{a.State.Course.Points()})
}

// answer writes a value as JSON. Nothing is cached: what is shown is of now, and of people.
func answer(w http.ResponseWriter, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		write(w, &Problem{Title: "the answer cannot be written", Status: http.StatusInternalServerError, Detail: err.Error()})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(text, '\n')) // who has gone away does not want it
}

// zone is that of the times in requests to the API that name none.
var zone = time.UTC
