package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sipspan/record"
	"sipspan/web/api"
	"sipspan/web/history"
)

// field is one field of a form. Its name is that of the parameter.
type field struct {
	Name, Label, Hint string
	Wide, Rare        bool
	kinds             []record.Kind // that have it; none: all
	Value             string
	Wrong             bool
}

var fields = []field{
	{Name: "number", Label: "Number", Hint: "+49 30 123456, 030123456, +4930*"},
	{Name: "user", Label: "User", Hint: "alice, alice@example.com"},
	{Name: "call-id", Label: "Call-ID", Hint: "its beginning and *"},
	{Name: "status", Label: "Status", Hint: "486, 5xx"},
	{Name: "disposition", Label: "Ended as", Hint: "busy, failed", kinds: []record.Kind{record.KindCall}},
	{Name: "disposition", Label: "Outcome", Hint: "rejected, timeout", kinds: []record.Kind{record.KindRegistration, record.KindSubscription}},
	{Name: "method", Label: "Method", Hint: "INVITE", kinds: []record.Kind{record.KindFailure}},
	{Name: "cause", Rare: true, Label: "Cause", Hint: "q850, timeout, no route"},
	{Name: "peer", Rare: true, Label: "Peer", Hint: "192.0.2.10, 10.0.0.0/8"},
	{Name: "since", Label: "Since", Hint: "10:30, 2026-03-01, 2h ago"},
	{Name: "until", Rare: true, Label: "Until", Hint: "11:00, yesterday"},
	{Name: "where", Rare: true, Label: "Where (an expression over the members of a record)", Hint: "setup_ms > 2000 and len(hops) > 1", Wide: true},
}

// found is what a page with a search shows.
type found struct {
	Title, Action string
	Fields        []field
	Open          bool // the fields that are rarely used are seen
	Wrong         *history.ParamError
	Notice        string
	Table         *table
	Next, First   string
}

func (p *Pages) search(w http.ResponseWriter, r *http.Request, which int) {
	l, values := lists[which], r.URL.Query()
	f := found{Title: l.name, Action: l.path}
	pg := page{template: "search", title: l.name, here: l.name, root: rootOf(r)}
	q, err := p.History.Parse(l.kind, values, p.Zone)
	errors.As(err, &f.Wrong)
	f.Fields = filled(l.kind, values, f.Wrong)
	f.Open = slices.ContainsFunc(f.Fields, func(f field) bool { return f.Rare && f.Value != "" })
	if f.Wrong == nil {
		found, err := p.History.Find(r.Context(), q)
		switch problem := api.ProblemOf(err); {
		case err != nil && problem == nil:
			return
		case err != nil && problem.Status == http.StatusServiceUnavailable:
			pg.status, f.Notice = problem.Status, sentence(problem.Detail)+"."
		case err != nil:
			p.fail(w, r, err)
			return
		default:
			if found.Doubt != "" {
				f.Notice = sentence(found.Doubt) + "."
			}
			f.Table = tableOf(p, which, found.Records, "", "Nothing matches.")
			f.Next = next(l.path, values, found.Cursor())
			if values.Get("cursor") != "" {
				f.First = next(l.path, values, " ")
			}
		}
	} else {
		pg.status = http.StatusBadRequest
	}
	pg.data = f
	p.show(w, pg)
}

// filled returns the fields of a kind with what was asked for. Of several values of one, the first is shown.
func filled(kind record.Kind, values url.Values, wrong *history.ParamError) (all []field) {
	for _, f := range fields {
		has := len(f.kinds) == 0
		for _, k := range f.kinds {
			has = has || k == kind
		}
		if !has {
			continue
		}
		f.Value = values.Get(f.Name)
		f.Wrong = wrong != nil && wrong.Param == f.Name
		all = append(all, f)
	}
	return all
}

// next returns the way to another part of the same list: a cursor of a blank is the first one, and without a cursor there is none.
func next(path string, values url.Values, cursor string) string {
	if cursor == "" {
		return ""
	}
	asked := url.Values{}
	for name, list := range values {
		for _, v := range list {
			if name != "cursor" && strings.TrimSpace(v) != "" {
				asked.Add(name, v)
			}
		}
	}
	if cursor = strings.TrimSpace(cursor); cursor != "" {
		asked.Set("cursor", cursor)
	}
	return path + "?" + asked.Encode()
}
