package dashboards_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sipspan/exporters/prometheus"
	"sipspan/internal/dev/dashboards"
)

// served is every series that the program serves, with its labels: a histogram has three, and a native one.
func served() map[string][]string {
	all := map[string][]string{}
	for _, f := range prometheus.Families() {
		if f.Type != "histogram" {
			all[f.Name] = f.Labels
			continue
		}
		all[f.Name+"_bucket"] = append(slices.Clone(f.Labels), "le")
		all[f.Name+"_sum"], all[f.Name+"_count"] = f.Labels, f.Labels
		all[f.Name] = f.Labels // the native one
	}
	return all
}

func each(t *testing.T, check func(t *testing.T, p dashboards.Panel, q dashboards.Query)) {
	for file, board := range dashboards.All() {
		for _, row := range board.Rows {
			for _, panel := range row.Panels {
				for _, query := range panel.Shows {
					t.Run(file+"/"+panel.Title, func(t *testing.T) { check(t, panel, query) })
				}
			}
		}
	}
}

var (
	metric = regexp.MustCompile(`sipspan_\w+`)
	groups = regexp.MustCompile(`by \(([^)]*)\)`)
	legend = regexp.MustCompile(`{{(\w+)}}`)
)

func TestQueriesReadWhatIsServed(t *testing.T) {
	families := served()
	each(t, func(t *testing.T, _ dashboards.Panel, q dashboards.Query) {
		selected := dashboards.Selects(q.Expr)
		if n := len(metric.FindAllString(q.Expr, -1)); n != len(selected) {
			t.Errorf("%d metrics, but %d selectors in %s", n, len(selected), q.Expr)
		}
		var labels []string
		for _, s := range selected {
			known, ok := families[s.Metric]
			if !ok {
				t.Errorf("nobody serves %s", s.Metric)
				continue
			}
			for _, label := range s.Labels {
				if label != "instance" && !slices.Contains(known, label) {
					t.Errorf("%s has no label %s", s.Metric, label)
				}
			}
			labels = append(labels, known...)
		}
		for _, by := range groups.FindAllStringSubmatch(q.Expr, -1) {
			for _, label := range strings.Split(by[1], ",") {
				if label = strings.TrimSpace(label); label != "instance" && len(selected) > 0 && !slices.Contains(labels, label) {
					t.Errorf("nothing in %s has the label %s", q.Expr, label)
				}
			}
		}
		for _, name := range legend.FindAllStringSubmatch(q.Legend, -1) {
			if !slices.ContainsFunc(groups.FindAllStringSubmatch(q.Expr, -1), func(by []string) bool { return regexp.MustCompile(`\b` + name[1] + `\b`).MatchString(by[1]) }) &&
				!strings.Contains(q.Expr, "on ("+name[1]+")") {
				t.Errorf("the legend names %s, which %s does not keep", name[1], q.Expr)
			}
		}
	})
}

func TestPanelsAreDescribedAndFit(t *testing.T) {
	for file, board := range dashboards.All() {
		titles := map[string]bool{}
		for _, row := range board.Rows {
			width := uint32(0)
			for _, p := range row.Panels {
				if p.Help == "" || !strings.HasSuffix(p.Help, ".") && !strings.HasSuffix(p.Help, ". ") {
					t.Errorf("%s: %s has no sentence that helps", file, p.Title)
				}
				if titles[p.Title] {
					t.Errorf("%s has two panels %s", file, p.Title)
				}
				titles[p.Title] = true
				if p.Width == 0 || p.Width > 24 || p.Unit == "" || len(p.Shows) == 0 {
					t.Errorf("%s: %s has width %d, unit %q and %d queries", file, p.Title, p.Width, p.Unit, len(p.Shows))
				}
				width += p.Width
			}
			if width%24 != 0 {
				t.Errorf("%s: the panels of %s leave a gap: their widths are %d together", file, row.Title, width)
			}
		}
	}
}

// What Grafana gets is valid JSON with every query of the board in it.
func TestWrittenBoards(t *testing.T) {
	for file, board := range dashboards.All() {
		var out bytes.Buffer
		if err := dashboards.Write(&out, board); err != nil {
			t.Fatal(err)
		}
		var read struct {
			UID    string
			Panels []struct {
				Type    string
				Targets []struct{ Expr string }
				GridPos struct{ W, H, X, Y int }
			}
		}
		if err := json.Unmarshal(out.Bytes(), &read); err != nil {
			t.Fatal(err)
		}
		var queries []string
		for _, p := range read.Panels {
			for _, target := range p.Targets {
				queries = append(queries, target.Expr)
			}
			if p.Type != "row" && (p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24) {
				t.Errorf("%s: a panel lies at %+v", file, p.GridPos)
			}
		}
		for _, row := range board.Rows {
			for _, p := range row.Panels {
				for _, q := range p.Shows {
					if !slices.Contains(queries, q.Expr) {
						t.Errorf("%s lacks the query %s", file, q.Expr)
					}
				}
			}
		}
		if read.UID != board.UID {
			t.Errorf("%s has the UID %s", file, read.UID)
		}
	}
}
