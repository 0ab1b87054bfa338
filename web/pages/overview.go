package pages

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"sipspan/record"
	"sipspan/record/choose"
	"sipspan/view/plain"
	"sipspan/web/history"
	"sipspan/web/live"
)

// latest is how many calls the first page shows.
const latest = 10

// now is what the first page shows.
type now struct {
	pages     *Pages
	Status    *live.Status
	Latest    *table
	NoHistory string
}

// PerMinute writes how many there were in a minute.
func (now) PerMinute(perSecond float64) string { return rate(60 * perSecond) }

// Rate writes how many there are in a second.
func (now) Rate(perSecond float64) string { return rate(perSecond) }

// Bits writes a rate of bits.
func (now) Bits(perSecond float64) string { return scaled(perSecond, "bit/s") }

// Bytes writes an amount of bytes.
func (now) Bytes(n uint64) string { return scaled(float64(n), "B") }

// Clean makes a text harmless that may come from the wire.
func (now) Clean(s string) string { return plain.Clean(s, maxLong) }

// At writes when something was.
func (n now) At(unixNano int64) string {
	return time.Unix(0, unixNano).In(n.pages.Zone).Format("2006-01-02 15:04:05")
}

// Uptime writes how long the daemon has been running.
func (n now) Uptime() string { return span(time.Since(n.pages.State.Started)) }

// Folder returns where the history is.
func (n now) Folder() string { return n.pages.History.Folder() }

// Answers returns the classes with their shares.
func (n now) Answers() (all []struct {
	live.Answers
	Share float64
}) {
	var whole uint64
	for _, a := range n.Status.Answers {
		whole += a.All
	}
	for _, a := range n.Status.Answers {
		all = append(all, struct {
			live.Answers
			Share float64
		}{a, share(a.All, whole)})
	}
	return all
}

// counted is one line with a share of the whole.
type counted struct {
	Name, Link string
	Value      uint64
	Share      float64
}

// Dispositions returns how calls ended, without what did not happen.
func (n now) Dispositions() (all []counted) {
	var whole uint64
	for _, c := range n.Status.Calls {
		whole += c.Value
	}
	for _, c := range n.Status.Calls {
		if c.Value == 0 && c.Name != record.Answered.String() {
			continue
		}
		line := counted{Name: words(c.Name), Value: c.Value, Share: share(c.Value, whole)}
		if n.pages.History.Kept() {
			line.Link = "calls?" + url.Values{"disposition": {c.Name}}.Encode()
		}
		all = append(all, line)
	}
	return all
}

func (p *Pages) overview(w http.ResponseWriter, r *http.Request) {
	n := now{pages: p, Status: p.State.Status()}
	l, err := p.History.Find(r.Context(), history.Query{Choice: &choose.Choice{}, Kind: record.KindCall, Limit: latest})
	if err == nil {
		n.Latest = tableOf(p, 0, l.Records, "", "No call has ended yet.")
	} else {
		n.NoHistory = fmt.Sprintf("Latest calls are not shown: %v.", err)
	}
	p.show(w, page{template: "overview", title: "Now", here: "Now", data: n})
}

// live writes what of the first page changes all the time.
func (p *Pages) live(w http.ResponseWriter, _ *http.Request) {
	var part bytes.Buffer
	if err := templates.ExecuteTemplate(&part, "live", now{pages: p, Status: p.State.Status()}); err != nil {
		p.Log.Error("making a page", "page", "live", "err", err)
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(part.Bytes()) // who has gone away does not want it
}

func (p *Pages) sensor(w http.ResponseWriter, _ *http.Request) {
	p.show(w, page{template: "sensor", title: "Sensor", here: "Sensor", data: now{pages: p, Status: p.State.Status()}})
}
