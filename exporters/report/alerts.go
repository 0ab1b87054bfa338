package report

import (
	"strings"
	"time"

	"sipspan/record"
)

// alerts gathers the alerts, the first ones with their summaries.
type alerts struct {
	began, lasting uint64
	list           []*record.Alert // as they began, at most maxAlerts
	ended          map[string]int64
}

// maxAlerts is how many alerts are kept to be shown.
const maxAlerts = 200

func (g *alerts) add(a *record.Alert) {
	if a.State == "firing" {
		g.began++
		g.lasting++
		if len(g.list) < maxAlerts {
			g.list = append(g.list, a)
		}
		return
	}
	g.lasting = max(g.lasting, 1) - 1
	if g.ended == nil {
		g.ended = map[string]int64{}
	}
	if len(g.ended) < maxAlerts {
		g.ended[a.ID] = a.End
	}
}

func (g *alerts) section(d *Document, zone *time.Location) {
	if g.began == 0 {
		return
	}
	remark := counted(g.began, "alert", "alerts")
	if g.lasting > 0 {
		remark += ", " + number(g.lasting) + " not over"
	}
	d.section("Alerts", remark)
	shown := g.list[:min(len(g.list), most)]
	t := &Table{}
	for _, a := range shown {
		lasted := "not over"
		if end := g.ended[a.ID]; end != 0 {
			lasted = span(time.Duration(end - a.Start))
		}
		tone := Doubt
		if a.Severity == "critical" {
			tone = Bad
		}
		t.row(left(time.Unix(0, a.Start).In(zone).Format("2006-01-02 15:04:05")), right(lasted), left(wire(a.Severity)).as(tone), left(wire(a.Rule)).as(Bold), faint(about(a)))
		t.note(wire(a.Summary), Normal)
	}
	d.table(t)
	if more := g.began - uint64(len(shown)); more > 0 {
		d.add(Block{Text: Text{Text: counted(more, "more alert", "more alerts"), Style: Dim}})
	}
}

// about returns the peer or the address of an alert.
func about(a *record.Alert) string {
	var words []string
	for _, l := range a.Labels {
		words = append(words, l.Name+" "+l.Value)
	}
	return wire(strings.Join(words, ", "))
}
