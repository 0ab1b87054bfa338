package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.uber.org/goleak"

	"sipspan/capture/hep"
	"sipspan/capture/pcapfile"
	decode "sipspan/decode/hep"
	"sipspan/internal/dev/sipgen"
	"sipspan/pipeline"
)

// callInHEP returns the messages of a call as an agent sends them that has no clock.
func callInHEP(t *testing.T) (packets [][]byte) {
	t.Helper()
	scenario, err := txtar.ParseFile("../../testdata/golden/call-answered-udp.txtar")
	check(t, err)
	flow, err := sipgen.ParseFlow(string(scenario.Files[0].Data))
	check(t, err)
	for _, s := range flow.Steps {
		b, ok := decode.Append(nil, &decode.Packet{
			Protocol: decode.SIP, IPProtocol: decode.IPProtocolUDP, Src: s.From, Dst: s.To, NodeName: []byte("edge-1"), Key: []byte("the key"), Payload: s.Payload,
		})
		if !ok {
			t.Fatal("a packet is too large")
		}
		packets = append(packets, b)
	}
	return packets
}

// TestDaemonReceivesHEP runs without an interface. An agent sends a call over UDP and over TCP, and somebody sends what is no HEP and what has no key.
func TestDaemonReceivesHEP(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			folder, file := t.TempDir(), filepath.Join(t.TempDir(), "sipspan.yaml")
			check(t, os.WriteFile(file, []byte("sensor: probe\nhep: {listen: ["+network+":127.0.0.1:0], auth_key: the key}\nexporters:\n  files: {directory: "+folder+
				"}\n  prometheus: {listen: \"127.0.0.1:0\"}\npipeline: {batches: 1024, workers: 2}\nstate: {sessions: false}\n"), 0o600))
			log := &journal{wrote: make(chan struct{}, 1)}
			status := make(chan os.Signal, 1)
			given := configured(t, file, log)
			given.Status = status
			sources, _, err := openSources(&given.Config, given.Log.Logger)
			check(t, err)
			if len(sources) != 1 {
				t.Fatalf("%d sources", len(sources))
			}
			defer sources[0].Close()
			d, err := newDaemon(given, sources)
			check(t, err)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended := make(chan error, 1)
			go func() { ended <- d.capture(ctx) }()
			log.await(t, "msg=capturing")

			packets := callInHEP(t)
			keyless, _ := decode.Append(nil, &decode.Packet{Protocol: decode.SIP, Payload: []byte("OPTIONS sip:b SIP/2.0\r\n\r\n")})
			conn, err := net.Dial(network, sources[0].(*hep.Source).Addrs()[0].String())
			check(t, err)
			defer conn.Close()
			for _, p := range append(packets, keyless, []byte("HELLO WORLD")) {
				_, err := conn.Write(p)
				check(t, err)
			}
			want := fmt.Sprintf(" packets=%d ", len(packets)+2)
			for n := 1; log.count(want) == 0; n++ {
				status <- syscall.SIGUSR1
				for log.count("msg=status up=") < n {
					log.wait(t, "msg=status up=")
				}
			}
			page := func(text string) {
				t.Helper()
				if code, body := get(t, d, "/metrics"); code != http.StatusOK || !strings.Contains(body, text) {
					t.Errorf("%q is not on the page", text)
				}
			}
			page(`sipspan_packets_ignored_total{reason="hep_invalid"} 1`)
			page(`sipspan_packets_ignored_total{reason="hep_wrong_key"} 1`)
			page(`sipspan_capture_dropped_packets_total{interface="hep",stage="interface"} 0`)
			if network == "tcp" {
				page(`sipspan_hep_refused_connections_total 1`)
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			got := written(t, folder)
			if !strings.Contains(got, `"record":"call"`) || !strings.Contains(got, `"capture":{"node":"edge-1"}`) || !strings.Contains(got, `"disposition":"answered"`) ||
				strings.Contains(got, "clock_step") {
				t.Errorf("records:\n%s\nlog:\n%s", got, &log.lines)
			}
			if log.count("HEP refused") != 1 {
				t.Errorf("log:\n%s", &log.lines)
			}
		})
	}
}

