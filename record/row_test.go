package record_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"sipspan/record"
)

func TestRows(t *testing.T) {
	var b strings.Builder
	for i, r := range full() {
		columns := record.Columns(r.Kind())
		known := record.AppendRow(nil, r)
		unknown := record.AppendRow(nil, bare()[i])
		if len(known) != len(columns) || len(unknown) != len(columns) {
			t.Fatalf("%v: %d columns, %d and %d cells", r.Kind(), len(columns), len(known), len(unknown))
		}
		for j, name := range columns {
			b.WriteString(r.Kind().String() + "\t" + name + "\t" + known[j] + "\t" + unknown[j] + "\n")
		}
	}
	golden(t, "testdata/rows.tsv", []byte(b.String()))
}

func TestColumnsAreDistinct(t *testing.T) {
	for k := range record.Kind(record.NumKinds) {
		seen := map[string]bool{}
		for _, name := range record.Columns(k) {
			if seen[name] {
				t.Errorf("%v: column %s twice", k, name)
			}
			seen[name] = true
		}
	}
}

// FuzzRow checks that no text from the wire breaks a cell: valid UTF-8, one line, and the list keeps its length.
func FuzzRow(f *testing.F) {
	for _, s := range wireTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		call := &record.Call{
			RequestURI: s, Services: []string{s, s}, Related: []record.Related{{Relation: s, CallID: s, Reason: s, Score: 0.5}, {Relation: s}},
			From: record.Party{Display: s}, Cause: &record.Cause{Text: s, Evidence: []record.Evidence{{What: s}}},
		}
		cells := record.AppendRow(nil, call)
		var line strings.Builder
		w := csv.NewWriter(&line)
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		if text := line.String(); !utf8.ValidString(text) || strings.Count(text, "\n") != 1 {
			t.Errorf("line %q", text)
		}
		for i, name := range record.Columns(record.KindCall) {
			cell := cells[i]
			switch name {
			case "request_uri":
				if got := unescape(cell); got != s {
					t.Errorf("%q came back as %q", s, got)
				}
				if cell != "" && strings.Contains("=+-@", cell[:1]) {
					t.Errorf("%q is a formula", cell)
				}
			case "services":
				if n := strings.Count(cell, " "); n != 1 {
					t.Errorf("two texts %q became %q", s, cell)
				}
			case "related":
				if n := strings.Count(cell, ";"); n != 1 {
					t.Errorf("two items of %q became %q", s, cell)
				}
			}
		}
	})
}
