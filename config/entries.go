package config

// The units that decide how a value is written.
const (
	bytesUnit = "bytes"        // a number is a size
	codesUnit = "status codes" // a list may hold numbers
)

// entry is what cannot be derived from the type of a setting.
type entry struct {
	unit     string // what a number counts
	sentence string
	reload   bool // applied while running
}

// sectionSentences introduces each section.
var sectionSentences = map[string]string{
	"log":                          "The program's own log, on stderr.",
	"limits":                       "What the program may take of the machine.",
	"capture":                      "Where packets come from in run.",
	"reassembly":                   "How much is held back to join IP fragments and TCP segments.",
	"reassembly.fragments":         "IP datagrams that came in fragments.",
	"reassembly.tcp":               "TCP connections.",
	"session":                      "How calls, registrations and subscriptions are followed. Times are packet time.",
	"pipeline":                     "The way from the capture to the workers.",
	"privacy":                      "What of the people on the phone is written into records. See [Privacy](privacy.md).",
	"alerts":                       "What is watched for: rules, each with its value, threshold and memory. See [Alerts](alerts.md).",
	"exporters":                    "Where records, alerts and metrics go.",
	"exporters.files":              "Record files. A file carries the ending .part until it is finished.",
	"exporters.prometheus":         "Metrics for Prometheus.",
	"exporters.alert":              "Where alerts go beside the records. See [Delivery of alerts](delivery.md).",
	"exporters.alert.alertmanager": "Prometheus Alertmanagers, through their API v2.",
	"exporters.alert.webhook":      "A request of its own for each alert.",
}

