package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"sipspan/exporters/prometheus"
)

const recordingHead = `# The figures of RFC 6076 and of telephone networks as recording rules, for each sensor by itself. docs/metrics.md has the formulas.
# Written from the code: change exporters/prometheus/indicators.go and run "make generate".
groups:
  - name: sipspan-indicators
    interval: 30s
    rules:
`

// perSensor makes a query that adds up over all sensors one that keeps them apart.
var perSensor = strings.NewReplacer(
	"sum(", "sum by (job, instance) (",
	"sum by (", "sum by (job, instance, ",
	"and on()", "and on (job, instance)",
)

// writeRecording writes the recording rules: each indicator, and where it has them its strict and its peers' form.
func writeRecording(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString(recordingHead)
	for _, i := range prometheus.Indicators() {
		name := strings.ToLower(i.Name)
		for _, form := range []struct{ level, suffix, query string }{
			{"sipspan", "", i.Query}, {"sipspan", "_strict", i.Strict}, {"sipspan_peer", "", i.Peer},
		} {
			if form.query != "" {
				fmt.Fprintf(&out, "      - record: %s:%s%s_%s:rate5m\n        expr: |\n          %s\n", form.level, name, form.suffix, i.Unit(),
					strings.ReplaceAll(perSensor.Replace(form.query), "\n", "\n          "))
			}
		}
	}
	_, err := out.WriteTo(w)
	return err
}
