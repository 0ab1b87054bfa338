package prometheus

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"sipspan/session/stats"
)

// namespace is in front of every name.
const namespace = "sipspan_"

// other is the label value of everything that has no value of its own.
const other = stats.CauseOther

// metric is one metric family of the page.
type metric struct {
	name, help string
	desc       *prometheus.Desc
	kind       prometheus.ValueType
	labels     []string
}

// families are all metric families of a collector.
var families []metric

func family(kind prometheus.ValueType, name, help string, labels ...string) metric {
	name = namespace + name
	m := metric{name: name, help: help, desc: prometheus.NewDesc(name, help, labels, nil), kind: kind, labels: slices.Clone(labels)}
	families = append(families, m)
	return m
}

func counter(name, help string, labels ...string) metric {
	return family(prometheus.CounterValue, name, help, labels...)
}

func gauge(name, help string, labels ...string) metric {
	return family(prometheus.GaugeValue, name, help, labels...)
}

// distribution is a family of histograms, which a histogram writes itself.
func distribution(name, help string, labels ...string) metric {
	return family(prometheus.UntypedValue, name, help, labels...)
}

// What was captured.
var (
	capturePackets = counter("capture_packets_total", "Packets taken from the capture sources.")
	captureBytes   = counter("capture_bytes_total", "Bytes on the wire of the packets taken from the capture sources.")
	captureDropped = counter("capture_dropped_packets_total", "Packets lost before they could be read as SIP, by interface and stage.", "interface", "stage")
	pipelineLag    = gauge("pipeline_lag_seconds", "How far the capture is behind the wall clock: the age of the newest packet that the slowest reader has taken from its source (reader), and of the newest one whose messages the slowest worker has begun with (worker). It is 0 while an interface is silent.", "stage")
	pipelineShed   = gauge("pipeline_shedding", "What the daemon leaves out, or has within the last seconds, because packets outrun the machine: 0 nothing, 1 messages that begin no session, 2 new sessions as well, 3 new calls as well, 4 whatever finds no room.")
	shedMessages   = counter("shed_messages_total", "Messages that the daemon has left out because packets outrun the machine, by what they belong to: nothing that lasts (no_session), a new session that is no call (new_session), a new call (new_call).", "reason")
	packetsDropped = counter("packets_dropped_total", "Packets that may have held SIP and were lost in the program, by stage and reason.", "stage", "reason")
	interfaceUp    = gauge("capture_interface_up", "Whether the packets of the interface can be seen: 0 while it is down or gone.", "interface")
	reopened       = counter("capture_interface_reopened_total", "How often the interface was opened again after it was gone.", "interface")
	streamSkipped  = counter("stream_skipped_bytes_total", "Bytes of TCP streams with SIP that belong to no message, or to a body that is too large for one.")
	clockSteps     = counter("capture_clock_steps_total", "How often the clock of a capture was set (back, forward), and packets whose time cannot be right (wild) or cannot be read (unreadable).", "kind")
	packetsIgnored = counter("packets_ignored_total", "Packets passed over because they hold no SIP message, or one that was captured before, by reason.", "reason")
	hepConnections = gauge("hep_connections", "Agents that are connected over TCP to send HEP.")
	hepRefused     = counter("hep_refused_connections_total", "Connections of agents that were closed because there were too many, or because they brought no HEP.")
	websockets     = counter("websocket_connections_total", "WebSocket connections in which SIP was found.")
	websocketMsgs  = counter("websocket_messages_total", "Messages of WebSocket connections that were read whole.")
	websocketFault = counter("websocket_faults_total", "Messages of WebSocket connections that were cut by a limit or a loss (cut), that are compressed and refer to bytes that are not known (unknown_context) or cannot be decompressed (corrupt), and connections that lost what they kept for want of memory (memory_full) or on which something followed that is no frame (no_frame).", "reason")
	associations   = counter("sctp_associations_total", "SCTP associations that were seen, whatever they carry.")
	sctpMsgs       = counter("sctp_messages_total", "Messages of SCTP associations that were read whole.")
	sctpFaults     = counter("sctp_faults_total", "Messages of SCTP associations that were read without their end (cut), fragments of messages whose rest did not come (fragments_lost) or that a limit of memory gave up (memory_full), packets with a chunk that contradicts itself (malformed), and associations given up for others (table_full).", "reason")
	packetsTunnel  = counter("tunnel_packets_total", "Packets that came in a tunnel, by the outermost one; each is counted among those delivered, ignored or dropped as well.", "tunnel")
)

