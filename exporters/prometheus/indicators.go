package prometheus

import "strings"

// Indicator is a key figure that is computed from the metrics.
type Indicator struct {
	Name    string // its abbreviation
	Title   string
	Section string // where it is defined
	Formula string // as it is defined there
	Counts  string // what sipspan takes for each part
	Query   string // PromQL, of the last five minutes; absent where there was nothing to count
	Strict  string // likewise, each request counted on its own; "" where that makes no difference
	Peer    string // likewise, by peer and direction; "" where there is none
}

// Unit is what the figure is in, as it stands in the name of a series: percent or seconds.
func (i Indicator) Unit() string {
	if strings.HasPrefix(i.Query, "100 * ") {
		return "percent"
	}
	return "seconds"
}

// Indicators returns those of RFC 6076 in its order, and after them those of telephone networks.
func Indicators() []Indicator {
	challenges := "The tries around a challenge count once; strictly, each request counts."
	return []Indicator{
		{
			Name: "RRD", Title: "registration request delay", Section: "RFC 6076 section 4.1",
			Formula: "time of final response − time of REGISTER",
			Counts:  "Successful registrations only. The time runs from the first REGISTER of the attempt, so that the round of a challenge is inside.",
			Query:   mean("rfc6076_rrd_seconds", ""),
		},
		{
			Name: "IRA", Title: "ineffective registration attempts", Section: "RFC 6076 section 4.2",
			Formula: "ineffective attempts / all REGISTER requests × 100",
			Counts:  "Ineffective are 4xx but 401, 402 and 407, 5xx, 6xx, and none before Timer F ends. " + challenges,
			Query:   percent("rfc6076_registrations_ineffective_total", "rfc6076_registrations_total", ""),
			Strict:  percent("rfc6076_registers_ineffective_total", "rfc6076_registers_total", ""),
		},
		{
			Name: "SRD", Title: "session request delay", Section: "RFC 6076 section 4.3",
			Formula: "time of the response that tells a status − time of INVITE",
			Counts: "The first provisional response other than 100, else the final one. A request that fails has its own series, `result=\"failure\"`; 401, 402 and 407 are no failures. " +
				"The time runs on through challenges and redirections. Each dialog of a forked INVITE has its delay.",
			Query: mean("rfc6076_srd_seconds", `{result="success"}`),
		},
		{
			Name: "SDD", Title: "session disconnect delay", Section: "RFC 6076 section 4.4",
			Formula: "time of 2xx − time of BYE",
			Counts: "A BYE that is refused has its own series, `result=\"failure\"`. A 503 with Retry-After does not end the time if the BYE comes again. " +
				"A BYE that nobody answers before Timer F ends is in neither.",
			Query: mean("rfc6076_sdd_seconds", `{result="success"}`),
		},
		{
			Name: "SDT", Title: "session duration time", Section: "RFC 6076 section 4.5",
			Formula: "time of BYE or time-out − time of 200 to INVITE",
			Counts:  "What is heard before the 200 does not count. A session whose BYE nobody answers has its own series, `result=\"failure\"`, and ends with Timer F.",
			Query:   mean("rfc6076_sdt_seconds", `{result="success"}`),
		},
		{
			Name: "SER", Title: "session establishment ratio", Section: "RFC 6076 section 4.6",
			Formula: "INVITE requests with 200 / (all INVITE requests − INVITE requests with 3xx) × 100",
			Counts:  "Initial INVITE requests as their user agent sent them, whatever hops and forks they had. " + challenges,
			Query:   lessRedirected("established", "rfc6076_sessions", ""),
			Strict:  lessRedirected("established", "rfc6076_invites", ""),
			Peer:    lessRedirected("established", "peer_rfc6076_sessions", " by (peer, direction) "),
		},
		{
			Name: "SEER", Title: "session establishment effectiveness ratio", Section: "RFC 6076 section 4.7",
			Formula: "INVITE requests with 200, 480, 486, 600 or 603 / (all INVITE requests − INVITE requests with 3xx) × 100",
			Counts:  "As SER.",
			Query:   lessRedirected("effective", "rfc6076_sessions", ""),
			Strict:  lessRedirected("effective", "rfc6076_invites", ""),
			Peer:    lessRedirected("effective", "peer_rfc6076_sessions", " by (peer, direction) "),
		},
		{
			Name: "ISA", Title: "ineffective session attempts", Section: "RFC 6076 section 4.8",
			Formula: "INVITE requests with 408, 500, 503 or 504 / all session requests × 100",
			Counts:  "Responses only: a request that nobody answers is in `_unanswered_total`. " + challenges,
			Query:   percent("rfc6076_sessions_ineffective_total", "rfc6076_sessions_total", ""),
			Strict:  percent("rfc6076_invites_ineffective_total", "rfc6076_invites_total", ""),
			Peer:    percent("peer_rfc6076_sessions_ineffective_total", "peer_rfc6076_sessions_total", " by (peer, direction) "),
		},
		{
			Name: "SCR", Title: "session completion ratio", Section: "RFC 6076 section 4.9",
			Formula: "successfully completed sessions / all session requests × 100",
			Counts: "Completed is a session that was established and whose BYE was answered. Whoever reads “completed” as “did not fail for want of a response” asks for " +
				"`1 − unanswered / all`, with `_unanswered_total`. " + challenges,
			Query:  percent("rfc6076_sessions_completed_total", "rfc6076_sessions_total", ""),
			Strict: percent("rfc6076_invites_completed_total", "rfc6076_invites_total", ""),
			Peer:   percent("peer_rfc6076_sessions_completed_total", "peer_rfc6076_sessions_total", " by (peer, direction) "),
		},
		{
			Name: "ASR", Title: "answer-seizure ratio", Section: "ITU-T E.411",
			Formula: "answered calls / seizures × 100",
			Counts:  "Calls as their users placed them, of which the capture held everything. A call that was challenged and tried again under another Call-ID, and one that goes on when the capture ends, are none.",
			Query: "100 * sum(rate(sipspan_calls_complete_total{disposition=\"answered\"}[5m]))\n" +
				"  / (sum(rate(sipspan_calls_complete_total{disposition!~\"challenged|in_progress\"}[5m])) > 0)",
			Peer: "100 * sum by (peer, direction) (rate(sipspan_peer_calls_complete_total{disposition=\"answered\"}[5m]))\n" +
				"  / (sum by (peer, direction) (rate(sipspan_peer_calls_complete_total{disposition!~\"challenged|in_progress\"}[5m])) > 0)",
		},
		{
			Name: "NER", Title: "network effectiveness ratio", Section: "ITU-T E.425",
			Formula: "(answered + busy + no answer + refused by the user) / seizures × 100",
			Counts:  "The dispositions `answered`, `busy`, `no_answer`, `rejected`, and `cancelled`, for the caller gave up. Seizures as for ASR.",
			Query: "100 * sum(rate(sipspan_calls_complete_total{disposition=~\"answered|busy|no_answer|rejected|cancelled\"}[5m]))\n" +
				"  / (sum(rate(sipspan_calls_complete_total{disposition!~\"challenged|in_progress\"}[5m])) > 0)",
			Peer: "100 * sum by (peer, direction) (rate(sipspan_peer_calls_complete_total{disposition=~\"answered|busy|no_answer|rejected|cancelled\"}[5m]))\n" +
				"  / (sum by (peer, direction) (rate(sipspan_peer_calls_complete_total{disposition!~\"challenged|in_progress\"}[5m])) > 0)",
		},
		{
			Name: "ACD", Title: "average call duration", Section: "usage of the trade",
			Formula: "sum of durations / answered calls",
			Counts:  "From the 2xx to the BYE, of calls of which both were seen; incomplete ones too.",
			Query:   mean("call_duration_seconds", ""),
		},
		{
			Name: "PDD", Title: "post-dial delay", Section: "ITU-T E.721, post-selection delay",
			Formula: "95th percentile of the time from the INVITE to the first response that tells a status",
			Counts:  "SRD of requests that succeed.",
			Query:   `histogram_quantile(0.95, sum by (le) (rate(sipspan_rfc6076_srd_seconds_bucket{result="success"}[5m])))` + "\n  and on() sum(rate(sipspan_rfc6076_srd_seconds_count{result=\"success\"}[5m])) > 0",
		},
	}
}

// mean is the mean of a histogram.
func mean(name, labels string) string {
	name = namespace + name
	return "sum(rate(" + name + "_sum" + labels + "[5m]))\n  / (sum(rate(" + name + "_count" + labels + "[5m])) > 0)"
}

// percent is a share of two counters.
func percent(part, all, by string) string {
	return "100 * sum" + by + "(rate(" + namespace + part + "[5m]))\n  / (sum" + by + "(rate(" + namespace + all + "[5m])) > 0)"
}

// lessRedirected is a share of all requests that had no 3xx.
func lessRedirected(part, name, by string) string {
	return strings.NewReplacer("NAME", namespace+name, "PART", part, " BY ", by).Replace(
		"100 * sum BY (rate(NAME_PART_total[5m]))\n" +
			"  / ((sum BY (rate(NAME_total[5m])) - sum BY (rate(NAME_redirected_total[5m]))) > 0)")
}
