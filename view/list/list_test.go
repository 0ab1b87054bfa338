package list_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"sipspan/record"
	"sipspan/view/list"
	"sipspan/view/plain"
)

func newList(t *testing.T, o list.Options) *list.List {
	t.Helper()
	l, err := list.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func call(n int, setup time.Duration) *record.Call {
	return &record.Call{
		Header: record.Header{ID: fmt.Sprintf("%05d", n), Start: int64(n+1) * 1e9}, Setup: record.Elapsed{D: setup, Known: setup > 0},
		From: record.Party{URI: "sip:alice@example.com"}, To: record.Party{URI: "sip:bob@example.com"}, Disposition: record.Answered, Status: 200,
	}
}

// Of more records than the limit those are kept that stand first, in whatever order they come.
func TestLimitKeepsTheFirst(t *testing.T) {
	for _, sort := range []string{"setup", "-setup"} {
		l := newList(t, list.Options{Kind: record.KindCall, Sort: sort, Limit: 3, Lines: func(r record.Record) []byte { return []byte(r.Head().ID + " ") }})
		for i := range 1000 {
			n := i * 7 % 1000
			l.Add(call(n, time.Duration(n)*time.Millisecond))
		}
		l.Add(&record.Message{})
		var got strings.Builder
		_ = l.Each(func(line []byte) error { got.Write(line); return nil })
		want := map[string]string{"setup": "00001 00002 00003 ", "-setup": "00999 00998 00997 "}[sort]
		if got.String() != want || l.Matched() != 1000 || l.Shown() != 3 {
			t.Errorf("sorted by %s: %q of %d, want %q", sort, got.String(), l.Matched(), want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, o := range []list.Options{{Kind: record.KindCall, Sort: "expires"}, {Kind: record.KindCall, Columns: []string{"time", "aor"}}} {
		if _, err := list.New(o); err == nil || !strings.Contains(err.Error(), "expected one of time, from, to, disposition") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// What is on the wire neither moves the cursor nor makes a line too long.
func TestHarmless(t *testing.T) {
	hostile := "sip:\x1b[2J\u202e<script>\n" + strings.Repeat("語", 5000) + "@example.com"
	c := call(0, time.Second)
	c.From.URI, c.To.URI, c.ReleasedBy, c.Services = hostile, hostile, hostile, []string{hostile, hostile}
	c.Cause = &record.Cause{Explanation: hostile}
	c.Head().ID = "\x1b[31m"
	for width := 40; width <= 200; width += 5 {
		l := newList(t, list.Options{Kind: record.KindCall})
		l.Add(c)
		l.Add(call(1, 0))
		var b bytes.Buffer
		if err := l.Write(&b, list.Form{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if plain.Columns(line) > width {
				t.Errorf("width %d: %d columns: %s", width, plain.Columns(line), line)
			}
			for _, r := range line {
				if !unicode.IsPrint(r) {
					t.Errorf("width %d: %q in %q", width, r, line)
				}
			}
		}
	}
}

// Times that a text does not tell are not made up.
func TestTimes(t *testing.T) {
	for _, c := range []struct {
		flags []record.Flags
		want  []string
	}{
		{[]record.Flags{0}, []string{"1970-01-01, times in CET", "TIME", "01:00:01.000"}},
		{[]record.Flags{record.NoTimes}, []string{"TIME", "-"}},
		{[]record.Flags{record.NoDates}, []string{"times as the texts have them, where these do not name the zone", "TIME", "00:00:01.000"}},
		{[]record.Flags{record.LocalTimes}, []string{"times as the texts have them, where these do not name the zone", "TIME", "1970-01-01 00:00:01.000"}},
	} {
		zone := time.FixedZone("CET", 3600)
		l := newList(t, list.Options{Kind: record.KindCall, Columns: []string{"time"}, Zone: zone})
		for i, f := range c.flags {
			r := call(i, 0)
			r.Confidence.Flags = f
			l.Add(r)
		}
		var b bytes.Buffer
		if err := l.Write(&b, list.Form{}); err != nil {
			t.Fatal(err)
		}
		if want := strings.Join(c.want, "\n") + "\n"; b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}
