package dashboards

func failures() Board {
	peer := `peer=~"$peer"`
	return Board{
		UID: "sipspan-failures", Title: "sipspan · failures", Peers: true,
		Description: "What fails, how much of it, why, and towards whom.",
		Rows: []Row{
			{"All together", []Panel{
				{Title: "Failures by status", Help: "Failed requests that a person would want explained. none: no response at all.", Look: Areas, Unit: "reqps", Width: 12,
					Shows: []Query{{perSecond("failures_total", "method, code"), "{{method}} {{code}}"}}},
				{Title: "What the knowledge comes from", Help: "Failures by the source of their cause: headers of servers, timers, ICMP, TCP.", Look: Areas, Unit: "reqps", Width: 12,
					Shows: []Query{{perSecond("failures_total", "source"), "{{source}}"}}},
				{Title: "The network's part (ISA)", Help: "RFC 6076 section 4.8: sessions that ended with 408, 500, 503 or 504, of all. The called user has nothing to do with these.",
					Look: Lines, Unit: "percentunit", Width: 8, Bad: 0.05,
					Shows: []Query{{share(perSecond("rfc6076_sessions_ineffective_total", ""), perSecond("rfc6076_sessions_total", "")), "ISA"}}},
				{Title: "Ineffective registrations (IRA)", Help: "RFC 6076 section 4.2: registrations that failed, challenges not counted, of all.", Look: Lines, Unit: "percentunit", Width: 8, Bad: 0.05,
					Shows: []Query{{share(perSecond("rfc6076_registrations_ineffective_total", ""), perSecond("rfc6076_registrations_total", "")), "IRA"}}},
				{Title: "Set up in full (SCR)", Help: "RFC 6076 section 4.9: sessions that did not fail for want of a response.", Look: Lines, Unit: "percentunit", Width: 8, Bad: 0.95, Good: true,
					Shows: []Query{{share(perSecond("rfc6076_sessions_completed_total", ""), perSecond("rfc6076_sessions_total", "")), "SCR"}}},
				{Title: "Most frequent failures of the last hour", Help: "By method, status and source of the cause. docs/diagnoses.md says what to do.", Look: Table, Unit: "short", Width: 12,
					Shows: []Query{{"topk(15, sum by (method, code, source) (increase(" + only("failures_total") + "[1h]))) > 0", ""}}},
				{Title: "Error numbers of Microsoft servers, last hour", Help: "ms-diagnostics of servers and clients.", Look: Table, Unit: "short", Width: 12,
					Shows: []Query{{"topk(15, sum by (code) (increase(" + only("ms_diagnostics_total") + "[1h]))) > 0", ""}}},
			}},
			{"Peers", []Panel{
				{Title: "5xx, by peer", Help: "Responses 5xx of all final responses, on hops to and from a peer (session.peers).", Look: Lines, Unit: "percentunit", Width: 12, Bad: 0.05,
					Shows: []Query{{share(perSecond("peer_responses_total", "peer, direction", peer, `code=~"5.."`),
						perSecond("peer_responses_total", "peer, direction", peer, `code=~"[2-6].."`)), "{{peer}} {{direction}}"}}},
				{Title: "Answered calls, by peer", Help: "Answered calls of all calls from and to a peer.", Look: Lines, Unit: "percentunit", Width: 12,
					Shows: []Query{{share(perSecond("peer_calls_complete_total", "peer, direction", peer, `disposition="answered"`),
						perSecond("peer_calls_complete_total", "peer, direction", peer, `disposition!~"challenged|in_progress"`)), "{{peer}} {{direction}}"}}},
				{Title: "Requests, by peer", Help: "Requests on hops to and from a peer. A line that goes to zero is a link that is down.", Look: Lines, Unit: "reqps", Width: 12,
					Shows: []Query{{perSecond("peer_requests_total", "peer, direction", peer), "{{peer}} {{direction}}"}}},
				{Title: "Causes, by peer, last hour", Help: "Failures that an element of the peer generated.", Look: Table, Unit: "short", Width: 12,
					Shows: []Query{{"topk(20, sum by (peer, direction, method, code, cause) (increase(" + only("peer_failures_total", peer) + "[1h]))) > 0", ""}}},
			}},
			{"Alerts", []Panel{
				{Title: "Alerts that fire", Help: "Rules of the built-in engine, see docs/alerts.md.", Look: Lines, Unit: "short", Width: 12,
					Shows: []Query{{"sum by (rule) (" + only("alerts_firing") + ") > 0", "{{rule}}"}}},
				{Title: "Alerts of the last day", Help: "How often each rule began to fire.", Look: Table, Unit: "short", Width: 12,
					Shows: []Query{{"sum by (rule) (increase(" + only("alerts_total") + "[1d])) > 0", ""}}},
			}},
		},
	}
}
