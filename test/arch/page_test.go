package arch

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const page = "../../docs/architecture.md"

var (
	tableRow = regexp.MustCompile("(?m)^\\| `([a-z0-9/.-]+)` \\| (.*?) \\|$")
	inCode   = regexp.MustCompile("`([^`]+)`")
)

// table returns the rows of the table below a heading of the page, by folder.
func table(t *testing.T, heading string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", page, heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	rows := map[string]string{}
	for _, m := range tableRow.FindAllStringSubmatch(section, -1) {
		if _, twice := rows[m[1]]; twice {
			t.Errorf("%s, %s: two rows of %s", page, heading, m[1])
		}
		rows[m[1]] = m[2]
	}
	return rows
}

// sentence returns the first sentence of a package comment as the page has it.
func sentence(l listed) string {
	words := strings.SplitN(l.Doc, " ", 3)
	if len(words) < 3 {
		return l.Doc
	}
	return strings.NewReplacer("[", "`", "]", "`", "|", "\\|").Replace(words[2])
}

// TestPageNamesEveryFolder compares the folders of the page with the packages of the module, in both directions.
func TestPageNamesEveryFolder(t *testing.T) {
	rows := table(t, "Folders")
	for _, p := range packages(t) {
		if rows[p.name()] != sentence(p) {
			t.Errorf("%s lacks this row, with the first sentence of the package comment:\n| `%s` | %s |", page, p.name(), sentence(p))
		}
		delete(rows, p.name())
	}
	for folder := range rows {
		t.Errorf("%s describes %s, which is no package", page, folder)
	}
}

// arrows are the imports inside the module that the page allows. A name ending in "/..." stands for a package and all
// below it. A package that no row covers may not exist: whoever adds one writes there what it may import.
func arrows(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for folder, cell := range table(t, "Imports") {
		all[folder] = []string{}
		for _, m := range inCode.FindAllStringSubmatch(cell, -1) {
			all[folder] = append(all[folder], m[1])
		}
	}
	return all
}

// row returns the row of the table for a package: its own name, else the longest pattern that covers it.
func row(arrows map[string][]string, name string) string {
	if _, ok := arrows[name]; ok {
		return name
	}
	longest := ""
	for pattern := range arrows {
		if covers(pattern, name) && len(pattern) > len(longest) {
			longest = pattern
		}
	}
	return longest
}

// TestImportArrows compares the imports that the page allows with those of the packages, in both directions.
func TestImportArrows(t *testing.T) {
	allowed := arrows(t)
	used := map[string]bool{}
	for _, p := range packages(t) {
		from := row(allowed, p.name())
		if from == "" {
			t.Errorf("%s is in no row of the imports of %s", p.name(), page)
			continue
		}
		used[from] = true
		for _, imported := range p.Imports {
			target, inside := strings.CutPrefix(imported, module+"/")
			if !inside {
				continue
			}
			i := slices.IndexFunc(allowed[from], func(a string) bool { return covers(a, target) })
			if i < 0 {
				t.Errorf("%s must not import %s", p.name(), target)
				continue
			}
			used[arrow(from, allowed[from][i])] = true
		}
	}
	for from, all := range allowed {
		if !used[from] {
			t.Errorf("%s has a row of imports for %s, which covers no package", page, from)
		}
		for _, to := range all {
			if !used[arrow(from, to)] {
				t.Errorf("%s lets %s import %s, which it does not", page, from, to)
			}
		}
	}
}

func arrow(from, to string) string { return fmt.Sprint(from, " imports ", to) }
