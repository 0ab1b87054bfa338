package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sipspan/capture"
	"sipspan/capture/pcapfile"
	"sipspan/pipeline"
)

// recent is a source whose first packet came ten seconds ago.
type recent struct {
	pipeline.Source
	by int64
}

func (r *recent) Next(f *capture.Frame) error {
	err := r.Source.Next(f)
	if err == nil {
		if r.by == 0 {
			r.by = time.Now().Add(-10*time.Second).UnixNano() - f.Time
		}
		f.Time += r.by
	}
	return err
}

// TestDaemonFollowsKeyLog writes the key log after all packets were captured: what waits for it is decrypted then.
func TestDaemonFollowsKeyLog(t *testing.T) {
	defer goleak.VerifyNone(t)
	captures := os.Getenv("SIPSPAN_CAPTURES")
	if captures == "" {
		t.Skip("SIPSPAN_CAPTURES names no folder with captures")
	}
	folder, keys := t.TempDir(), filepath.Join(t.TempDir(), "keys.log")
	file := filepath.Join(folder, "sipspan.yaml")
	check(t, os.WriteFile(file, []byte("tls: {key_log: [\""+keys+"\"], key_wait: 1h}\nexporters:\n  files: {directory: "+folder+"}\n"+
		"  prometheus: {listen: \"127.0.0.1:0\"}\npipeline: {workers: 2}\n"), 0o600))
	files, err := pcapfile.Open([]string{filepath.Join(captures, "live", "tls.pcap")}, pcapfile.Options{})
	check(t, err)
	defer files.Close()
	log := &journal{wrote: make(chan struct{}, 1)}
	d, err := newDaemon(configured(t, file, log), []pipeline.Source{&recent{Source: &quiet{Files: files}}})
	check(t, err)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	log.await(t, "cannot read the key log")
	shows := func(sample string) {
		t.Helper()
		for {
			if _, page := get(t, d, "/metrics"); strings.Contains(page, sample+"\n") {
				return
			}
			if t.Context().Err() != nil {
				t.Fatalf("%s is not shown", sample)
			}
		}
	}
	shows(`sipspan_packets_ignored_total{reason="tcp_control"} 13`)
	if _, page := get(t, d, "/metrics"); strings.Contains(page, `sip_requests_total{method="OPTIONS",transport="tls"} 3`) {
		t.Error("decrypted without secrets")
	}
	text, err := os.ReadFile(filepath.Join(captures, "live", "keys.log"))
	check(t, err)
	check(t, os.WriteFile(keys, text, 0o600))
	shows(`sipspan_sip_requests_total{method="OPTIONS",transport="tls"} 3`)

	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := written(t, folder); !strings.Contains(got, `"record":"tls"`) || !strings.Contains(got, `"decrypted":true`) {
		t.Errorf("records:\n%s", got)
	}
	if strings.Contains(log.lines.String(), string(text[100:150])) {
		t.Error("a secret is in the log")
	}
}
