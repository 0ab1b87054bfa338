package alert

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const manualHead = `# Alerts

` + "`sipspan run`" + ` watches over how often things happen and raises an alert when a rule holds (` + "`alerts.*`" + ` in the
[configuration](configuration.md)); it needs no Prometheus for that. ` + "`sipspan read --alerts`" + ` does the same in packet time: it says which alerts
there would have been. An alert is a [record](records.md) of type ` + "`alert`" + `: one with the state ` + "`firing`" + ` when it begins, and one with the same
` + "`id`" + ` and the state ` + "`resolved`" + ` when it is over. Repeating it while it lasts is up to whoever delivers it.
[What an alert looks like](alert-examples.md) shows one as it arrives in each destination.
How soon the default rules find what goes wrong, and how often they are wrong themselves, is [measured](alert-quality.md).

The default rules are on without any configuration. An entry of ` + "`alerts.rules`" + ` with the name of one of them changes that rule where the entry
says something; an entry with another name and a ` + "`type`" + ` is one more rule:

` + "```yaml" + `
alerts:
  rules:
    - name: invite-5xx            # the default rule, more patient
      threshold: 0.3
      for: 1m
    - name: call-silence          # not here
      enabled: false
    - name: carrier-a-no-circuit  # a rule of our own
      type: status_ratio
      methods: [INVITE]
      cause: q850 34
      peer: carrier-a
      threshold: 0.05
` + "```" + `

` + "`sipspan check --dump`" + ` shows all rules in force. Rules look at everything together and, with ` + "`by_peer`" + `, at every group of addresses of
` + "`session.peers`" + ` by itself; then the alert has the label ` + "`peer`" + `.

One alert comes without a rule: ` + "`record-files-disk`" + `, critical, when [the disk for record files is nearly full](service.md#record-files-and-the-disk).

## How a rule is looked at

Requests are counted when their outcome is known, once for the whole way (the hop nearest to the sender) and once for every peer on the way.
A challenge (401, 407) is no outcome: what counts is the try with credentials. INVITEs inside a dialog do not count. Every
` + "`alerts.interval`" + ` of packet time each rule is looked at:

- **Window.** The rule looks at ` + "`window`" + `. Where little happens it also looks back over 5 and 15 minutes, and some types up to an hour, so
  that at night it sees enough to be sure; the alert says which span it speaks of.
- **Threshold and baseline.** The value has to reach ` + "`threshold`" + ` and ` + "`factor`" + ` times the baseline, which is what was usual. With ` + "`factor: 0`" + ` there is no
  baseline. Until a baseline is known (some ten minutes), the threshold counts double;
  until the half hour was seen on two days, a factor of a share is 2 at most.
- **Chance.** A share has to be so high that chance makes one as high in fewer than one of 10,000 windows (1,000 for no_response) if the true share were half-way between what is usual and the level: the tail of the binomial distribution. Counts are compared
  with the Poisson distribution. Where windows differed by more than chance makes them differ, the evidence counts for less, by that factor.
  Below ` + "`min_samples`" + ` nothing is said.
- **Several users.** Failures have to concern three users at least, and to reach the level without the one who tried most: one device that tries
  again and again is no spike.
  30 failed calls to one number are enough.
- **Time.** The rule has to hold for ` + "`for`" + `. The alert is over when the value was back for ` + "`resolve_after`" + `: below 70 % of the way from the usual value to
  the level. What comes back within 30 minutes has to stay away four times as long, so that what comes and goes is one alert. After an alert there
  is no other of the same rule and labels for ` + "`cool_down`" + `.
- **One fault is one alert.** See below.
- **What follows from something else.** answer_ratio is silent while a rule about failing or unanswered INVITEs holds for the same peer, and no-response while
  invite-no-response does. What an address gets that has an alert as a scanner does not count for other rules.

The baseline is a mean of late (6 hours for shares and delays, 15 minutes for counts), and, once the half hour of the day was seen on two days, the mean of
that half hour; work days and weekends are remembered apart, in the days of ` + "`alerts.time_zone`" + `. Of the two the one counts that makes an alert less likely.
Nothing is learned from the time in which a rule holds and from the time before that is still looked at: the last 5 minutes, for some types up to an hour. A share that rises faster than chance explains moves the baseline by little, so that a slow
rise stands out. An alert that lasts for 24 hours (one hour if nothing was known when it began) is about what has become usual: from then on it is learned, and the alert ends.

The daemon keeps what is usual in ` + "`alerts.memory_file`" + `, which it writes every five minutes and at its end, and reads at its start:

- What was of late is known again after a break of up to two hours (half an hour for counts), the half hours of the day after up to four weeks.
- A rule that has another type, other methods, codes, exceptions, cause, event, peer, direction or window than before learns anew. Thresholds, factors,
  numbers of samples and the other times may change.
- A capture that has just begun does not know what goes on: silence is looked for after five minutes, losses of bindings are compared with
  what is usual after an hour, and peers are known again when they are seen again. How many bindings there were counts for one hour, for
  registration_storm only.
- Alerts that are firing are kept in a file beside it, ` + "`alerts.firing`" + `, which is written whenever they change. After a restart they go on: their end is
  delivered once, whether it came while the daemon was down or later, and what still holds is not delivered again. Alertmanagers, which forget what is not repeated, are
  reminded. An alert of a rule that is no longer there is over at the start. The file holds whole alerts, with addresses and Call-IDs, whatever ` + "`privacy`" + ` hides.
- A file that is damaged, of another version, too large or too old is logged and not used. Move the file away before the start when the capture was moved to
  another place of the network.
- The file of what is usual names rules and peers, and no addresses, users or calls.

Without the file all is learned anew, and until then rules that need it are silent.

Time is packet time. Half an hour without any signal in a saved capture costs nothing: nothing can change then, and the engine goes on with the next one.

## One fault is one alert

A trunk that answers 503 makes several rules hold: of all calls, of those to the trunk, and of those to the proxy that passes the 503 on. They are
the symptoms of one fault, and are delivered as one alert:

- The element that generated a failure is found by following each failed request over its hops to the last one on which it failed, and by its
  [diagnosis](diagnoses.md). Who passes a response on is not meant; who did not respond at all is meant, and not the one that reports it with 408. The element is the
  label and the member ` + "`origin`" + `: the name of a peer, or an address. Where no element generated half of the failures there is none.
- Rules about failures with the same origin belong together while one of them holds, for half an hour from the beginning of the last. Rules without an origin, about silence, answers,
  delays and registrations, belong to a fault whose requests passed the same peer and that began within five minutes (75 minutes for bindings that run out), or
  to one of their kind that began within two minutes.
- The most severe symptom leads: the alert has its rule, labels and numbers. Of several the one about the origin leads. The others are listed in ` + "`symptoms`" + `, with
  their own numbers, and are not delivered by themselves.
- Symptoms that come later are silent, unless one is more severe: then the alert is handed on once more, with the same ` + "`id`" + `. The alert is over when all symptoms are.
- What one address tries (` + "`scanner`, `brute-force`" + `) and losses of the capture are faults of their own.

All numbers of one alert are of the same requests: the causes and origins add up to ` + "`events`" + `, as far as the engine remembers (8192 failures). When it is over, its
numbers are those of all the time that it lasted. ` + "`alerts.group: false`" + ` delivers every rule by itself.

## The types

| type | value | holds when |
| --- | --- | --- |
`

