package main

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestFigures shows the captures of published call flows: the arrows of each ladder are those of the figure of the text. Where a capture differs,
// testdata/figures says how and why.
func TestFigures(t *testing.T) {
	folder := filepath.Join(captures(t), "seeds")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("%s is missing", folder)
	}
	archive, err := txtar.ParseFile("../../testdata/figures/figures.txtar")
	check(t, err)
	shown := map[string]bool{}
	for i := range archive.Files {
		name, _, _ := strings.Cut(archive.Files[i].Name, " ")
		shown[name] = true
		t.Run(archive.Files[i].Name, func(t *testing.T) {
			f := readFigure(t, string(archive.Files[i].Data))
			got := f.drawn(t, filepath.Join(folder, name))
			if diff := cmp.Diff(f.arrows, got); diff != "" {
				t.Errorf("arrows (-figure +ladder):\n%s", diff)
			}
		})
	}
	all, err := filepath.Glob(filepath.Join(folder, "*.pcap"))
	check(t, err)
	for _, path := range all {
		if !shown[filepath.Base(path)] {
			t.Errorf("nothing is written down of the figure of %s", filepath.Base(path))
		}
	}
}

// figure is what a ladder has to show: arrows such as “A P INVITE”.
type figure struct {
	callID string
	names  map[string]string // by address
	arrows []string
}

func readFigure(t *testing.T, text string) *figure {
	f := &figure{names: map[string]string{}}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case words[0] == "#", words[0] == "-":
		case words[0] == "call-id":
			f.callID = words[1]
		case words[0] == "+":
			f.arrows = append(f.arrows, strings.Join(words[2:], " "))
		case len(words) == 2:
			f.names[words[1]] = words[0]
		case len(words) == 4:
			f.arrows = append(f.arrows, strings.Join(words[1:], " "))
		default:
			t.Fatalf("not understood: %s", line)
		}
	}
	return f
}

// drawn returns the arrows of the ladder.
func (f *figure) drawn(t *testing.T, capture string) (arrows []string) {
	o := command(t.Context(), "show", capture, "--call-id", f.callID, "--format", "json")
	var shown struct {
		Ladder struct {
			Columns []struct{ Addrs []netip.AddrPort }
			Steps   []struct {
				From, To int
				Label    string
				Times    int
			}
		}
	}
	check(t, json.Unmarshal([]byte(o.stdout), &shown))
	name := func(column int) string {
		for _, a := range shown.Ladder.Columns[column].Addrs {
			if n := f.names[a.Addr().String()]; n != "" {
				return n
			}
		}
		return "?"
	}
	for _, s := range shown.Ladder.Steps {
		what, _, _ := strings.Cut(s.Label, " ")
		arrows = append(arrows, name(s.From)+" "+name(s.To)+" "+strings.TrimPrefix(what, "re-"))
	}
	return arrows
}
