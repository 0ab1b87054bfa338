package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sipspan/record"
)

var (
	heading = regexp.MustCompile("(?m)^## (.*)$")
	member  = regexp.MustCompile("(?m)^\\| `([a-z0-9_.]+)` \\|")
)

// sections cuts a page of the manual at its second-level headings.
func sections(t *testing.T, page string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	heads := heading.FindAllStringSubmatchIndex(string(text), -1)
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		all[strings.Trim(string(text[h[2]:h[3]]), "`")] = string(text[h[1]:end])
	}
	return all
}

// rows lists the first cells of the tables of a section that hold one name in code.
func rows(section string) []string {
	var names []string
	for _, m := range member.FindAllStringSubmatch(section, -1) {
		names = append(names, m[1])
	}
	return names
}

// TestRecordsPageNamesEveryMember compares the page with the columns of each type of record, in both directions.
func TestRecordsPageNamesEveryMember(t *testing.T) {
	page := sections(t, "records.md")
	common := rows(page["Every record"])
	for k := range record.Kind(record.NumKinds) {
		section, ok := page[k.String()]
		if !ok {
			t.Errorf("no section for %s", k)
			continue
		}
		described := map[string]bool{}
		for _, name := range slices.Concat(common, rows(section)) {
			described[strings.ReplaceAll(name, ".", "_")] = true
		}
		columns := record.Columns(k)
		for _, column := range columns {
			if !described[column] {
				t.Errorf("%s: the page lacks %s", k, column)
			}
		}
		for _, name := range rows(section) {
			isValue := k == record.KindCall && strings.Contains(section, "| disposition | when |") && isDisposition(name)
			if !isValue && !slices.Contains(columns, strings.ReplaceAll(name, ".", "_")) {
				t.Errorf("%s: the page describes %s, which is not written", k, name)
			}
		}
	}
}

func isDisposition(name string) bool {
	for d := range record.Disposition(record.NumDispositions) {
		if d.String() == name {
			return true
		}
	}
	return false
}

func TestRecordsPageNamesEveryDisposition(t *testing.T) {
	names := rows(sections(t, "records.md")["call"])
	for d := range record.Disposition(record.NumDispositions) {
		if !slices.Contains(names, d.String()) {
			t.Errorf("the page lacks %s", d)
		}
	}
}

// TestWrittenFilesAreCurrent keeps the files that are made from the code equal to it. “make generate” writes them anew.
func TestWrittenFilesAreCurrent(t *testing.T) {
	for path, write := range written() {
		var want bytes.Buffer
		if err := write(&want); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "..", "..", path))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what the code says; run “make generate”", path)
		}
	}
}

// TestLinksLead finds links between the pages, and from the README, that lead nowhere.
func TestLinksLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	pages, err := filepath.Glob("../../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	decisions, err := filepath.Glob("../../../docs/decisions/*.md")
	if err != nil || len(decisions) == 0 {
		t.Fatal("no decisions", err)
	}
	for _, page := range append(append(pages, decisions...), "../../../README.md", "../../../CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
