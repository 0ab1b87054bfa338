// Package overview writes the report on a capture as one page of HTML that stands alone: its tables and charts, and below them the ladders of what
// failed.
package overview

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"sipspan/exporters/report"
	"sipspan/view/ladder/page"
)

//go:embed overview.html
var source string

var overview = template.Must(template.New("overview").Funcs(template.FuncMap{
	"class":   func(s report.Style) string { return classes[s] },
	"percent": func(of float64) float64 { return 100 * of },
	"note":    func(t *report.Table, row int) report.Text { return t.Notes[row] },
	"span":    func(t *report.Table) int { return max(1, columns(t)-t.Under) },
	"times":   func(n int) []struct{} { return make([]struct{}, n) },
}).Parse(source))

// classes are the styles of a report as the page names them.
var classes = map[report.Style]string{
	report.Bold: "bold", report.Dim: "dim", report.Bad: "bad", report.Good: "good", report.Doubt: "doubt", report.Neutral: "neutral",
}

// columns returns how many cells the longest row has.
func columns(t *report.Table) (n int) {
	for _, row := range t.Rows {
		n = max(n, len(row))
	}
	return n
}

// Write writes a page of a report and of sessions that failed.
func Write(w io.Writer, d *report.Document, failed []page.Session) error {
	var lead strings.Builder
	err := overview.Execute(&lead, struct {
		*report.Document
		Failed int
	}{d, len(failed)})
	if err != nil {
		return err
	}
	// What the template has written is escaped.
	return page.WriteAfter(w, d.Title, template.HTML(lead.String()), failed)
}
