package app

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/internal/dev/sipgen"
	"sipspan/pipeline"
)

// outrun is an interface of which the kernel loses packets, and which brings new calls meanwhile, ten a second of its own time.
type outrun struct {
	begun  time.Time
	number uint64
	lost   atomic.Uint64
	over   atomic.Bool
}

func (s *outrun) Next(f *capture.Frame) error {
	if s.over.Load() {
		<-time.After(10 * time.Millisecond)
		return capture.ErrIdle
	}
	s.number++
	flow, err := sipgen.ParseFlow(fmt.Sprintf("hosts: a=192.0.2.1 b=192.0.2.2\n@0 a -> b udp\nINVITE sip:b@192.0.2.2 SIP/2.0\nCall-ID: %d\n"+
		"From: <sip:a@192.0.2.1>;tag=1\nTo: <sip:b@192.0.2.2>\nCSeq: 1 INVITE\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%d\n\n", s.number, s.number))
	if err != nil {
		return err
	}
	p := flow.Packets()[0]
	*f = capture.Frame{Time: s.begun.Add(time.Duration(s.number) * 100 * time.Millisecond).UnixNano(), Data: p.Data, Length: len(p.Data), Link: 1, Number: s.number}
	return nil
}

func (s *outrun) Stats() []capture.InterfaceStats {
	if !s.over.Load() {
		s.lost.Add(1)
	}
	return []capture.InterfaceStats{{Name: "span0", Stats: capture.Stats{KernelDropped: s.lost.Load()}}}
}

func (s *outrun) Close() error { return nil }

// TestOverload has packets outrun the machine for a while. The daemon is not ready then, and again some seconds later; what it left out is in the
// metrics, and lost as far as alerts are concerned.
func TestOverload(t *testing.T) {
	given, _, _ := reloading(t, "exporters: {prometheus: {listen: \"127.0.0.1:0\"}}\n")
	src := &outrun{begun: time.Now().Add(-time.Hour)}
	d, err := newDaemon(given.given, []pipeline.Source{src})
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.capture(ctx) }()
	until := func(what string, so func() bool) {
		t.Helper()
		for begun := time.Now(); !so(); {
			if time.Since(begun) > 2*time.Minute {
				t.Fatalf("two minutes, and never %s", what)
			}
		}
	}
	until("degraded", func() bool {
		code, body := get(t, d, "/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "packets outrun this machine: left out are ")
	})
	left := regexp.MustCompile(`(?m)^sipspan_pipeline_shedding [34]$[^$]*^sipspan_shed_messages_total{reason="new_call"} [1-9]`)
	until("in the metrics", func() bool {
		_, page := get(t, d, "/metrics")
		return left.MatchString(page)
	})
	src.over.Store(true)
	until("ready again", func() bool {
		code, _ := get(t, d, "/readyz")
		return code == http.StatusOK
	})
	if _, lost := lossOf(d.pipeline); lost <= src.lost.Load() {
		t.Errorf("%d lost for alerts, %d of them by the kernel", lost, src.lost.Load())
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	a, _ := d.pipeline.Account()
	if a.Missing() != 0 {
		t.Errorf("account %+v", a)
	}
}
