package suggest

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"capture.filter", "capture.interfaces", "log"}
	for wrong, want := range map[string]string{
		"capture.interface": "capture.interfaces", "capture.fliter": "capture.filter", "logg": "log", "exporters": "", "": "",
		strings.Repeat("l", 10_000): "",
	} {
		if got := Nearest(wrong, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", wrong, got, want)
		}
	}
}
