package mermaid_test

import (
	"regexp"
	"strings"
	"testing"

	"sipspan/view/ladder"
	"sipspan/view/ladder/laddertest"
	"sipspan/view/ladder/mermaid"
)

func draw(t *testing.T, l *ladder.Ladder) string {
	t.Helper()
	var b strings.Builder
	if err := mermaid.Write(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTransfer(t *testing.T) {
	laddertest.Golden(t, "service-transfer-attended.mmd", draw(t, laddertest.Ladder(t, "../../..", "service-transfer-attended")))
}

// statement is what a line of a sequence diagram may be here; texts hold neither what ends a statement nor what begins a comment or a tag.
var statement = regexp.MustCompile(`^    (participant p\d+ as|p\d+--?>>p\d+:|Note (over p\d+(,p\d+)?|right of p\d+):) ([^;#<>%"{}\\]|#\d+;|<br/>)*$`)

func TestHostile(t *testing.T) {
	got := draw(t, laddertest.Of(laddertest.Hostile()))
	for i, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
		if i == 0 && line == "sequenceDiagram" {
			continue
		}
		if !statement.MatchString(line) {
			t.Errorf("line %d is no harmless statement: %s", i+1, line)
		}
	}
}
