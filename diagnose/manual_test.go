package diagnose

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The page has every diagnosis once, and only those.
func TestManualListsTheTable(t *testing.T) {
	var page bytes.Buffer
	if err := WriteManual(&page); err != nil {
		t.Fatal(err)
	}
	var listed, want []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(page.String(), -1) {
		listed = append(listed, m[1])
	}
	for _, d := range Table() {
		want = append(want, d.ID)
	}
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		t.Errorf("the page lists %d, the table has %d", len(listed), len(want))
	}
}

func TestTable(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+(_[a-zA-Z0-9]+)+$`)
	for _, d := range Table() {
		if !id.MatchString(d.ID) || d.Source == "" || d.RestsOn == "" || d.Sentence == "" ||
			strings.HasSuffix(d.Sentence, ".") || strings.HasSuffix(d.Action, ".") {
			t.Errorf("%+v", d)
		}
	}
	Table()[0].ID = "changed"
	if table[0].ID == "changed" {
		t.Error("the table is not a copy")
	}
}
