package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/config"
	"sipspan/exporters/prometheus"
	"sipspan/pipeline"
	"sipspan/record"
	"sipspan/session/stats"
)

// crowd is a source of sessions that all go on at the same time: of each five one is a call, two are registrations and
// two subscriptions. When all have begun it waits until it is let go.
type crowd struct {
	sessions int
	begun    chan struct{} // closed when all have
	letGo    chan struct{}

	next   int
	idle   bool
	frames [][]byte
	time   int64
}

var _ pipeline.Source = (*crowd)(nil)

func newCrowd(sessions int) *crowd {
	return &crowd{
		sessions: sessions, begun: make(chan struct{}), letGo: make(chan struct{}),
		time: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC).UnixNano(),
	}
}

// Next implements pipeline.Source.
func (c *crowd) Next(f *capture.Frame) error {
	if len(c.frames) == 0 {
		if c.next == c.sessions {
			if !c.idle {
				c.idle = true
				return capture.ErrIdle // what waits in batches goes to the workers
			}
			close(c.begun)
			<-c.letGo
			return io.EOF
		}
		c.begin(c.next)
		c.next++
	}
	c.time += 1000 // a microsecond
	*f = capture.Frame{Time: c.time, Data: c.frames[0], Length: len(c.frames[0]), Link: capture.LinkEthernet}
	c.frames = c.frames[1:]
	return nil
}

// Stats implements pipeline.Source.
func (c *crowd) Stats() []capture.InterfaceStats { return []capture.InterfaceStats{{Name: "crowd"}} }

// Close implements pipeline.Source.
func (c *crowd) Close() error { return nil }

// begin makes the packets of one session.
func (c *crowd) begin(n int) {
	phone, server := netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}), netip.AddrFrom4([4]byte{192, 0, 2, byte(n % 50)})
	head := fmt.Sprintf("Via: SIP/2.0/UDP %v:5060;branch=z9hG4bK%d\r\nFrom: <sip:u%d@example.com>;tag=f%d\r\nTo: <sip:v%d@example.com>", phone, n, n, n, n)
	rest := fmt.Sprintf("\r\nCall-ID: %d@example.com\r\nCSeq: 1 ", n)
	send := func(from, to netip.Addr, start, toTag, method, fields string) {
		text := start + "\r\n" + head + toTag + rest + method + "\r\n" + fields + "Content-Length: 0\r\n\r\n"
		packet := pcapwrite.Build([]byte(text), pcapwrite.IP(from, to, 1), pcapwrite.UDP{Src: 5060, Dst: 5060})
		c.frames = append(c.frames, pcapwrite.Framing{Link: pcapwrite.LinkEthernet}.Frame(packet, from, to))
	}
	c.frames = c.frames[:0]
	method, fields := "INVITE", ""
	switch n % 5 {
	case 1, 2:
		method, fields = "REGISTER", fmt.Sprintf("Contact: <sip:u%d@%v>;expires=86400\r\n", n, phone)
	case 3, 4:
		method, fields = "SUBSCRIBE", "Event: presence\r\nExpires: 86400\r\n"
	}
	send(phone, server, method+" sip:v@example.com SIP/2.0", "", method, fields)
	if n%5 == 0 {
		send(server, phone, "SIP/2.0 180 Ringing", ";tag=t", method, "")
	}
	send(server, phone, "SIP/2.0 200 OK", ";tag=t", method, fields)
}

// scrapable is a pipeline that holds a crowd, and its page.
type scrapable struct {
	page     http.Handler
	pipeline *pipeline.Pipeline
	end      func()
}

// holdCrowd lets so many sessions begin and returns when all of them are tracked.
func holdCrowd(t testing.TB, sessions int) scrapable {
	t.Helper()
	c := config.Default()
	c.Session.MaxCalls = sessions
	c.Session.MaxTransactions = 2 * sessions
	for i := range 50 {
		c.Session.Peers = append(c.Session.Peers, stats.Peer{Name: fmt.Sprint("trunk-", i), Addresses: []string{fmt.Sprint("192.0.2.", i)}})
	}
	source := newCrowd(sessions)
	p := pipeline.New(pipeline.Settings{Pipeline: c.Pipeline, Reassembly: c.Reassembly, Session: c.Session}, []pipeline.Source{source}, func(record.Record) {})
	ended := make(chan error, 1)
	go func() { ended <- p.Run(context.Background()) }()
	<-source.begun
	for looks := 0; tracked(p) < int64(sessions); looks++ { // each waits for the workers, which have the last batches in hand
		if looks == 10_000 {
			t.Fatalf("%d of %d sessions are tracked", tracked(p), sessions)
		}
	}
	registry := client.NewRegistry()
	if err := registry.Register(prometheus.NewCollector(c.Exporters.Prometheus.Content, prometheus.Options{
		Snapshot: func() prometheus.Snapshot { return scrape(p, nil, nil) },
	}, time.Unix(0, 0))); err != nil {
		t.Fatal(err)
	}
	return scrapable{promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}), p, func() {
		close(source.letGo)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}}
}

// tracked returns how many calls, registrations and subscriptions go on.
func tracked(p *pipeline.Pipeline) int64 {
	c := p.Snapshot().Session
	return c.Tracked[stats.TableCalls] + c.Tracked[stats.TableRegistrations] + c.Tracked[stats.TableSubscriptions]
}

func (s *scrapable) scrape(t testing.TB) string {
	w := httptest.NewRecorder()
	s.page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// BenchmarkScrape scrapes a pipeline that holds a million sessions: 200 000 calls, 400 000 bindings and 400 000
// subscriptions. copy-ns is what of it one worker is kept from its work.
func BenchmarkScrape(b *testing.B) {
	s := holdCrowd(b, 1_000_000)
	defer s.end()
	counters := s.pipeline.Snapshot().Session
	b.ReportAllocs()
	for b.Loop() {
		s.scrape(b)
	}
	begin := time.Now()
	for range 100 {
		counters.Copy()
	}
	b.ReportMetric(float64(time.Since(begin))/100, "copy-ns")
	b.ReportMetric(float64(tracked(s.pipeline)), "sessions")
}

// TestScrapeDoesNotGrow holds that a scrape does the same work, whatever number of sessions go on: it allocates the same.
func TestScrapeDoesNotGrow(t *testing.T) {
	allocations := func(sessions int) float64 {
		s := holdCrowd(t, sessions)
		defer s.end()
		s.scrape(t)
		return testing.AllocsPerRun(5, func() { s.scrape(t) })
	}
	few, many := allocations(500), allocations(20_000)
	t.Logf("%v and %v allocations", few, many)
	if many > few*1.02 || few > 40_000 {
		t.Errorf("%v allocations with 500 sessions, %v with 20 000", few, many)
	}
}
