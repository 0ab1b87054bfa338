package dashboards

func sensor() Board {
	return Board{
		UID: "sipspan-sensor", Title: "sipspan · sensor",
		Description: "Whether the sensor sees everything, keeps up, and gets rid of its records.",
		Rows: []Row{
			{"Capture", []Panel{
				{Title: "Packets", Help: "Packets taken from the interfaces. Zero on a SPAN port is a mirror that is gone.", Look: Lines, Unit: "pps", Width: 8,
					Shows: []Query{{perSecond("capture_packets_total", "instance"), "{{instance}}"}}},
				{Title: "Bytes", Help: "Their length on the wire.", Look: Lines, Unit: "Bps", Width: 8,
					Shows: []Query{{perSecond("capture_bytes_total", "instance"), "{{instance}}"}}},
				{Title: "Lost", Help: "kernel: the buffer was full. interface: the card. Other stages: the program. See docs/accounting.md.", Look: Lines, Unit: "pps", Width: 8, Bad: 0.001,
					Shows: []Query{{perSecond("capture_dropped_packets_total", "instance, interface, stage"), "{{instance}} {{interface}} {{stage}}"}}},
				{Title: "Passed over", Help: "Packets without SIP, by reason.", Look: Areas, Unit: "pps", Width: 12,
					Shows: []Query{{perSecond("packets_ignored_total", "reason") + " > 0", "{{reason}}"}}},
				{Title: "Malformed SIP", Help: "Faults in messages, by what was wrong.", Look: Areas, Unit: "cps", Width: 12,
					Shows: []Query{{perSecond("sip_malformed_total", "reason"), "{{reason}}"}}},
			}},
			{"Memory and tables", []Panel{
				{Title: "Tables", Help: "Sessions that are followed.", Look: Lines, Unit: "short", Width: 8,
					Shows: []Query{{"sum by (instance, table) (" + only("sessions_tracked") + ")", "{{instance}} {{table}}"}}},
				{Title: "Evicted", Help: "Sessions dropped because a table was full: raise session.max_… .", Look: Lines, Unit: "cps", Width: 8, Bad: 0.001,
					Shows: []Query{{perSecond("sessions_evicted_total", "instance, table"), "{{instance}} {{table}}"}}},
				{Title: "Memory", Help: "Resident memory of the process.", Look: Lines, Unit: "bytes", Width: 8,
					Shows: []Query{{`process_resident_memory_bytes{instance=~"$instance"} and on (instance) sipspan_build_info{instance=~"$instance"}`, "{{instance}}"}}},
				{Title: "Processor", Help: "CPU seconds a second.", Look: Lines, Unit: "short", Width: 8,
					Shows: []Query{{`rate(process_cpu_seconds_total{instance=~"$instance"}[` + span + `]) and on (instance) sipspan_build_info{instance=~"$instance"}`, "{{instance}}"}}},
				{Title: "Label sets folded", Help: "Label sets that found no room in exporters.prometheus.max_series and count as other.", Look: Lines, Unit: "short", Width: 8, Bad: 1,
					Shows: []Query{{"sum by (instance) (" + only("series_folded_total") + ")", "{{instance}}"}}},
				{Title: "Version", Help: "The build that runs.", Look: Table, Unit: "short", Width: 8,
					Shows: []Query{{"sum by (instance, version, revision, goversion) (" + only("build_info") + ")", ""}}},
			}},
			{"Records", []Panel{
				{Title: "Records", Help: "Finished records by type.", Look: Areas, Unit: "cps", Width: 8,
					Shows: []Query{{perSecond("records_total", "record"), "{{record}}"}}},
				{Title: "Waiting", Help: "Records that wait for an exporter. A line that rises is an exporter that does not keep up.", Look: Lines, Unit: "short", Width: 8,
					Shows: []Query{{"sum by (instance, exporter) (" + only("exporter_queue_records") + ")", "{{instance}} {{exporter}}"}}},
				{Title: "Lost by exporters", Help: "Records lost because an exporter failed or its queue was full.", Look: Lines, Unit: "cps", Width: 8, Bad: 0.001,
					Shows: []Query{{perSecond("exporter_errors_total", "instance, exporter"), "{{instance}} {{exporter}}"}}},
			}},
		},
	}
}