// What was on the wire.
var (
	requests        = counter("sip_requests_total", "SIP requests on the wire, hops and retransmissions included.", "method", "transport")
	responses       = openCounter("sip_responses_total", "SIP responses on the wire, hops and retransmissions included, by CSeq method and status code.", "method", "code")
	retransmissions = counter("sip_retransmissions_total", "SIP messages seen again on the same hop.", "method")
	malformed       = counter("sip_malformed_total", "Faults found in SIP messages, by what was wrong.", "reason")
	notifies        = counter("notifies_total", "NOTIFY and BENOTIFY requests, each counted once, by event package and subscription state.", "event", "state")
	presenceChanges = counter("presence_changes_total", "Changes of somebody's basic presence by what it became, each counted once however many subscribers are told.", "basic")

	bodiesUnreadable = counter("event_bodies_unreadable_total", "Bodies of SUBSCRIBE, NOTIFY and PUBLISH that were broken or beyond a limit.")
)

// How it ended.
var (
	calls                = counter("calls_total", "Finished calls by disposition.", "disposition")
	completeCalls        = counter("calls_complete_total", "Those of calls_total of which the capture held everything, by disposition: what ratios are made of.", "disposition")
	services             = counter("services_total", "Finished calls by the services their users had, named as in RFC 5359.", "service")
	callsActive          = gauge("calls_active", "Calls between their INVITE and their end.")
	callSetup            = distribution("call_setup_seconds", "Time from the INVITE to its 2xx of answered calls.")
	callDuration         = distribution("call_duration_seconds", "Time from the 2xx to the BYE of calls.")
	registrationsEnded   = counter("registrations_total", "Finished registrations by outcome.", "outcome")
	registrationsActive  = gauge("registrations_active", "Bindings that are registered and not expired.")
	subscriptions        = counter("subscriptions_total", "Finished subscriptions by event package and outcome.", "event", "outcome")
	subscriptionsActive  = gauge("subscriptions_active", "Subscriptions between their first SUBSCRIBE or NOTIFY and their end.", "event")
	firstNotify          = distribution("subscription_first_notify_seconds", "Time from a SUBSCRIBE to the first NOTIFY.", "event")
	tlsConnections       = counter("tls_connections_total", "Finished TLS connections that carried or may have carried SIP, by outcome.", "outcome")
	tlsCertificates      = gauge("tls_certificate_expiry_timestamp_seconds", "When the first certificate ends that servers of SIP over TLS have shown, as Unix time, by the configured peer that the server belongs to.", "peer")
	publications         = counter("publications_total", "Finished publications by outcome.", "outcome")
	failures             = openCounter("failures_total", "Failed requests by method, status code (none: no response) and source of the cause.", "method", "code", "source")
	failureCauses        = openCounter("failure_causes_total", "Failed requests by method, event package (none: no such request), status code (none: no response) and cause (source:code).", "method", "event", "code", "cause")
	msDiagnostics        = openCounter("ms_diagnostics_total", "Failures that a Microsoft server or client diagnosed, by error number.", "code")
	records              = counter("records_total", "Finished records by type.", "record")
	sessionsTracked      = gauge("sessions_tracked", "Entries in the tables of the session tracker.", "table")
	sessionsEvicted      = counter("sessions_evicted_total", "Entries dropped from the tables of the session tracker because they were full.", "table")
	tableBytes           = gauge("table_bytes", "Memory of the tables of the session tracker, in bytes. Their shares follow from limits.memory.", "table")
	exporterErrors       = counter("exporter_errors_total", "Records lost because an exporter failed or its queue was full.", "exporter")
	exporterQueueRecords = gauge("exporter_queue_records", "Records that wait for an exporter.", "exporter")
	alertsFiring         = gauge("alerts_firing", "Alerts that fire now, by rule.", "rule")
	alertsTotal          = counter("alerts_total", "Alerts that began to fire, by rule.", "rule")
	userAgents           = openCounter("user_agent_sessions_total", "Finished calls and registrations by the user agent that began them: the most frequent ones (exporters.prometheus.top_user_agents).", "user_agent")
	domains              = openCounter("domain_sessions_total", "Finished calls and registrations by the domain of To: the most frequent ones (exporters.prometheus.top_domains).", "domain")
	seriesFolded         = counter("series_folded_total", "Label sets that found no room (exporters.prometheus.max_series) and are counted under other, by metric.", "metric")
	reloadSuccessful     = gauge("config_last_reload_successful", "Whether the last attempt to read the configuration, the start included, was successful: 1 or 0.")
	reloadTime           = gauge("config_last_reload_success_timestamp_seconds", "When a configuration was taken into use last, Unix time.")
	buildInfo            = gauge("build_info", "The build that runs; always 1.", "version", "revision", "goversion")
)
