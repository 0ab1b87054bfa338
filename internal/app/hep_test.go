package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.uber.org/goleak"

	"sipspan/capture/hep"
	decode "sipspan/decode/hep"
	"sipspan/internal/dev/sipgen"
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
			sources, err := openSources(&given.Config, given.Log.Logger, new(atomic.Int32), new(atomic.Int32))
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
