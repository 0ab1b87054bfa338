package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"sipspan/exporters/prometheus"
)

const metricsHead = `# Metrics

` + "`sipspan run`" + ` serves metrics at ` + "`http://" + prometheus.DefaultListen + "/metrics`" + ` (` + "`exporters.prometheus.*`" + ` in the
[configuration](configuration.md)), in the text format and, when the scraper asks for it, as OpenMetrics or protobuf. Histograms have
classic and native buckets at once. TLS and basic authentication are those of the Prometheus exporter toolkit
(` + "`exporters.prometheus.web_config_file`" + `).

- Units are base units: seconds, bytes.
- Label values are closed sets. No Call-ID, user or free text is ever a label; what is outside a set is ` + "`other`" + `.
- Counters count what is finished: a call counts in ` + "`sipspan_calls_total`" + ` when its record is written.
- The names are a promise: metrics are added, never renamed.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
`

const metricsTail = `
The Go runtime (` + "`go_*`" + `) and the process (` + "`process_*`" + `) are on the page as well.

## Questions and their queries

Answer-seizure ratio of the last five minutes:

    sum(rate(sipspan_calls_total{disposition="answered"}[5m])) / sum(rate(sipspan_calls_total[5m]))

Set-up delay, 95th percentile, from the native histogram:

    histogram_quantile(0.95, sum(rate(sipspan_call_setup_seconds[5m])))

What fails most, by method and status code:

    topk(10, sum by (method, code) (rate(sipspan_failures_total[15m])))

Is anything lost in front of the decoder?

    sum by (stage) (rate(sipspan_capture_dropped_packets_total[5m])) > 0

[Accounting](accounting.md) says what each stage and reason means.
`

// writeMetrics writes the page about the metrics from the families that the collector has.
func writeMetrics(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString(metricsHead)
	for _, f := range prometheus.Families() {
		labels := ""
		if len(f.Labels) > 0 {
			labels = "`" + strings.Join(f.Labels, "`, `") + "`"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", f.Name, f.Type, labels, strings.ReplaceAll(f.Help, "|", `\|`))
	}
	out.WriteString(metricsTail)
	_, err := out.WriteTo(w)
	return err
}
