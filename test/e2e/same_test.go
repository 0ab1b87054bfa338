//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// same compares the records of the daemon with those of the saved capture. Each of the two captures has its own clock, so
// times, and the identifiers that rest on them, are left out; what was measured must have been measured in both.
func same(t *testing.T, live, saved []row) {
	count := map[string]int{}
	for _, r := range live {
		count[withoutTimes(r)]++
	}
	for _, r := range saved {
		count[withoutTimes(r)]--
	}
	for _, line := range slices.Sorted(maps.Keys(count)) {
		switch n := count[line]; {
		case n > 0:
			t.Errorf("only the daemon has %s", line)
		case n < 0:
			t.Errorf("only the saved capture has %s", line)
		}
	}
}

func withoutTimes(r row) string {
	var strip func(v any) any
	strip = func(v any) any {
		switch v := v.(type) {
		case row:
			return strip(map[string]any(v))
		case map[string]any:
			out := map[string]any{}
			for name, member := range v {
				switch {
				case name == "id" || name == "start" || name == "end" || name == "time":
				case strings.HasSuffix(name, "_ms"):
					out[name] = "*"
				default:
					out[name] = strip(member)
				}
			}
			return out
		case []any:
			out := make([]any, len(v))
			for i := range v {
				out[i] = strip(v[i])
			}
			return out
		}
		return v
	}
	line, err := json.Marshal(strip(r))
	if err != nil {
		return err.Error()
	}
	return string(line)
}
