package pages

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"sipspan/record"
	"sipspan/view/ladder"
	"sipspan/view/ladder/svg"
	"sipspan/view/plain"
	"sipspan/view/story"
	"sipspan/web/api"
	"sipspan/web/history"
)

// How many characters of a text from the wire are shown: of a name, and of sentences.
const (
	maxText = 200
	maxLong = 600
)

// shown is what the page of one session shows.
type shown struct {
	Story      story.Story
	Facts      []fact
	Ladder     *ladder.Ladder
	Picture    template.HTML
	Related    []related
	JSON, Pcap string
	Doubt      string
}

// fact is a fact of the story, with a link where there is more about it.
type fact struct{ Name, Text, Link string }

// related is another record.
type related struct{ Heading, Link, Relation, CallID string }

func (p *Pages) session(w http.ResponseWriter, r *http.Request, which int) {
	l, id := lists[which], r.PathValue("id")
	s, err := p.History.Get(r.Context(), l.kind, id)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	messages, doubt, err := p.History.Messages(r.Context(), s.Record)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	root := rootOf(r)
	v := shown{
		Story: story.Of(s.Record, p.Zone), Ladder: s.Ladder(messages, p.ShowText), Doubt: cmp.Or(s.Doubt, doubt),
		JSON: linkTo(root+strings.TrimPrefix(api.Base, "/")+"/", l.path, id),
	}
	if len(messages) > 0 {
		v.Pcap = v.JSON + "/pcap"
	}
	v.Facts = factsOf(s.Record, v.Story.Facts, root)
	var picture strings.Builder
	if err := svg.Write(&picture, v.Ladder, svg.Options{ID: "l-", Inline: true, Unstyled: true}); err != nil {
		p.fail(w, r, err)
		return
	}
	v.Picture = template.HTML(picture.String()) // made of escaped texts: see package svg
	v.Related = p.relatedOf(s, root)
	p.show(w, page{template: "session", title: v.Ladder.Title, here: l.name, root: root, data: v})
}

// factsOf links the facts that are people to what is known of them.
func factsOf(r record.Record, facts []story.Fact, root string) (all []fact) {
	people := map[string]string{}
	switch r := r.(type) {
	case *record.Call:
		people["from"], people["to"] = r.From.URI, r.To.URI
	case *record.Registration:
		people["address of record"] = r.AOR
	case *record.Subscription:
		people["subscriber"], people["resource"] = r.Subscriber, r.Resource
	case *record.Failure:
		people["from"], people["to"] = r.From.URI, r.To.URI
	}
	for _, f := range facts {
		one := fact{Name: f.Name, Text: f.Text}
		if uri := people[f.Name]; uri != "" {
			one.Link = root + "user?" + url.Values{"user": {nameOf(uri)}}.Encode()
		}
		all = append(all, one)
	}
	return all
}

// nameOf returns name@host of a URI.
func nameOf(uri string) string {
	if _, rest, ok := strings.Cut(uri, ":"); ok {
		uri = rest
	}
	uri, _, _ = strings.Cut(uri, ";")
	return plain.Clean(uri, maxText)
}

// relatedOf lists the records that belong to a session.
func (p *Pages) relatedOf(s *history.Session, root string) (all []related) {
	relations := map[string]string{}
	if c, ok := s.Record.(*record.Call); ok {
		for _, l := range c.Related {
			relations[l.CallID] = words(plain.Clean(l.Relation, maxText))
		}
	}
	for _, r := range s.Related {
		h := r.Head()
		one := related{Heading: story.Of(r, p.Zone).Heading, Relation: relations[h.CallID], CallID: plain.Clean(h.CallID, maxText)}
		for _, l := range lists {
			if l.kind == r.Kind() {
				one.Link = linkTo(root, l.path, h.ID)
			}
		}
		if h.CallID == s.Record.Head().CallID {
			one.CallID = ""
		}
		all = append(all, one)
	}
	return all
}