// typeSentences say of each type what its value is and when it holds.
var typeSentences = map[string][2]string{
	StatusRatio:       {"requests with one of `codes`, without `except` (or failed with `cause`), of all with an outcome", "value ≥ max(threshold, factor × baseline) and beyond chance"},
	StatusCount:       {"how many requests had one of `codes` (or failed with `cause`)", "value ≥ max(threshold, factor × baseline) and beyond chance"},
	NoResponse:        {"requests that had no response at all until their sender gave up, of all", "value ≥ max(threshold, factor × baseline) and beyond chance"},
	RegistrationStorm: {"REGISTER requests, each once with its challenge", "value ≥ max(threshold, factor × baseline, a tenth of the active bindings) and beyond chance; never without a baseline"},
	RegistrationsLost: {"bindings that ran out without a refresh, of those that were active", "value ≥ max(threshold, factor × baseline) and beyond chance; over n windows at √n times that, or factor × n times the baseline"},
	AnswerRatio:       {"INVITEs with 2xx, of all but challenges, redirections and hops that were cancelled because another one answered", "value ≤ min(threshold, factor × baseline) and beyond chance; never without a baseline"},
	SetupDelay:        {"geometric mean, in seconds, of the time to the first response above 100, of calls that reached somebody", "value ≥ max(threshold, factor × baseline) by two deviations of the mean"},
	TrafficSilence:    {"requests, but those refused to others than peers, of those that are expected now: as many as of late, fewer where at that half hour it becomes fewer, and no more than on busy days", "value ≤ threshold, and as few would be beyond chance (1 of 100,000) even with half of what is expected"},
	AuthFailures:      {"logins that one address failed: a second 401 or 407, 403, challenges without another try", "value ≥ threshold, four for each user at least, four times as many as the address had accepted in twelve windows"},
	Scanner:           {"users that one address asked for and was refused: 401, 403, 404, 405, 410, 484, 604; addresses it asked that do not answer", "value ≥ threshold in a window, or twice that in twelve windows, four times as many refused as the address had accepted. Peers are no scanners"},
	LinkDown:          {"connections that were refused, reset or not answered, and ICMP errors", "value ≥ max(threshold, factor × baseline) and beyond chance"},
	Flood:             {"requests that came, without those that were sent again; known in `run` alone", "value ≥ max(threshold, factor × baseline) and beyond chance; ten times the threshold without a baseline"},
	CaptureDrops:      {"packets that kernel, interface or queues lost, of all", "value ≥ threshold"},
}

