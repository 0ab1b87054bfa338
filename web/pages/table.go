package pages

import (
	"net/url"

	"sipspan/record"
	"sipspan/view/list"
)

// table is records as the template of that name shows them.
type table struct {
	Label, Caption, Empty string
	Columns               []list.Heading
	Rows                  []row
}

// row is one record. Its first cell links to it.
type row struct {
	Link  string
	Cells []cell
}

type cell struct{ Text, Link, Class string }

// tableOf makes a table of records of one of the lists, the latest first. root is the way to the first page; empty is what is said where there are none.
func tableOf(p *Pages, which int, records []record.Record, root, empty string) *table {
	l := lists[which]
	t := &table{Label: l.name, Empty: empty}
	all, err := list.New(list.Options{Kind: l.kind, Sort: "-time", Zone: p.Zone})
	if err != nil {
		p.Log.Error("listing records", "err", err)
		return t
	}
	for _, r := range records {
		all.Add(r)
	}
	g := all.Grid()
	t.Caption, t.Columns = sentence(g.Remark), g.Columns
	for i, texts := range g.Rows {
		r := row{Link: linkTo(root, l.path, g.IDs[i])}
		for j, text := range texts {
			c := cell{Text: text}
			switch name := g.Columns[j].Name; {
			case name == "disposition" || name == "outcome":
				c.Class = classOf[text]
			case sides[name] && text != "":
				c.Link = root + "user?" + url.Values{"user": {text}}.Encode()
			}
			r.Cells = append(r.Cells, c)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// linkTo returns the way to a record.
func linkTo(root, path, id string) string { return root + path + "/" + url.PathEscape(id) }

// sides are the columns that name a person or a telephone.
var sides = map[string]bool{"from": true, "to": true, "aor": true, "subscriber": true, "resource": true}

// classOf marks what ended well and what did not. The words themselves say it as well.
var classOf = map[string]string{
	"answered": "good", "registered": "good", "active": "good",
	"failed": "bad", "timeout": "bad", "rejected": "bad", "auth failed": "bad",
}
