package text_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"sipspan/view/ladder"
	"sipspan/view/ladder/laddertest"
	"sipspan/view/ladder/text"
	"sipspan/view/plain"
)

func draw(t *testing.T, l *ladder.Ladder, o text.Options) string {
	t.Helper()
	var b strings.Builder
	if err := text.Write(&b, l, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Drawings of scenarios in several widths, for people to look at.
func TestScenarios(t *testing.T) {
	for _, of := range []struct {
		scenario string
		o        text.Options
	}{
		{"call-forked", text.Options{}},
		{"call-forked", text.Options{Width: 60}},
		{"call-retransmissions", text.Options{Width: 80}},
		{"call-two-proxies", text.Options{Width: 80, ASCII: true}},
		{"service-transfer-attended", text.Options{Width: 120}},
		{"service-three-way-call", text.Options{Width: 120}},
		{"service-call-hold-both", text.Options{Width: 90}},
		{"event-presence-two-watchers", text.Options{Width: 100}},
		{"registration-new", text.Options{Width: 80}},
		{"call-busy", text.Options{Width: 80, Color: true}},
	} {
		name := fmt.Sprintf("%s-%d.txt", of.scenario, of.o.Width)
		t.Run(name, func(t *testing.T) {
			got := draw(t, laddertest.Ladder(t, "../../..", of.scenario), of.o)
			laddertest.Golden(t, name, got)
			checkWidth(t, got, of.o.Width)
		})
	}
}

// checkWidth fails for lines that are wider than asked for.
func checkWidth(t *testing.T, drawing string, width int) {
	t.Helper()
	if width == 0 {
		width = 100
	}
	for line := range strings.Lines(drawing) {
		shown := strings.NewReplacer("\x1b[", "\x00").Replace(strings.TrimSuffix(line, "\n"))
		for strings.Contains(shown, "\x00") {
			at := strings.Index(shown, "\x00")
			end := strings.IndexByte(shown[at:], 'm')
			shown = shown[:at] + shown[at+end+1:]
		}
		if n := plain.Columns(shown); n > width {
			t.Errorf("%d columns, more than %d: %s", n, width, line)
		}
	}
}

// What is on the wire cannot do anything to a terminal.
func TestHostile(t *testing.T) {
	got := draw(t, laddertest.Of(laddertest.Hostile()), text.Options{Width: 80})
	for _, r := range got {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the drawing holds %q:\n%s", r, got)
		}
	}
	checkWidth(t, got, 80)
	if len(got) > 6000 {
		t.Errorf("%d bytes for two messages", len(got))
	}
}

// ASCII holds nothing else.
func TestASCII(t *testing.T) {
	got := draw(t, laddertest.Ladder(t, "../../..", "service-transfer-attended"), text.Options{Width: 80, ASCII: true})
	for i := range len(got) {
		if got[i] >= 0x80 {
			t.Fatalf("byte %#x in\n%s", got[i], got)
		}
	}
}

// A call over twelve hops with two hundred messages fits into 80 columns, and its heads come again.
func TestManyHops(t *testing.T) {
	l := laddertest.Of(laddertest.Chain(12, 200))
	if len(l.Columns) != 13 || len(l.Steps) != 200 {
		t.Fatalf("%d columns, %d steps", len(l.Columns), len(l.Steps))
	}
	for _, width := range []int{80, 100, 250} {
		got := draw(t, l, text.Options{Width: width})
		checkWidth(t, got, width)
		laddertest.Golden(t, fmt.Sprintf("hops-%d.txt", width), got)
	}
	narrow := draw(t, l, text.Options{Width: 50})
	checkWidth(t, narrow, 50)
	if !strings.Contains(narrow, "1 → 2  INVITE") {
		t.Errorf("without room for lanes, the lines do not name both ends:\n%s", narrow)
	}
}
