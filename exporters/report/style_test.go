package report

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestNoColourWithoutTerminal(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/page")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if o := For(file); !reflect.DeepEqual(o, Options{}) {
		t.Errorf("a file: %+v", o)
	}
	if o := For(&bytes.Buffer{}); !reflect.DeepEqual(o, Options{}) {
		t.Errorf("memory: %+v", o)
	}
	if page := write(t, busyHour(), For(file)); strings.Contains(page, "\x1b") {
		t.Error("the page has colours")
	}
}

// TestColourOnTerminal opens a pseudo-terminal, which is a terminal to the program.
func TestColourOnTerminal(t *testing.T) {
	pty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer pty.Close()
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	if !For(pty).Color {
		t.Error("no colours on a terminal")
	}
	t.Setenv("NO_COLOR", "1")
	if For(pty).Color {
		t.Error("colours in spite of NO_COLOR")
	}
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "dumb")
	if For(pty).Color {
		t.Error("colours on a dumb terminal")
	}
}

func TestColoursChangeNoText(t *testing.T) {
	plain := write(t, busyHour(), Options{Width: 80})
	coloured := write(t, busyHour(), Options{Width: 80, Color: true})
	var text strings.Builder
	for {
		before, rest, found := strings.Cut(coloured, "\x1b[")
		text.WriteString(before)
		if !found {
			break
		}
		_, coloured, _ = strings.Cut(rest, "m")
	}
	if text.String() != plain {
		t.Error("the page with colours says something else")
	}
}