// runbook says of each default rule what it means and what to do.
var runbook = map[string]string{
	"invite-4xx":            "Callers are refused for what they ask: numbers that do not exist (404), calls that are forbidden (403), offers that do not fit (488). Ordinary ends of calls do not count: busy, nobody there, given up. Look at `top_causes`: many 404 after a change are a dial plan or a number portability fault, 403 a barred account or a peer that no longer trusts the address, 488 a codec change. One peer: call its operator with the sample Call-IDs.",
	"invite-5xx":            "Servers or carriers cannot do what they are asked: 503 no circuit or overload, 500 a fault, 502 and 504 something behind them. `top_peers` says who answered. With one peer, take it out of the route and call its operator; with all, look at the own proxy, its database and its DNS. `Retry-After` in the records says whether it is overload.",
	"invite-6xx":            "Calls are refused everywhere: 603 and 607 by people or by a filter against unwanted calls, 604 for numbers that do not exist. A spike for one peer is mostly a filter of the carrier that has taken the own numbers for those of a nuisance caller.",
	"register-4xx":          "Phones cannot register: 403 wrong credentials or a barred account, 404 a domain that is not served, 423 does not count. A spike after a change of the database or of the realm is a fault of that change.",
	"register-5xx":          "The registrar does not work: its database, its memory, or what it asks behind it. Phones that are not let in ring no more: act before the bindings run out (registrations-lost).",
	"subscription-failures": "Subscriptions, notifications or publications are refused: lamps, presence and message waiting are wrong. 489 an event package that is no longer served, 503 an overloaded presence server. 481 (the subscription is gone) and 412 (the publication is gone) do not count; both sides recover from them.",
	"message-failures":      "Instant messages are refused. 404 and 480 (nobody there) as in ordinary life do not make a spike, 5xx is the server.",
	"other-5xx":             "A server answers other requests with 5xx: OPTIONS that ask whether it is alive, BYE, REFER, INFO. Often the first sign of one that is about to fail.",
	"invite-no-response":    "Calls are sent to somebody who does not respond at all: a dead server, a firewall, a route. `top_peers` says where. Timer B is 32 seconds: callers wait that long. Take the target out of the route. Check that the capture still sees both directions (the flag `one_way` in records).",
	"no-response":           "Requests of any kind are not responded to. For a peer at night that is mostly the OPTIONS ping of a trunk that is down.",
	"registration-storm":    "Many phones register at once: power is back, a proxy was started anew, or a network had failed. It passes by itself if the registrar holds out; look at its load and at register-5xx. Spread the refresh times if it comes again.",
	"registrations-lost":    "Phones do not come back: a site without power or network, or a registrar that does not let them. The records of type `registration` tell which ones did not refresh.",
	"answer-ratio-drop":     "Fewer calls are answered than usual, and no rule about failures explains it: calls that end nowhere, one-way audio (people hang up and try again), a queue without agents, a wave of calls to numbers that do not exist. `top_causes` says how they end.",
	"setup-delay":           "Callers wait longer for the first sign: a slow database or DNS, a first route that does not respond (look at the hops of the samples), an overloaded carrier.",
	"traffic-silence":       "Nothing comes where something is expected. Either nothing is sent, or the capture no longer sees it: check the SPAN port and the interface first (`sipspan_capture_packets_total`), then the link and the peer.",
	"call-silence":          "No calls come where calls are expected, though other requests may: a route that was taken out, a peer that no longer sends, a load balancer that sends elsewhere.",
	"brute-force":           "An address tries passwords for few users. Bar it (fail2ban, the edge's own list), see whether one of its tries was accepted (records of type `registration` with that `src`), and change that password. A device with an old password does the same, slowly.",
	"scanner":               "An address asks for users or addresses at random: somebody looks for what is there. Bar it; see that no such call was let through (toll fraud begins like that).",
	"link-down":             "Connections are refused, reset or not answered, or routers say that datagrams cannot be delivered. `top_causes` says which, `top_peers` to whom. The process is down (refused), the host is (not answered, unreachable), or a firewall says no (prohibited).",
	"flood":                 "Many times as many requests come as usual: an attack, a device or a script that has gone wild, or a loop between servers. `sipspan calls` of the last minutes shows who sends them and to whom. Bar the address at the edge, or limit its rate; of many addresses, limit by what the requests have in common (User-Agent, the number that is called). A loop shows as one Call-ID with many hops. Servers that fail under it have alerts of their own; losses of the capture belong to this one.",
	"capture-drops":         "The capture loses packets, so records have gaps and other alerts of this time are less sure. Raise `capture.buffer_size`, give more workers, narrow the filter; [Accounting](accounting.md) says what each stage means, and in which order the daemon leaves messages out under load (stage `shed`).",
}