// hepDaemon starts a daemon that receives HEP on a free port of TCP, and returns its address and what ends it.
func hepDaemon(t *testing.T, folder string) (d *daemon, log *journal, status chan os.Signal, address string, end func()) {
	t.Helper()
	return hepDaemonWith(t, folder, "{enabled: false}")
}

// hepDaemonWith does so with the given settings of exporters.prometheus.
func hepDaemonWith(t *testing.T, folder, pages string) (d *daemon, log *journal, status chan os.Signal, address string, end func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(file, []byte("sensor: second\nhep: {listen: [tcp:127.0.0.1:0]}\nexporters:\n  files: {directory: "+folder+
		"}\n  prometheus: "+pages+"\npipeline: {batches: 1024}\nstate: {sessions: false}\n"), 0o600))
	log, status = &journal{wrote: make(chan struct{}, 1)}, make(chan os.Signal, 1)
	given := configured(t, file, log)
	given.Status = status
	sources, _, err := openSources(&given.Config, given.Log.Logger)
	check(t, err)
	d, err = newDaemon(given, sources)
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	log.await(t, "msg=capturing")
	return d, log, status, sources[0].(*hep.Source).Addrs()[0].String(), func() {
		stop()
		check(t, <-ended)
		check(t, sources[0].Close())
	}
}

var durations = regexp.MustCompile(`,"[a-z_]+_ms":[-+.0-9e]+`)

// whatHappened returns the calls of record files without what depends on when and where they were seen.
func whatHappened(t *testing.T, lines string) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(durations.ReplaceAllString(lines, "")) {
		var r map[string]any
		check(t, json.Unmarshal([]byte(line), &r))
		if r["record"] != "call" {
			continue
		}
		for name := range r {
			if slices.Contains([]string{"id", "sensor", "start", "end", "capture", "confidence"}, name) {
				delete(r, name)
			}
		}
		all = append(all, r)
	}
	return all
}

// TestDaemonSendsHEP captures a call in one daemon, which hands it on to a second one: both write the same of it.
func TestDaemonSendsHEP(t *testing.T) {
	defer goleak.VerifyNone(t)
	here, there := t.TempDir(), t.TempDir()
	_, log, status, address, end := hepDaemon(t, there)
	scenario, err := txtar.ParseFile("../../testdata/golden/call-answered-udp.txtar")
	check(t, err)
	flow, err := sipgen.ParseFlow(string(scenario.Files[0].Data))
	check(t, err)
	pcap, err := os.Create(filepath.Join(t.TempDir(), "call.pcap"))
	check(t, err)
	check(t, flow.WriteCapture(pcap))
	check(t, pcap.Close())
	files, err := pcapfile.Open([]string{pcap.Name()}, pcapfile.Options{})
	check(t, err)
	defer files.Close()

	file := filepath.Join(t.TempDir(), "sipspan.yaml")
	check(t, os.WriteFile(file, []byte("sensor: first\nexporters:\n  hep: {destinations: [tcp:"+address+"], node_id: 5}\n  files: {directory: "+here+
		"}\n  prometheus: {enabled: false}\npipeline: {batches: 1024}\nstate: {sessions: false}\n"), 0o600))
	first := &journal{wrote: make(chan struct{}, 1)}
	d, err := newDaemon(configured(t, file, first), []pipeline.Source{&quiet{Files: files}})
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()

	want := fmt.Sprintf(" packets=%d ", len(flow.Steps))
	for n := 1; log.count(want) == 0; n++ {
		status <- syscall.SIGUSR1
		for log.count("msg=status up=") < n {
			log.wait(t, "msg=status up=")
		}
	}
	stop()
	check(t, <-ended)
	end()
	sent, got := written(t, here), written(t, there)
	if diff := cmp.Diff(whatHappened(t, sent), whatHappened(t, got)); diff != "" || !strings.Contains(sent, `"disposition":"answered"`) {
		t.Errorf("-sent +received:\n%s\nsent:\n%s", diff, sent)
	}
	if !strings.Contains(got, `"node":"first"`) {
		t.Errorf("received:\n%s", got)
	}
	if first.count("hep.queued=0 hep.delivered="+strconv.Itoa(len(flow.Steps))+" hep.errors=0") == 0 {
		t.Errorf("log:\n%s", &first.lines)
	}
}
