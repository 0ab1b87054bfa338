package main

import (
	"strings"
	"testing"
)

// TestMeasure runs all measurements with few calls and looks whether what was searched is what was found.
func TestMeasure(t *testing.T) {
	var out strings.Builder
	b := &bench{folder: t.TempDir(), out: &out, calls: 1500, withMessages: 100, rate: 20, searches: 3}
	var err error
	if b.templates, err = templates(t.Context(), b.folder, 30_000); err != nil {
		t.Fatal(err)
	}
	if len(b.templates) < 50 {
		t.Errorf("%d templates", len(b.templates))
	}
	if err := b.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| 1500 calls: written |", "search by Call-ID among 1500, no writer, cold", "(3 found in 3 searches) |", "(0 found in 3 searches) |",
		"search by number among 1500, while records are written, warm", "bytes a call in 1 parts", "| messages of a call, cold", "calls/s: messages lost | 0 |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
