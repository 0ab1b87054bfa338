package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// table writes the rows in Markdown.
func table(rows []row) string {
	var t strings.Builder
	t.WriteString("| workload | median | least – most | medians of the parts | rounds |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&t, "| %s | %s %s | %s – %s | %s | %d |\n", r.what, short(median(r.values)), r.unit,
			short(slices.Min(r.values)), short(slices.Max(r.values)), r.parts, len(r.values))
	}
	return t.String()
}

// short is a number with three digits, or more when it is large.
func short(v float64) string {
	switch {
	case v >= 100:
		return grouped(int(v + 0.5))
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// grouped is a whole number with commas between its thousands.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
