package list

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sipspan/record"
	"sipspan/view/plain"
)

// column is one column of a table.
type column struct {
	name    string // of --columns and --sort
	heading string
	right   bool
	text    func(record.Record) string
	key     func(record.Record) key // nil: sorted by its text
	short   func(string) string     // what stands for a text where room is scarce; nil: nothing does
	least   int                     // columns below which it is rather left out; 0: it is not cut
	rank    int                     // columns with a higher rank are left out first where there is no room; 0 never
	hidden  bool                    // only shown when asked for
}

// key is what a column is sorted by. Unknown ones come last.
type key struct {
	known  bool
	number float64
	text   string
}

func numbered(n float64) key { return key{known: true, number: n} }

func timed(e record.Elapsed) key { return key{known: e.Known, number: float64(e.D)} }

func counted(n int) key { return key{known: n > 0, number: float64(n)} }

const (
	maxText = 200 // characters of a value
	maxSide = 40  // columns of an end of a session, where there is no width to keep to
)

// clean makes a value of a table harmless.
func clean(s string) string { return plain.Clean(s, maxText) }

// words writes the name of a constant as words.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

func code(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func elapsed(e record.Elapsed) string {
	if !e.Known {
		return ""
	}
	return plain.Duration(e.Milliseconds())
}

// side names a person or a device by its URI: without the scheme and the parameters.
func side(uri string) string {
	if scheme, rest, ok := strings.Cut(uri, ":"); ok && slices.Contains([]string{"sip", "sips", "tel"}, strings.ToLower(scheme)) {
		uri = rest
	}
	uri, _, _ = strings.Cut(uri, ";")
	return clean(uri)
}

// name is what is before the @ of a side.
func name(side string) string {
	before, _, _ := strings.Cut(side, "@")
	return before
}

// beginnings are how an explanation goes on after the method that other columns name.
var beginnings = []string{"got ", "was ", "failed ", "did "}

// fewWords takes from the explanation of a cause what was found, less who refused what and what to do about it.
func fewWords(c *record.Cause) string {
	if c == nil {
		return ""
	}
	found, _, _ := strings.Cut(c.Explanation, "; ")
	if found == "" {
		return clean(c.Code + " " + c.Text)
	}
	for _, between := range []string{": ", " because "} {
		before, after, ok := strings.Cut(found, between)
		if ok && (strings.Contains(before, " refused by ") || strings.Contains(before, " failed at ") || strings.HasSuffix(before, "response")) {
			if _, answer, although := strings.Cut(before, " with "); although && strings.Contains(answer, " although ") {
				after = answer
			}
			found = after
			break
		}
	}
	if _, after, ok := strings.Cut(found, " "); ok && slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(after, b) }) {
		found = after
	}
	return clean(strings.TrimSuffix(found, "."))
}

// Columns returns the names of the columns of lists of a kind, those first that are shown unless others are asked for.
func Columns(kind record.Kind) []string {
	var shown, hidden []string
	for _, c := range tables[kind] {
		if c.hidden {
			hidden = append(hidden, c.name)
		} else {
			shown = append(shown, c.name)
		}
	}
	return append(shown, hidden...)
}

// columnNamed returns a column of a kind.
func columnNamed(kind record.Kind, name string) (*column, error) {
	all := tables[kind]
	for i := range all {
		if all[i].name == name {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("there is no column %q; expected one of %s", name, strings.Join(Columns(kind), ", "))
}

// timeColumn is the name of the column that is written last, because its form depends on all times of the list.
const timeColumn = "time"

func theTime() column {
	return column{name: timeColumn, heading: "TIME", key: func(r record.Record) key {
		start := r.Head().Start
		return key{known: start != 0, number: float64(start)}
	}, text: func(record.Record) string { return "" }}
}

// endColumns are the last columns of every table.
func endColumns(cause func(record.Record) *record.Cause) []column {
	return []column{
		{name: "cause", heading: "CAUSE", least: 24, rank: 3, text: func(r record.Record) string { return fewWords(cause(r)) }},
		{name: "id", heading: "ID", rank: 9, hidden: true, text: func(r record.Record) string { return clean(r.Head().ID) }},
		{name: "call_id", heading: "CALL-ID", rank: 9, hidden: true, text: func(r record.Record) string { return clean(r.Head().CallID) }},
		{name: "sensor", heading: "SENSOR", rank: 9, hidden: true, text: func(r record.Record) string { return clean(r.Head().Sensor) }},
		{name: "explanation", heading: "EXPLANATION", least: 16, rank: 9, hidden: true, text: func(r record.Record) string {
			if c := cause(r); c != nil {
				return plain.Clean(c.Explanation, 4*maxText)
			}
			return ""
		}},
	}
}
