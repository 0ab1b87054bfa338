package pages

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"sipspan/web/api"
	"sipspan/web/history"
)

// trending is what the page of failures over time shows.
type trending struct {
	By, Since, Until string
	Choices          []history.By
	Wrong, Notice    string
	Trend            *api.Trend
	Source           string
	From, To, Step   string
	Heading          string
	Sums             []counted
}

func (p *Pages) trend(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	v := trending{By: values.Get("by"), Since: values.Get("since"), Until: values.Get("until"), Choices: []history.By{history.ByCause, history.ByPeer}}
	pg := page{template: "trend", title: "Failures over time", here: "Trend"}
	by, since, until, err := api.TrendOf(v.By, v.Since, v.Until, p.Zone)
	if err == nil {
		err = history.CheckParams(values, []string{"by", "since", "until"})
	}
	var t *history.Trend
	if err == nil {
		v.By = string(by)
		t, err = p.History.Trend(r.Context(), since, until, by)
	}
	switch problem := api.ProblemOf(err); {
	case err == nil:
		p.fill(&v, t, by)
	case problem == nil:
		return
	case problem.Status == http.StatusBadRequest:
		pg.status, v.Wrong = problem.Status, problem.Detail
	case errors.Is(err, history.ErrNoStore), errors.Is(err, history.ErrBusy):
		pg.status, v.Notice = problem.Status, sentence(problem.Detail)+"."
	default:
		p.fail(w, r, err)
		return
	}
	pg.data = v
	p.show(w, pg)
}

// fill adds a trend to the page.
func (p *Pages) fill(v *trending, t *history.Trend, by history.By) {
	out := api.TrendFrom(t)
	v.Trend, v.Step, v.Heading = &out, span(t.Step), sentence(string(by))
	if t.Doubt != "" {
		v.Notice = sentence(t.Doubt) + "."
	}
	const minute = "2006-01-02 15:04"
	v.From, v.To = t.Since.In(p.Zone).Format(minute), t.Until.In(p.Zone).Format(minute)
	// The chart is of the same steps as the table.
	last := t.Until.Add(-t.Step)
	v.Source = "api/v1/trend?" + url.Values{
		"by": {string(by)}, "since": {t.Since.UTC().Format(time.RFC3339)}, "until": {last.UTC().Format(time.RFC3339)},
	}.Encode()
	for _, s := range t.Series {
		c := counted{Name: s.Label, Value: uint64(s.Total), Share: share(uint64(s.Total), uint64(t.Total))}
		asked := url.Values{"since": {t.Since.UTC().Format(time.RFC3339)}, "until": {t.Until.UTC().Format(time.RFC3339)}}
		switch {
		case s.Label == "":
			c.Name = "all others"
		case by == history.ByPeer && s.Label != "unknown":
			asked.Set("peer", s.Label)
			c.Link = "failures?" + asked.Encode()
		}
		v.Sums = append(v.Sums, c)
	}
}
