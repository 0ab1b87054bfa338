//go:build e2e

package e2e

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// siptrace makes Kamailio hand on all that it receives and sends.
const siptrace = `
loadmodule "siptrace.so"
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_mode", 1)
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "hep_capture_id", 2001)
modparam("siptrace", "auth_key", "swordfish")
modparam("siptrace", "duplicate_uri", "sip:127.0.0.1:9060")
`

// handedOn are scenarios whose messages Kamailio hands on.
var handedOn = []scenario{
	{name: "hep-answered", play: answered(values{})},
	{name: "hep-busy", play: refused(values{Status: 486, Reason: "Busy Here"})},
	{name: "hep-unknown", play: stopped(values{Status: 404})},
}

// TestKamailioSendsHEP lets Kamailio hand on calls to a daemon that captures on no interface. Its records are those of the messages
// themselves, which tcpdump saves, and those of the HEP among them.
func TestKamailioSendsHEP(t *testing.T) {
	folder := t.ArtifactDir()
	prepareNetwork(t)
	binary := build(t, filepath.Join(folder, "sipspan"), "")
	t.Setenv("SIPSPAN_HEP_AUTH_KEY", "swordfish")
	live := startDaemonFrom(t, []string{"--hep-listen", "udp:127.0.0.1:9060"}, folder, binary, "records", metricsAddress)
	capture := filepath.Join(folder, "capture.pcap")
	tcpdump := startTcpdump(t, folder, capture)
	kamailio := startKamailioWith(t, folder, siptrace)
	t.Run("play", func(t *testing.T) {
		for i, c := range handedOn {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.play(newStage(t, folder, i, c))
			})
		}
	})
	tcpdump.finishAfter(t, 4) // each message, and its HEP
	kamailio.stop(t)
	plain := parseRows(t, read(t, binary, capture, "--filter", "port 5060"))
	wrapped := parseRows(t, read(t, binary, capture, "--hep", "--filter", "port 9060"))
	live.caughtUp(t, wrapped[len(wrapped)-1])
	ignored := sums(t, scrape(t), "sipspan_packets_ignored_total", "reason")
	live.stop(t)
	written := live.written(t)

	want := essentials(plain)
	if len(want) < len(handedOn)+2 {
		t.Errorf("only %d records: %v", len(want), want)
	}
	if diff := cmp.Diff(want, essentials(written)); diff != "" {
		t.Errorf("the daemon (-captured +HEP):\n%s", diff)
	}
	if diff := cmp.Diff(want, essentials(wrapped)); diff != "" {
		t.Errorf("the saved HEP (-captured +HEP):\n%s", diff)
	}
	for _, r := range slices.Concat(written, wrapped) {
		if r.kind() == "stats" {
			continue
		}
		if where, _ := r["capture"].(map[string]any); where == nil || text(where["node"]) != "2001" || text(r["sensor"]) != sensor {
			t.Errorf("the agent and the sensor are not in %s", compact(r))
		}
	}
	for _, reason := range []string{"hep_invalid", "hep_wrong_key", "hep_empty"} {
		if n := ignored[reason]; n != 0 {
			t.Errorf("%d packets are ignored as %s", n, reason)
		}
	}
}

// durations are members that are absent where a request has a later time than its answer: Kamailio may see to a message first, and then say so.
var durations = regexp.MustCompile(`"[a-z_]+_ms":"\*",?`)

// essentials returns what matters of the records of the scenarios, sorted: what happened, how it ended, and between whom. Times and what was lost on the
// way are left out: agents have clocks of their own.
func essentials(records []row) (all []string) {
	for _, r := range records {
		if !strings.HasPrefix(r.callID(), "hep-") {
			continue
		}
		some := row{}
		for _, name := range []string{
			"record", "call_id", "disposition", "outcome", "method", "status", "reason", "from", "to", "request_uri", "caller", "callee", "hops", "forks",
			"media", "messages", "released_by", "aor", "contacts", "src", "dst", "origin", "challenged",
		} {
			if v, ok := r[name]; ok {
				some[name] = v
			}
		}
		all = append(all, durations.ReplaceAllString(withoutTimes(some), ""))
	}
	slices.Sort(all)
	return all
}
