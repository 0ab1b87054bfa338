package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"sipspan/exporters/prometheus"
	"sipspan/internal/httpserver"
)

const metricsHead = `# Metrics

` + "`sipspan run`" + ` serves metrics at ` + "`http://" + httpserver.DefaultListen + "/metrics`" + ` (` + "`exporters.prometheus.*`" + ` in the
[configuration](configuration.md)), in the text format and, when the scraper asks for it, as OpenMetrics or protobuf. Histograms have
classic and native buckets at once. TLS and basic authentication are those of the Prometheus exporter toolkit
(` + "`exporters.prometheus.web_config_file`" + `).

- Units are base units: seconds, bytes.
- Label values are closed sets or names from the configuration. No Call-ID, user or free text is ever a label; what is outside a set is
  ` + "`other`" + `. User agents and domains come from the wire and are therefore counted only on request (` + "`top_user_agents`, `top_domains`" + `).
- Counters count what is finished: a call counts in ` + "`sipspan_calls_total`" + ` when its record is written.
- What traffic can make many of, such as responses by code and everything by peer, shares one budget of series (` + "`max_series`" + `). Who came
  first keeps its series; what comes when the budget is spent is counted under ` + "`other`" + `, and ` + "`sipspan_series_folded_total`" + ` says how
  many label sets that are, by metric.
- As OpenMetrics and protobuf, histograms, calls and failures carry exemplars with the Call-ID of a session they counted, by which its
  records are found. [Privacy](privacy.md) makes pseudonyms of them. A Call-ID that holds control characters, or others that are not shown as
  themselves, has no exemplar; one of more than 121 characters has none either: OpenMetrics
  allows no more.
- The names are a promise: metrics are added, never renamed.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
`

const peersHead = `
The Go runtime (` + "`go_*`" + `) and the process (` + "`process_*`" + `) are on the page as well.

## By peer

Peers are the groups of addresses in ` + "`session.peers`" + ` of the [configuration](configuration.md): trunks, carriers, sites. A hop from an
address of a peer counts as ` + "`inbound`" + `, one to it as ` + "`outbound`" + `, and one between two peers for both. Everything by peer is per hop, so
that a carrier whose 503 made a proxy turn to another one has that 503 although the call was answered. ` + "`peer_calls_total`" + ` has the call
once for each peer and direction that it touched, with the disposition that its user met. Without peers there are no such series.

A failure counts for the peer that the request came from and for the one that it went to.

## RFC 6076, and the figures of telephone networks

Everything is counted, never a ratio, so that any window can be asked. The series with ` + "`rfc6076`" + ` in their names count only sessions of
which the capture held everything (` + "`confidence.complete`" + ` of the [record](records.md)), and none that was still going on when the capture
ended. A request counts once, whatever hops and forks it had, where its user agent sent it: a retransmission is none, a re-INVITE is none, the
leg behind a back-to-back user agent is one of its own.

RFC 6076 counts INVITE requests, so that with digest authentication, where each call takes two, SER to the letter ends near 50 %; its example
of a completed session (section 4.9) counts both as one. sipspan has both: ` + "`rfc6076_sessions_*` and `rfc6076_registrations_*`" + ` take
the tries around a challenge as one, also where the second has another Call-ID; ` + "`rfc6076_invites_*` and `rfc6076_registers_*`" + ` count
each request. Delays run from the first request in both. They are in seconds; RFC 6076 states RRD and SDD in milliseconds.

Where nothing was counted, a ratio has no value, and the queries return none: ` + "`a / (b > 0)`" + `.
`

const metricsTail = `
## Other questions and their queries

Set-up delay, 95th percentile, from the native histogram:

    histogram_quantile(0.95, sum(rate(sipspan_call_setup_seconds[5m])))

What fails most, by method and status code:

    topk(10, sum by (method, code) (rate(sipspan_failures_total[15m])))

Why requests to a carrier fail:

    topk(10, sum by (cause) (rate(sipspan_peer_failures_total{peer="carrier",direction="outbound"}[15m])))

Requests to each peer that nobody answers:

    sum by (peer) (rate(sipspan_peer_requests_total{direction="outbound"}[5m]))
      - sum by (peer) (rate(sipspan_peer_responses_total{direction="outbound"}[5m]))

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
	out.WriteString(peersHead)
	for _, i := range prometheus.Indicators() {
		writeIndicator(&out, i)
	}
	out.WriteString(metricsTail)
	_, err := out.WriteTo(w)
	return err
}

func writeIndicator(out *bytes.Buffer, i prometheus.Indicator) {
	fmt.Fprintf(out, "\n### %s: %s\n\n%s: %s.\n%s\n", i.Name, i.Title, i.Section, i.Formula, i.Counts)
	for _, q := range []struct{ what, query string }{{"", i.Query}, {"Each request on its own:", i.Strict}, {"By peer:", i.Peer}} {
		if q.query == "" {
			continue
		}
		if q.what != "" {
			fmt.Fprintf(out, "\n%s\n", q.what)
		}
		fmt.Fprintf(out, "\n    %s\n", strings.ReplaceAll(q.query, "\n", "\n    "))
	}
}
