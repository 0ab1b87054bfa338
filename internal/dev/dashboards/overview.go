package dashboards

func overview() Board {
	attempts := perSecond("calls_complete_total", "", `disposition!~"challenged|in_progress"`)
	return Board{
		UID: "sipspan-overview", Title: "sipspan · overview",
		Description: "What the people on the phone did, how often it worked, and how long they waited.",
		Rows: []Row{
			{"Now", []Panel{
				{Title: "Calls now", Help: "Calls between their INVITE and their end.", Look: Value, Unit: "short", Width: 4,
					Shows: []Query{{"sum(" + only("calls_active") + ")", "calls"}}},
				{Title: "Registered contacts", Help: "Bindings that have not expired. A sudden fall is a registrar or a network that is gone.",
					Look: Value, Unit: "short", Width: 4, Shows: []Query{{"sum(" + only("registrations_active") + ")", "contacts"}}},
				{Title: "Subscriptions", Help: "Subscriptions that have not ended.", Look: Value, Unit: "short", Width: 4,
					Shows: []Query{{"sum(" + only("subscriptions_active") + ")", "subscriptions"}}},
				{Title: "Alerts firing", Help: "Rules of the built-in engine that hold now.", Look: Value, Unit: "short", Width: 4, Bad: 1,
					Shows: []Query{{"sum(" + only("alerts_firing") + ")", "alerts"}}},
				{Title: "Session effectiveness (SEER)", Help: "RFC 6076 section 4.7, challenge retries merged: answered, or not answered by the will of the called user.",
					Look: Value, Unit: "percentunit", Width: 4, Bad: 0.9, Good: true,
					Shows: []Query{{share(perSecond("rfc6076_sessions_effective_total", ""),
						"("+perSecond("rfc6076_sessions_total", "")+" - "+perSecond("rfc6076_sessions_redirected_total", "")+")"), "SEER"}}},
				{Title: "Packets lost", Help: "Packets that were lost before they could be read. Anything but zero makes every other figure doubtful.",
					Look: Value, Unit: "pps", Width: 4, Bad: 0.001,
					Shows: []Query{{perSecond("capture_dropped_packets_total", ""), "packets"}}},
			}},
			{"Calls", []Panel{
				{Title: "Calls by disposition", Help: "Finished calls.", Look: Areas, Unit: "cps", Width: 12,
					Shows: []Query{{perSecond("calls_total", "disposition"), "{{disposition}}"}}},
				{Title: "How many are answered", Help: "ASR: answered of all. NER: all that the network carried to the called user, whatever he did then. SER, SEER: RFC 6076.",
					Look: Lines, Unit: "percentunit", Width: 12,
					Shows: []Query{
						{share(perSecond("calls_complete_total", "", `disposition="answered"`), attempts), "ASR"},
						{share(perSecond("calls_complete_total", "", `disposition=~"answered|busy|no_answer|cancelled|rejected"`), attempts), "NER"},
						{share(perSecond("rfc6076_sessions_established_total", ""),
							"("+perSecond("rfc6076_sessions_total", "")+" - "+perSecond("rfc6076_sessions_redirected_total", "")+")"), "SER"},
					}},
				{Title: "Post-dial delay", Help: "SRD of RFC 6076 section 4.3: from the INVITE to the first sign that the call goes on.",
					Look: Lines, Unit: "s", Width: 8, Shows: []Query{
						{quantile("0.5", "rfc6076_srd_seconds", "", `result="success"`), "median"},
						{quantile("0.95", "rfc6076_srd_seconds", "", `result="success"`), "95 %"},
						{quantile("0.95", "rfc6076_srd_seconds", "", `result="failure"`), "95 % of those that failed"},
					}},
				{Title: "Time to the answer", Help: "From the INVITE to the 2xx, the ringing included.", Look: Lines, Unit: "s", Width: 8, Shows: []Query{
					{quantile("0.5", "call_setup_seconds", ""), "median"},
					{quantile("0.95", "call_setup_seconds", ""), "95 %"},
				}},
				{Title: "Length of calls", Help: "From the 2xx to the BYE. Many very short ones are a sign of one-way audio.", Look: Lines, Unit: "s", Width: 8, Shows: []Query{
					{mean("call_duration_seconds"), "average (ACD)"},
					{quantile("0.5", "call_duration_seconds", ""), "median"},
				}},
				{Title: "Services", Help: "Finished calls with a service of RFC 5359.", Look: Areas, Unit: "cps", Width: 24,
					Shows: []Query{{perSecond("services_total", "service") + " > 0", "{{service}}"}}},
			}},
			{"SIP on the wire", []Panel{
				{Title: "Requests", Help: "Requests on the wire, every hop and every repetition.", Look: Areas, Unit: "reqps", Width: 8,
					Shows: []Query{{perSecond("sip_requests_total", "method"), "{{method}}"}}},
				{Title: "Responses by class", Help: "Responses on the wire.", Look: Areas, Unit: "reqps", Width: 8, Shows: []Query{
					{perSecond("sip_responses_total", "", `code=~"1.."`), "1xx"}, {perSecond("sip_responses_total", "", `code=~"2.."`), "2xx"},
					{perSecond("sip_responses_total", "", `code=~"3.."`), "3xx"}, {perSecond("sip_responses_total", "", `code=~"4.."`), "4xx"},
					{perSecond("sip_responses_total", "", `code=~"5.."`), "5xx"}, {perSecond("sip_responses_total", "", `code=~"6.."`), "6xx"},
				}},
				{Title: "Repetitions", Help: "Messages that were sent again, of all. More than a few percent is loss or an element that is too slow.",
					Look: Lines, Unit: "percentunit", Width: 8, Shows: []Query{{share(perSecond("sip_retransmissions_total", ""),
						"("+perSecond("sip_requests_total", "")+" + "+perSecond("sip_responses_total", "")+")"), "repeated"}}},
			}},
			{"Registrations", []Panel{
				{Title: "Registrations by outcome", Help: "Finished registrations.", Look: Areas, Unit: "reqps", Width: 12,
					Shows: []Query{{perSecond("registrations_total", "outcome"), "{{outcome}}"}}},
				{Title: "Registration delay", Help: "RRD of RFC 6076 section 4.1, the challenge included.", Look: Lines, Unit: "s", Width: 12, Shows: []Query{
					{quantile("0.5", "rfc6076_rrd_seconds", ""), "median"}, {quantile("0.95", "rfc6076_rrd_seconds", ""), "95 %"},
				}},
			}},
		},
	}
}
