package difference

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"sipspan/view/plain"
)

// Row compares one thing.
type Row struct {
	Group   string  `json:"group"`
	Name    string  `json:"name"`
	A       Value   `json:"a"`
	B       Value   `json:"b"`
	P       float64 `json:"p"`       // the probability of such a difference by chance alone
	Differs bool    `json:"differs"` // whether that is small enough, all rows taken together that are compared
	// Only is "A" or "B" where the other side has nothing of the kind, such as no registration at all. Then nothing is compared.
	Only string `json:"only,omitempty"`
}

// Value is one side of a row: a share, or a delay.
type Value struct {
	Count  uint64   `json:"count"`               // with that name; of a delay, how many were measured
	Of     uint64   `json:"of,omitempty"`        // all of the group
	Median *float64 `json:"median_ms,omitempty"` // of a delay
	P95    *float64 `json:"p95_ms,omitempty"`    // of a delay
}

// Result is what two sides have in common and what not.
type Result struct {
	Rows []*Row `json:"rows"`
}

// groupOrder is the order of the groups.
var groupOrder = []string{"calls", "registrations", "subscriptions", "causes of failures", "where requests failed", "peers of failures"}

// delayGroup is the name of the group of delays.
const delayGroup = "delays"

// Of compares two sides. Groups that one of them does not have are not compared.
func Of(a, b *Side) *Result {
	r := &Result{}
	for _, kind := range groupOrder {
		ga, gb := a.groups[kind], b.groups[kind]
		if ga == nil && gb == nil {
			continue
		}
		names := map[string]bool{}
		for _, g := range []*group{ga, gb} {
			if g != nil {
				for name := range g.counts {
					names[name] = true
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			row := &Row{Group: kind, Name: name}
			row.A.Count, row.A.Of = ga.count(name)
			row.B.Count, row.B.Of = gb.count(name)
			row.P = fisher(row.A.Count, row.A.Of, row.B.Count, row.B.Of)
			row.Only = only(ga != nil, gb != nil)
			r.Rows = append(r.Rows, row)
		}
	}
	names := map[string]bool{}
	for _, s := range []*Side{a, b} {
		for name := range s.delays {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		va, vb := a.delays[name].sorted(), b.delays[name].sorted()
		r.Rows = append(r.Rows, &Row{
			Group: delayGroup, Name: name, A: delayOf(a.delays[name], va), B: delayOf(b.delays[name], vb), P: ranks(va, vb), Only: only(va != nil, vb != nil),
		})
	}
	var compared []*Row
	for _, row := range r.Rows {
		if row.Only == "" {
			compared = append(compared, row)
		}
	}
	holm(compared)
	return r
}

// only names the side that alone has something of a kind, "" where both have.
func only(a, b bool) string {
	switch {
	case !b:
		return "A"
	case !a:
		return "B"
	}
	return ""
}

func delayOf(d *samples, sorted []float64) (v Value) {
	if d == nil || len(sorted) == 0 {
		return v
	}
	median, p95 := quantile(sorted, 0.5), quantile(sorted, 0.95)
	return Value{Count: d.seen, Median: &median, P95: &p95}
}

// String writes a value for people.
func (v Value) String() string {
	switch {
	case v.Median != nil:
		return fmt.Sprintf("%s, 95 %% below %s (%d)", plain.Duration(*v.Median), plain.Duration(*v.P95), v.Count)
	case v.Of == 0:
		return "none"
	}
	return fmt.Sprintf("%.1f %% (%d of %d)", 100*float64(v.Count)/float64(v.Of), v.Count, v.Of)
}

// most is how many rows of a group without a difference are written.
const most = 5

// Write writes what differs, and after that what does not, as text. a and b name the sides.
func (r *Result) Write(w io.Writer, a, b string) error {
	var out strings.Builder
	fmt.Fprintf(&out, "A  %s\nB  %s\n", plain.Clean(a, 200), plain.Clean(b, 200))
	var differ, same []*Row
	alone := map[string][]*Row{}
	for _, row := range r.Rows {
		switch {
		case row.Only != "":
			alone[row.Only] = append(alone[row.Only], row)
		case row.Differs:
			differ = append(differ, row)
		default:
			same = append(same, row)
		}
	}
	out.WriteString("\nDifferences that the numbers carry\n")
	if len(differ) == 0 {
		out.WriteString("  none: where shares or delays differ below, that may be chance\n")
	}
	writeRows(&out, differ, len(differ))
	for _, side := range []string{"A", "B"} {
		if rows := alone[side]; len(rows) > 0 {
			fmt.Fprintf(&out, "\nOnly in %s\n", side)
			writeRows(&out, rows, most)
		}
	}
	if len(same) > 0 {
		out.WriteString("\nNo difference is shown\n")
		writeRows(&out, same, most)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// writeRows writes rows by group, of each up to a number: those that are most frequent.
func writeRows(out *strings.Builder, rows []*Row, limit int) {
	for i := 0; i < len(rows); {
		j := i
		for j < len(rows) && rows[j].Group == rows[i].Group {
			j++
		}
		fmt.Fprintf(out, "  %s\n", rows[i].Group)
		part := slices.Clone(rows[i:j])
		if len(part) > limit {
			slices.SortStableFunc(part, func(a, b *Row) int { return cmp.Compare(b.A.Count+b.B.Count, a.A.Count+a.B.Count) })
			part = part[:limit]
		}
		for _, row := range part {
			fmt.Fprintf(out, "    %s\n", plain.Clean(strings.ReplaceAll(row.Name, "_", " "), 100))
			if row.Only != "B" {
				fmt.Fprintf(out, "      A  %s\n", row.A)
			}
			if row.Only != "A" {
				fmt.Fprintf(out, "      B  %s\n", row.B)
			}
		}
		if left := j - i - len(part); left > 0 {
			fmt.Fprintf(out, "    and %d more\n", left)
		}
		i = j
	}
}
