package pages

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sipspan/record"
	"sipspan/view/plain"
	"sipspan/web/history"
)

// perPart is how many records of each kind the page of a person shows.
const perPart = "20"

// person is what the page of a person shows.
type person struct {
	Name     string
	Wrong    string
	Notices  []string
	Presence []fact
	Parts    []part
}

type part struct {
	ID, Title string
	Table     *table
}

func (p *Pages) user(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	v := person{Name: strings.TrimSpace(values.Get("user"))}
	pg := page{template: "user", title: "Person", here: "Person"}
	if err := history.CheckParams(values, []string{"user"}); err != nil {
		v.Name, v.Wrong, pg.status = "", err.Error(), http.StatusBadRequest
	}
	if v.Name != "" {
		if err := p.look(r.Context(), &v); err != nil {
			var wrong *history.ParamError
			if !errors.As(err, &wrong) {
				p.fail(w, r, err)
				return
			}
			v.Wrong, pg.status = wrong.Error(), http.StatusBadRequest
		}
		v.Name = plain.Clean(v.Name, maxText)
		pg.title = v.Name
	}
	pg.data = v
	p.show(w, pg)
}

// look finds what is known of a person.
func (p *Pages) look(ctx context.Context, v *person) error {
	for _, which := range []int{1, 2, 0} { // registrations, subscriptions, calls
		l := lists[which]
		q, err := p.History.Parse(l.kind, url.Values{"user": {v.Name}, "limit": {perPart}}, p.Zone)
		if err != nil {
			return err
		}
		found, err := p.History.Find(ctx, q)
		if err != nil {
			return err
		}
		if found.Doubt != "" {
			v.Notices = append(v.Notices, l.name+": "+found.Doubt+".")
		}
		if l.kind == record.KindSubscription {
			v.Presence = presence(v.Name, found.Records)
		}
		v.Parts = append(v.Parts, part{ID: l.path, Title: l.name, Table: tableOf(p, which, found.Records, "", "None is known.")})
	}
	return nil
}

// presence returns what the latest subscription to somebody was told of them.
func presence(name string, subscriptions []record.Record) (all []fact) {
	name = strings.ToLower(nameOf(name))
	for _, r := range subscriptions {
		s, ok := r.(*record.Subscription)
		if !ok || s.Presence == nil {
			continue
		}
		entity := strings.ToLower(nameOf(s.Presence.Entity))
		if host := strings.IndexByte(entity, '@'); entity != name && (host < 0 || entity[:host] != name) {
			continue
		}
		add := func(name, text string) {
			if text = plain.Clean(text, maxText); text != "" {
				all = append(all, fact{Name: name, Text: text})
			}
		}
		add("entity", s.Presence.Entity)
		add("state", s.Presence.Basic)
		add("activities", strings.Join(s.Presence.Activities, ", "))
		add("note", s.Presence.Note)
		add("told to", s.Subscriber)
		if s.Presence.Changes > 0 {
			add("changes", strconv.Itoa(s.Presence.Changes))
		}
		return all
	}
	return nil
}
