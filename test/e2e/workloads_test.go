//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sipspan/internal/dev/sipgen"
)

// The workloads of the benchmarks hold as many messages for tshark as their generator says.
func TestWorkloadsAsTsharkReadsThem(t *testing.T) {
	t.Parallel()
	for name, load := range sipgen.Workloads() {
		t.Run(name, func(t *testing.T) {
			load.Messages, load.RTP = 4000, 0
			if load.Standing != nil {
				load.Standing = &sipgen.Standing{Calls: 300, Brief: load.Standing.Brief, Changes: min(load.Standing.Changes, 100), End: load.Standing.End}
			} else {
				load.Rate = 20
			}
			path := filepath.Join(t.TempDir(), "load.pcap")
			file, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			written, err := load.WriteCapture(file)
			if err != nil {
				t.Fatal(err)
			}
			want := written.SIP
			if load.TCP == nil {
				want += written.Again
			}
			fields := run(t, "tshark", "-n", "-r", path, "-o", "tcp.reassemble_out_of_order:TRUE", "-Y", "sip", "-T", "fields",
				"-E", "occurrence=a", "-e", "sip.Call-ID", "-e", "_ws.malformed")
			var got int
			for line := range strings.Lines(string(fields)) {
				ids, malformed, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
				if malformed != "" {
					t.Fatalf("tshark finds a message malformed: %s", line)
				}
				got += strings.Count(ids, ",") + 1
			}
			if got != want {
				t.Errorf("tshark finds %d messages, want %d", got, want)
			}
		})
	}
}
