package plain_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"sipspan/view/plain"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"alice", 10, "alice"},
		{" a\x1b[31m\r\n", 20, `a\x1b[31m\x0d\x0a`},
		{"a\u202eb", 10, "a\ufffdb"},
		{"a\xffb", 10, `a\xffb`},
		{"äöüäöü", 3, "äöü…"},
		{strings.Repeat("語", 10_000), 4, "語語語語…"},
	} {
		if got := plain.Clean(c.in, c.limit); got != c.want {
			t.Errorf("Clean(%.20q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\xff\u202e\x1b", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = min(max(limit, 1), 300)
		got := plain.Clean(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit+1 {
			t.Errorf("Clean(%q, %d) = %q", s, limit, got)
		}
	})
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{{"alice", 5, "alice"}, {"alice", 4, "ali…"}, {"語語語", 5, "語語…"}, {"alice", 0, ""}} {
		if got := plain.Clip(c.in, c.limit); got != c.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := plain.Wrap("one two  threefourfive six", 8)
	if want := []string{"one two", "threefou", "rfive", "six"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	got = plain.Wrap(`Reason: Q.850;cause=16;text="normal call clearing"`, 22)
	if want := []string{"Reason:", "Q.850;cause=16;", `text="normal call`, `clearing"`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDuration(t *testing.T) {
	for ms, want := range map[float64]string{0.25: "0.25 ms", 12: "12 ms", 1500: "1.5 s", 61_000: "1 min 1 s", 3_660_000: "1 h 1 min"} {
		if got := plain.Duration(ms); got != want {
			t.Errorf("Duration(%v) = %q, want %q", ms, got, want)
		}
	}
}
