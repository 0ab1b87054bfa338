package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/internal/dev/sipgen"
)

// TestCarrierMetrics compares what is counted of WebSocket and SCTP with two calls that came over them.
func TestCarrierMetrics(t *testing.T) {
	for scenario, want := range map[string][]string{
		"call-websocket": {"sipspan_websocket_connections_total 1\n", "sipspan_websocket_messages_total 6\n", `sipspan_websocket_faults_total{reason="cut"} 0` + "\n"},
		"call-sctp":      {"sipspan_sctp_associations_total 1\n", "sipspan_sctp_messages_total 6\n", `sipspan_sctp_faults_total{reason="malformed"} 0` + "\n"},
	} {
		archive, err := txtar.ParseFile("../../testdata/golden/" + scenario + ".txtar")
		check(t, err)
		var text string
		for _, f := range archive.Files {
			if f.Name == "flow" {
				text = string(f.Data)
			}
		}
		flow, err := sipgen.ParseFlow(text)
		check(t, err)
		var capture, page bytes.Buffer
		check(t, flow.WriteCapture(&capture))
		name := filepath.Join(t.TempDir(), "flow.pcap")
		check(t, os.WriteFile(name, capture.Bytes(), 0o600))
		for _, f := range scrapeCapture(t, 1, name).families {
			_, err := expfmt.MetricFamilyToText(&page, f)
			check(t, err)
		}
		for _, line := range want {
			if !strings.Contains(page.String(), line) {
				t.Errorf("%s: %q is not on the page", scenario, line)
			}
		}
		if t.Failed() {
			for line := range strings.Lines(page.String()) {
				if strings.HasPrefix(line, "sipspan_websocket") || strings.HasPrefix(line, "sipspan_sctp") {
					t.Log(line)
				}
			}
		}
	}
}
