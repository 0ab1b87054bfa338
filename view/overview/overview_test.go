package overview

import (
	"io"
	"strings"
	"testing"

	"sipspan/exporters/report"
	"sipspan/record"
)

// hostile is a text from the wire that would do harm if it was not escaped.
const hostile = "</td><script>alert(1)</script>\x1b[2J\u202e"

// document is the report on one call that failed, with harmful names.
func document(t *testing.T) *report.Document {
	t.Helper()
	r := report.New(io.Discard, report.Options{Sources: []string{hostile}})
	head := record.Header{ID: "1", CallID: hostile, Start: 1e18, End: 1e18 + 1e9}
	for _, rec := range []record.Record{
		&record.Call{Header: head, Disposition: record.Failed, Status: 503, Reason: hostile, From: record.Party{URI: "sip:" + hostile}, Messages: 3},
		&record.Failure{Header: head, Method: "INVITE", Status: 503, Reason: hostile, Cause: &record.Cause{Source: "sip", Code: "503", Explanation: hostile}},
		&record.Registration{Header: head, Outcome: record.Registered, Status: 200},
	} {
		if err := r.Export(rec); err != nil {
			t.Fatal(err)
		}
	}
	return r.Document()
}

func TestWrite(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, document(t), nil); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for _, want := range []string{
		"<!DOCTYPE html>", "default-src 'none'", "<h2>Calls", "<h2>Failures", "<h2>Registrations", `<span class="bar" style="width:100.00%">`,
		`colspan=`, "503 &lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, harm := range []string{"<script", "\x1b", "\u202e", "What failed"} {
		if strings.Contains(got, harm) {
			t.Errorf("the page holds %q", harm)
		}
	}
}

// A page says the same as the report as text.
func TestPageHasWhatTheTextHas(t *testing.T) {
	d := document(t)
	var out strings.Builder
	if err := Write(&out, d, nil); err != nil {
		t.Fatal(err)
	}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			for _, table := range b.Tables {
				for _, row := range table.Rows {
					for _, c := range row {
						if c.Share == 0 && !strings.Contains(out.String(), "<bdi>"+escaped(c.Text)+"</bdi>") {
							t.Errorf("%s: the page lacks %q", s.Title, c.Text)
						}
					}
				}
			}
		}
	}
}

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "+", "&#43;", `"`, "&#34;", "'", "&#39;").Replace(s)
}