// entries holds one entry for each key.
var entries = map[string]entry{
	"sensor":     {sentence: "Name of this probe in every record; empty means the name of the host in run, and sipspan in read."},
	"log.level":  {sentence: "The least severe messages that are logged: debug, info, warn or error.", reload: true},
	"log.format": {sentence: "Form of a log line: text or json."},

	"limits.memory": {unit: bytesUnit, sentence: "Memory for everything together: the garbage collector keeps to it unless GOMEMLIMIT is set, and every table has a share of it."},

	"capture.interfaces":  {sentence: "The interfaces to capture on; any stands for all of them."},
	"capture.filter":      {sentence: "BPF expression that the kernel applies; \"\" captures everything, default passes SIP, its tunnels and fragments and leaves RTP in the kernel."},
	"capture.snaplen":     {unit: bytesUnit, sentence: "How many bytes of each packet are kept."},
	"capture.promiscuous": {sentence: "Receive packets that are addressed to other machines, as a SPAN port needs it."},
	"capture.buffer_size": {unit: bytesUnit, sentence: "Kernel buffer of each interface."},
	"capture.immediate":   {sentence: "Deliver each packet as it arrives; costs throughput."},
	"capture.poll":        {sentence: "The longest wait for a packet before timers are checked."},
	"capture.deduplicate": {sentence: "Ignore an IP packet that was captured before, because mirror ports may deliver it twice; in saved captures as well."},

	"reassembly.fragments.max_datagrams": {unit: "datagrams", sentence: "How many IP datagrams may wait for missing fragments at a time."},
	"reassembly.fragments.max_bytes":     {unit: bytesUnit, sentence: "Memory for the fragments that wait; never more than the share of limits.memory."},
	"reassembly.fragments.timeout":       {sentence: "How long a datagram waits for its missing fragments, from the first one seen, in packet time."},
	"reassembly.tcp.max_connections":     {unit: "connections", sentence: "How many TCP connections are followed at a time; beyond that the one that has been without a packet for longest is forgotten."},
	"reassembly.tcp.max_held_bytes":      {unit: bytesUnit, sentence: "Memory for what one direction of a connection holds back: segments after a gap and messages that are not complete."},
	"reassembly.tcp.max_held_total":      {unit: bytesUnit, sentence: "The same for all connections together; never more than the share of limits.memory."},
	"reassembly.tcp.idle_timeout":        {sentence: "A connection without a packet for so long is forgotten, in packet time."},
	"reassembly.tcp.gap_timeout":         {sentence: "A missing segment is given up after so long, in packet time."},

	"session.max_calls":            {unit: "calls", sentence: "How many calls are followed at a time; beyond that the oldest is written out and dropped."},
	"session.max_registrations":    {unit: "bindings", sentence: "How many registrations are followed at a time."},
	"session.max_subscriptions":    {unit: "subscriptions", sentence: "How many subscriptions are followed at a time."},
	"session.max_transactions":     {unit: "transactions", sentence: "How many other transactions are followed at a time."},
	"session.max_call_ids":         {unit: "Call-IDs of eight bytes each", sentence: "How many distinct Call-IDs are counted exactly."},
	"session.max_resources":        {unit: "resources", sentence: "How many dialogs, contacts, watchers, conference users and list resources that notifications name are followed at a time, of all subscriptions together."},
	"session.max_evidence":         {unit: bytesUnit, sentence: "How much of messages is kept for the explanation of failures; never more than the share of limits.memory."},
	"session.t1":                   {sentence: "Round-trip estimate T1 of RFC 3261; Timers B, F and H are 64 times that."},
	"session.timer_c":              {sentence: "An INVITE with a provisional response is given up when nothing more of it was captured for so long."},
	"session.reorder":              {sentence: "How long a message waits for the one that it answers or follows, when the capture shows them in the other order. `0s` processes every message in the order of the capture."},
	"session.linger":               {sentence: "How long a finished session waits for what still belongs to it, such as retransmissions and later hops."},
	"session.call_max_age":         {sentence: "An answered call in which nothing was captured for so long is ended."},
	"session.subscription_max_age": {sentence: "A subscription of unknown duration in which nothing was captured for so long is ended."},
	"session.registration_wait":    {sentence: "How long the record of a registration waits for the end of the binding: renewed, removed or expired. With 0s it is written at once and never reports that the binding expired."},
	"session.challenge_wait":       {sentence: "How long a challenged request waits for its second try under the same Call-ID: a person may have to type a password."},
	"session.challenge_window":     {sentence: "How long a challenged call waits for a second try under another Call-ID; at most challenge_wait."},
	"session.flap_changes":         {unit: "changes", sentence: "Number of changes of the presence of a user between open and closed within flap_window that count as flapping."},
	"session.flap_window":          {sentence: "The time in which flap_changes are counted."},
	"session.related_headers":      {sentence: "Header fields of an INVITE that carry the Call-ID of another leg, or a value that all legs of a conversation have."},
	"session.related_media":        {sentence: "Link legs that have no such header field by their session description, numbers and time."},
	"session.related_window":       {sentence: "How far apart legs begin that are linked by their media."},
	"session.related_wait":         {sentence: "How long the record of a call waits for the end of another call that concerns it, such as a transfer."},
	"session.peers":                {sentence: "Groups of addresses with a name, such as trunks, carriers and sites: in records, as the label peer, and for alerts. Where several hold an address, the longest prefix wins."},
	"session.peers[].name":         {sentence: "Name of the group."},
	"session.peers[].addresses":    {sentence: "Its addresses and CIDR prefixes."},
	"session.all_transactions":     {sentence: "Write a record for every other request, not only for those that failed."},
	"session.message_text":         {sentence: "Keep the text of MESSAGE requests in their records."},

	"pipeline.workers":     {unit: "workers, 0 for one per CPU", sentence: "How many workers decode messages and track sessions."},
	"pipeline.batches":     {unit: "batches", sentence: "How many batches of messages circulate per worker; when none is free, live capture drops and counts."},
	"pipeline.batch_size":  {unit: bytesUnit, sentence: "How many bytes of messages one batch holds."},
	"pipeline.flush_every": {sentence: "How long a message of a live capture may wait in a batch that is not full."},

	"privacy.identities":   {sentence: "How user parts of URIs, numbers and display names are written: clear, pseudonym (HMAC-SHA-256 under the key) or drop."},
	"privacy.domains":      {sentence: "How the domains of URIs are written: clear or pseudonym."},
	"privacy.addresses":    {sentence: "How IP addresses are written: clear, pseudonym or drop; ports stay."},
	"privacy.call_ids":     {sentence: "How Call-IDs and tags are written: clear, pseudonym, or auto, which is pseudonym as soon as identities or addresses are not clear."},
	"privacy.key_file":     {sentence: "File with the key of the pseudonyms, at least 16 bytes."},
	"privacy.key_variable": {sentence: "Name of an environment variable with the key, for where there is no key_file."},

	"alerts.enabled":               {sentence: "Evaluate the alert rules in run; read evaluates them with --alerts."},
	"alerts.interval":              {sentence: "How often the rules are evaluated, in packet time; a minute is a multiple of it."},
	"alerts.time_zone":             {sentence: "The time zone whose days and hours the baselines follow: UTC, Local or a name such as Europe/Berlin."},
	"alerts.memory_file":           {sentence: "File in which run keeps the baselines over a restart; empty means alerts.memory in the state directory that systemd gives to the service, and without one no file."},
	"alerts.max_sources":           {unit: "addresses", sentence: "How many addresses are watched at a time for failed logins and scans, by each rule."},
	"alerts.rules":                 {sentence: "The rules. An entry with the name of a default rule changes the keys that it sets; any other entry is a further rule."},
	"alerts.rules[].name":          {sentence: "Name of the rule, in alerts and metrics."},
	"alerts.rules[].type":          {sentence: "What the rule evaluates; docs/alerts.md lists the types."},
	"alerts.rules[].enabled":       {sentence: "Whether the rule is in force."},
	"alerts.rules[].severity":      {sentence: "Severity of its alerts, such as warning or critical."},
	"alerts.rules[].methods":       {sentence: "Only requests of these methods; empty for all."},
	"alerts.rules[].codes":         {unit: codesUnit, sentence: "What counts as bad: status codes, classes and ranges, such as 503, 5xx, 500-504."},
	"alerts.rules[].except":        {unit: codesUnit, sentence: "Codes among them that do not count as bad."},
	"alerts.rules[].cause":         {sentence: "Only failures with this cause: a source, or a source and a code, such as q850 or q850 34."},
	"alerts.rules[].event":         {sentence: "Only this event package."},
	"alerts.rules[].peer":          {sentence: "Only this peer of session.peers."},
	"alerts.rules[].by_peer":       {sentence: "Evaluate each peer by itself as well."},
	"alerts.rules[].direction":     {sentence: "What of a peer counts: requests to it, from it, or either."},
	"alerts.rules[].threshold":     {unit: "a share from 0 to 1, a count or seconds, by type", sentence: "What the value has to reach."},
	"alerts.rules[].factor":        {unit: "times the baseline", sentence: "Multiple of the baseline that the value has to reach as well; 0 for no such comparison."},
	"alerts.rules[].min_samples":   {unit: "samples", sentence: "With fewer samples the rule is not evaluated."},
	"alerts.rules[].window":        {sentence: "The time over which the rule is evaluated."},
	"alerts.rules[].for":           {sentence: "How long the rule has to hold before it is an alert."},
	"alerts.rules[].resolve_after": {sentence: "How long the rule must not hold before the alert is over."},
	"alerts.rules[].cool_down":     {sentence: "The shortest time between an alert and the next one of the same rule and labels."},

	"exporters.files.directory":    {reload: true, sentence: "Folder of the record files, made if it is missing; empty means the state directory that systemd gives to the service, and without one no files."},
	"exporters.files.format":       {reload: true, sentence: "Form of the files: jsonl or csv."},
	"exporters.files.compression":  {reload: true, sentence: "Compression of finished files: none, gzip or zstd."},
	"exporters.files.rotate_size":  {unit: bytesUnit, reload: true, sentence: "Size at which a file is finished and the next one begun; 0 for any size."},
	"exporters.files.rotate_every": {reload: true, sentence: "Age at which a file is finished and the next one begun; 0s for any age."},
	"exporters.files.records":      {reload: true, sentence: "The types of record that are written; empty for all."},

	"exporters.alert.file":            {sentence: "File that alerts are appended to, one JSON object a line; empty means alerts.jsonl in the state directory that systemd gives to the service, and without one no file."},
	"exporters.alert.command":         {sentence: "Program that is run for each alert, with its arguments, the alert's JSON on its standard input; no shell is involved."},
	"exporters.alert.command_timeout": {sentence: "Time after which the program is killed."},
	"exporters.alert.pcap":            {sentence: "Folder for a small capture of the sample calls of each alert, made if it is missing; empty means none."},
	"exporters.alert.pcap_ring":       {unit: bytesUnit, sentence: "Memory for recent messages, from which captures are made; not used without exporters.alert.pcap."},
	"exporters.alert.pcap_size":       {unit: bytesUnit, sentence: "How large a capture is at most."},
	"exporters.alert.pcap_keep":       {unit: "captures", sentence: "How many captures are kept; beyond that the oldest is removed."},
	"exporters.alert.pcap_in_clear":   {sentence: "Write captures although privacy hides something in records, which a capture shows."},
	"exporters.alert.queue":           {unit: "alerts", sentence: "The most alerts that wait for one destination; beyond that the oldest is dropped and counted."},
	"exporters.alert.retry_first":     {sentence: "Wait before an alert that could not be delivered is tried again; it doubles with each try."},
	"exporters.alert.retry_most":      {sentence: "The longest wait between two tries."},
	"exporters.alert.retry_for":       {sentence: "Time after which an alert that could not be delivered is dropped and counted."},
	"exporters.alert.drain":           {sentence: "How long the program, when it ends, delivers alerts that wait."},

	"exporters.alert.alertmanager.urls":             {sentence: "Addresses of the Alertmanagers, such as http://127.0.0.1:9093; each gets all alerts."},
	"exporters.alert.alertmanager.timeout":          {sentence: "How long a request may take."},
	"exporters.alert.alertmanager.repeat_every":     {sentence: "How often an alert is sent again while it is firing; it ends by itself four intervals after the last one."},
	"exporters.alert.alertmanager.external_url":     {sentence: "The generatorURL of alerts, a page about this sensor; empty means the address of its metrics."},
	"exporters.alert.alertmanager.runbook_url":      {sentence: "Page that describes what to do; with the name of the rule as fragment it is the annotation runbook_url. Empty means no such annotation."},
	"exporters.alert.alertmanager.labels":           {sentence: "Labels that are added to every alert."},
	"exporters.alert.alertmanager.labels[].name":    {sentence: "Name of the label."},
	"exporters.alert.alertmanager.labels[].value":   {sentence: "Its value."},
	"exporters.alert.alertmanager.http_config_file": {sentence: "File in the form of Prometheus's http_config with basic_auth, authorization, tls_config and the like; empty means none of that."},

	"exporters.alert.webhook.url":              {sentence: "Address that each alert is sent to; empty means none."},
	"exporters.alert.webhook.method":           {sentence: "Method of the request: POST, PUT or PATCH."},
	"exporters.alert.webhook.headers":          {sentence: "Header fields of the request, beside Content-Type: application/json."},
	"exporters.alert.webhook.headers[].name":   {sentence: "Name of the header field."},
	"exporters.alert.webhook.headers[].value":  {sentence: "Its value."},
	"exporters.alert.webhook.template":         {sentence: "Template (Go text/template) that makes the JSON of the body; empty means the alert's own JSON."},
	"exporters.alert.webhook.timeout":          {sentence: "How long a request may take."},
	"exporters.alert.webhook.http_config_file": {sentence: "File in the form of Prometheus's http_config with basic_auth, authorization, tls_config and the like; empty means none of that."},

	"exporters.prometheus.enabled":         {sentence: "Serve the metrics over HTTP."},
	"exporters.prometheus.listen":          {sentence: "Address and port of the HTTP server; an empty address is every address of the machine."},
	"exporters.prometheus.web_config_file": {sentence: "File of the Prometheus exporter toolkit with TLS and basic authentication; empty means plain HTTP."},
	"exporters.prometheus.max_series":      {unit: "series", sentence: "Series of all metrics together whose label sets depend on the traffic, such as responses by code and everything by peer; beyond that label sets are counted under the value other."},
	"exporters.prometheus.top_user_agents": {unit: "user agents", sentence: "How many user agents are counted by name, the most frequent ones; 0 for none."},
	"exporters.prometheus.top_domains":     {unit: "domains", sentence: "How many domains are counted by name, the most frequent ones; 0 for none."},
}
