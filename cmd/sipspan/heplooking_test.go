package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/internal/dev/sipgen"
)

// TestLookAtHEP gives the commands that look at records a capture of what an agent hands on: with --hep they print what they print of the
// messages themselves, and without it they find nothing.
func TestLookAtHEP(t *testing.T) {
	for _, test := range []struct {
		command, scenario string
	}{
		{"calls", "call-busy-at-other-hop"}, {"failures", "call-busy-at-other-hop"}, {"registrations", "registration-new"},
		{"subscriptions", "subscription-bad-event"},
	} {
		t.Run(test.command, func(t *testing.T) {
			plain := scenarioCapture(t, test.scenario)
			wrapped := inHEP(t, parseFlow(t, scenarioText(t, test.scenario)), sipgen.OverUDP)
			want := command(t.Context(), test.command, "--tz", "UTC", plain)
			got := command(t.Context(), test.command, "--tz", "UTC", "--hep", wrapped)
			if got.code != 0 || got.stdout != want.stdout || strings.Count(want.stdout, "\n") < 3 {
				t.Errorf("%s\nin HEP, exit status %d:\n%s%s", want.stdout, got.code, got.stdout, got.stderr)
			}
			if got := command(t.Context(), test.command, "--tz", "UTC", wrapped); got.stdout == want.stdout {
				t.Errorf("without --hep:\n%s", got.stdout)
			}
		})
	}
	wrapped := inHEP(t, parseFlow(t, scenarioText(t, "call-busy-at-other-hop")), sipgen.OverUDP)
	if got := command(t.Context(), "compare", "--hep", wrapped, wrapped); got.code != 0 || !strings.Contains(got.stdout, "calls") {
		t.Errorf("compare, exit status %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := command(t.Context(), "compare", wrapped, wrapped); got.code != 1 || !strings.Contains(got.stderr, "nothing to compare") {
		t.Errorf("compare without --hep, exit status %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// scenarioText returns the flow of a scenario.
func scenarioText(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("../../testdata/golden", name+".txtar"))
	check(t, err)
	return string(archive.Files[0].Data)
}

// TestTUITakesHEP looks for the flag that all commands with inputs share.
func TestTUITakesHEP(t *testing.T) {
	if err := newTUI().ParseFlags([]string{"--hep"}); err != nil {
		t.Error(err)
	}
}

var drawings = regexp.MustCompile(`(?s)<svg.*?</svg>`)

// TestReadHTMLOfHEP looks for the ladder of a failure in the page of a capture of HEP: it is that of the messages themselves.
func TestReadHTMLOfHEP(t *testing.T) {
	page := func(args ...string) []string {
		t.Helper()
		o := command(t.Context(), append([]string{"read", "--tz", "UTC", "--html", "-"}, args...)...)
		if o.code != 0 {
			t.Fatalf("%s: exit status %d:\n%s", filepath.Base(args[len(args)-1]), o.code, o.stderr)
		}
		return drawings.FindAllString(o.stdout, -1)
	}
	want := page(scenarioCapture(t, "call-busy-at-other-hop"))
	got := page("--hep", inHEP(t, parseFlow(t, scenarioText(t, "call-busy-at-other-hop")), sipgen.OverTCP))
	if !slices.Equal(got, want) || !strings.Contains(strings.Join(want, ""), ">ACK<") {
		t.Errorf("drawings of the messages:\n%s\nof what is in HEP:\n%s", want, got)
	}
}