// Runbook returns what a default rule means and what to do, and for the name of a type what its value is; "" for anything else.
func Runbook(name string) string {
	if text, ok := runbook[name]; ok {
		return text
	}
	if s, ok := typeSentences[name]; ok {
		return "Counted are " + s[0] + ". It holds when: " + s[1] + "."
	}
	return ""
}

// WriteManual writes the page of the manual about alerts.
func WriteManual(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString(manualHead)
	for _, kind := range Types() {
		s := typeSentences[kind]
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", kind, s[0], s[1])
	}
	out.WriteString("\n## The default rules\n\n| rule | type | severity | of | threshold | factor | min_samples | window | for | resolve_after | cool_down |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	rules := DefaultRules()
	for _, r := range rules {
		fmt.Fprintf(&out, "| [%s](#%s) | %s | %s | %s | %s | %s | %d | %s | %s | %s | %s |\n", r.Name, r.Name, r.Type, r.Severity, r.of(),
			decimal(*r.Threshold), decimal(*r.Factor), *r.MinSamples, short(*r.Window), short(*r.For), short(*r.ResolveAfter), short(*r.CoolDown))
	}
	out.WriteString("\n## What to do\n")
	for _, r := range rules {
		fmt.Fprintf(&out, "\n### %s\n\n%s\n", r.Name, runbook[r.Name])
	}
	_, err := out.WriteTo(w)
	return err
}

// of says in a cell what a rule counts.
func (r *Rule) of() string {
	var words []string
	if len(r.Methods) > 0 {
		words = append(words, strings.Join(r.Methods, ", "))
	}
	if len(r.Codes) > 0 {
		words = append(words, strings.Join(r.Codes, ", "))
	}
	if len(r.Except) > 0 {
		words = append(words, "without "+strings.Join(r.Except, ", "))
	}
	switch {
	case !*r.ByPeer:
	case r.Direction == Either:
		words = append(words, "all and each peer")
	case r.Direction == From:
		words = append(words, "all, and inbound from each peer")
	default:
		words = append(words, "all, and outbound to each peer")
	}
	return strings.Join(words, "; ")
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// short writes a duration without units that are zero.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
