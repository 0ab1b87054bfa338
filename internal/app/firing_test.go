package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/capture/pcapfile"
	"sipspan/internal/dev/sipgen"
	"sipspan/pipeline"
)

// TestAlertsOverARestart starts the daemon over an incident, and again over what comes after it. Each time the file of alerts and a
// webhook have all that was ever delivered, and an Alertmanager is reminded of what goes on.
func TestAlertsOverARestart(t *testing.T) {
	for name, test := range map[string]struct {
		response string
		resolved int
	}{
		"over":    {"486 Busy Here", 1},
		"goes on": {"503 Service Unavailable", 0},
	} {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			t.Setenv(stateDirectory, state)
			manager, hook := listening(t), listening(t)
			run := func(capture string) {
				settings := filepath.Join(t.TempDir(), "sipspan.yaml")
				check(t, os.WriteFile(settings, []byte(fmt.Sprintf("sensor: probe\npipeline: {batches: 4096, workers: 2}\nexporters:\n  prometheus: {enabled: false}\n"+
					"  alert:\n    drain: 1m\n    alertmanager: {urls: [%q]}\n    webhook: {url: %q}\n    pcap: %s\n", manager.url, hook.url, filepath.Join(state, "captures"))), 0o600))
				files, err := pcapfile.Open([]string{capture}, pcapfile.Options{})
				check(t, err)
				defer files.Close()
				log := &journal{wrote: make(chan struct{}, 1)}
				d, err := newDaemon(configured(t, settings, log), []pipeline.Source{files})
				check(t, err)
				check(t, d.capture(t.Context()))
			}
			delivered := func(firing, resolved int) {
				t.Helper()
				alerts, err := os.ReadFile(filepath.Join(state, "alerts.jsonl"))
				check(t, err)
				told := []byte{}
				for _, body := range hook.all() {
					told = append(told, body...)
				}
				for _, text := range [][]byte{alerts, told} {
					if f, r := bytes.Count(text, []byte(`"state":"firing","labels"`)), bytes.Count(text, []byte(`"state":"resolved","labels"`)); f != firing || r != resolved {
						t.Errorf("%d firing and %d resolved, want %d and %d:\n%s", f, r, firing, resolved, text)
					}
				}
			}
			run(calling(t, 0, 120, "503 Service Unavailable"))
			delivered(1, 0)
			reminded := len(manager.all())
			run(calling(t, 130, 600, test.response))
			delivered(1, test.resolved)
			if all := manager.all(); len(all) <= reminded || !bytes.Contains([]byte(all[reminded]), []byte(`"pcap":"`)) {
				t.Errorf("the Alertmanager was told %q, and nothing after the restart of %d messages", all, reminded)
			}
			_, err := os.Stat(filepath.Join(state, "alerts.firing"))
			if gone := os.IsNotExist(err); gone != (test.resolved == 1) {
				t.Errorf("the file of what is firing: %v", err)
			}
		})
	}
}

// TestRequestsWithoutRepeats counts what comes for the rule about floods: requests, each once, however often it is sent again.
func TestRequestsWithoutRepeats(t *testing.T) {
	var b strings.Builder
	b.WriteString("hosts: a=192.0.2.10 b=192.0.2.11\n")
	for i := range 20 {
		for again := range 5 { // as a storm of retransmissions
			fmt.Fprintf(&b, "@%.1f a -> b udp\nINVITE sip:bob@example.net SIP/2.0\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK%d\nFrom: <sip:alice@example.com>;tag=f%d\n"+
				"To: <sip:bob@example.net>\nCall-ID: %d@a\nCSeq: 1 INVITE\nMax-Forwards: 70\nContent-Length: 0\n\n", float64(i)+float64(again)/2, i, i, i)
		}
	}
	f, err := sipgen.ParseFlow(b.String())
	check(t, err)
	name := filepath.Join(t.TempDir(), "storm.pcap")
	var packets bytes.Buffer
	check(t, f.WriteCapture(&packets))
	check(t, os.WriteFile(name, packets.Bytes(), 0o600))
	files, err := pcapfile.Open([]string{name}, pcapfile.Options{})
	check(t, err)
	defer files.Close()
	settings := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(settings, []byte("sensor: probe\npipeline: {batches: 4096, workers: 2}\nexporters:\n  prometheus: {enabled: false}\n"), 0o600))
	d, err := newDaemon(configured(t, settings, &journal{wrote: make(chan struct{}, 1)}), []pipeline.Source{files})
	check(t, err)
	check(t, d.capture(t.Context()))
	if n := d.pipeline.Snapshot().Session.FirstRequests(); n != 20 {
		t.Errorf("%d requests, 20 were sent, each five times", n)
	}
}
