package pipeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"sipspan/capture"
	"sipspan/capture/pcapwrite"
	"sipspan/internal/dev/sipgen"
	"sipspan/internal/fault"
	"sipspan/pipeline/ingest"
	"sipspan/reassembly"
	"sipspan/record"
	"sipspan/session/correlate"
	"sipspan/session/shard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// frames is a source that plays packets from memory, as often as it is told to.
type frames struct {
	packets []pcapwrite.Packet
	rounds  int // 0 plays once, -1 without end
	next    int
	number  uint64
	buf     []byte // one buffer for all, as real sources have: who keeps a borrowed slice sees other bytes
	fail    error  // instead of io.EOF
}

var _ Source = (*frames)(nil)

func (s *frames) Next(f *capture.Frame) error {
	if s.next == len(s.packets) {
		if s.rounds == 0 {
			if s.fail != nil {
				return s.fail
			}
			return io.EOF
		}
		s.rounds, s.next = s.rounds-1, 0
	}
	p := s.packets[s.next]
	s.next++
	s.number++
	s.buf = append(s.buf[:0], p.Data...)
	*f = capture.Frame{Time: p.Time, Data: s.buf, Length: len(p.Data), Link: 1, Number: s.number}
	return nil
}

func (s *frames) Stats() []capture.InterfaceStats { return nil }
func (s *frames) Close() error                    { return nil }

func settings(workers int) Settings {
	s := Settings{Pipeline: DefaultConfig(), Reassembly: reassembly.DefaultConfig(), Session: shard.DefaultConfig()}
	s.Pipeline.Workers = workers
	return s
}

func packets(t testing.TB, flow string) []pcapwrite.Packet {
	t.Helper()
	f, err := sipgen.ParseFlow(flow)
	if err != nil {
		t.Fatal(err)
	}
	return f.Packets()
}

// run plays packets and returns the records, a line each in the order in which they came, and the account.
func run(t testing.TB, s Settings, src ...Source) (string, Snapshot) {
	t.Helper()
	var out []byte
	p := New(s, src, func(r record.Record) { out = append(r.AppendJSON(out), '\n') })
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return string(out), p.Snapshot()
}

const mixed = `hosts: alice=192.0.2.10 proxy=192.0.2.11
@0 alice -> proxy udp
OPTIONS sip:proxy.example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1
From: <sip:alice@example.com>;tag=1
To: <sip:proxy.example.com>
Call-ID: options@192.0.2.10
CSeq: 1 OPTIONS
Content-Length: 0

@0.1 proxy -> alice udp
SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1
From: <sip:alice@example.com>;tag=1
To: <sip:proxy.example.com>;tag=2
Call-ID: options@192.0.2.10
CSeq: 1 OPTIONS
Content-Length: 0

@0.2 alice -> proxy udp hex
80080001000000a0deadbeefffffffff
@0.3 alice -> proxy udp hex
000100002112a442000102030405060708090a0b
@0.4 alice -> proxy udp verbatim
HELLO WORLD
@0.5 alice -> proxy udp hex
0d0a0d0a
@0.6 alice -> proxy udp
OPTIONS  sip:proxy.example.com SIP/2.0
Call-ID: broken@192.0.2.10

@0.7 alice -> proxy udp fragment=64 order=1,2
OPTIONS sip:proxy.example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK2
From: <sip:alice@example.com>;tag=1
To: <sip:proxy.example.com>
Call-ID: fragment@192.0.2.10
CSeq: 1 OPTIONS
Content-Length: 0

`

func TestAccountCloses(t *testing.T) {
	_, snap := run(t, settings(2), &frames{packets: packets(t, mixed)})
	a := &snap.Account
	if a.Missing() != 0 || a.Held != 0 {
		t.Errorf("%d packets without a fate, %d held at the end", a.Missing(), a.Held)
	}
	want := ingest.Account{Packets: 9, Bytes: a.Bytes, Delivered: 2}
	want.Ignored[ingest.IgnoredRTP] = 1
	want.Ignored[ingest.IgnoredSTUN] = 1
	want.Ignored[ingest.IgnoredNotSIP] = 1
	want.Ignored[ingest.IgnoredKeepAlive] = 1
	want.Ignored[ingest.IgnoredMalformedSIP] = 1
	want.Dropped[ingest.DroppedFragment] = 2
	if *a != want {
		t.Errorf("account is %+v, want %+v", *a, want)
	}
}

// load returns synthetic traffic as packets, out of the pcap file (microseconds, little-endian) that sipgen writes.
func load(t testing.TB, messages int) []pcapwrite.Packet {
	t.Helper()
	var file bytes.Buffer
	if _, err := (sipgen.Load{Seed: 1, Messages: messages, Rate: 100}).WriteCapture(&file); err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	var ps []pcapwrite.Packet
	for b := file.Bytes()[24:]; len(b) > 0; {
		at := int64(le.Uint32(b))*1e9 + int64(le.Uint32(b[4:]))*1e3
		n := 16 + le.Uint32(b[8:])
		ps = append(ps, pcapwrite.Packet{Time: at, Data: b[16:n]})
		b = b[n:]
	}
	return ps
}

func TestRecordsDoNotDependOnWorkers(t *testing.T) {
	ps := load(t, 20000)
	s := settings(1)
	s.Session.MaxCalls = 640 // small enough that calls are evicted: that too must not depend on the workers
	want, _ := run(t, s, &frames{packets: ps})
	if strings.Count(want, "\n") < 1000 {
		t.Fatalf("only %d records", strings.Count(want, "\n"))
	}
	for _, workers := range []int{2, 3, 8} {
		s.Pipeline.Workers = workers
		got, snap := run(t, s, &frames{packets: ps})
		if got != want {
			t.Errorf("%d workers: other records than one worker: %s", workers, firstDifference(got, want))
		}
		if snap.Account.Missing() != 0 || snap.Account.Delivered != uint64(len(ps)) {
			t.Errorf("%d workers: account %+v", workers, snap.Account)
		}
	}
}

// watcher writes down what it is told and raises an alert at every thousandth signal.
type watcher struct {
	raise func(*record.Alert)
	told  strings.Builder
	n     int
	now   int64
}

func (w *watcher) Signal(s *record.Signal) {
	fmt.Fprintf(&w.told, "%d %d %s %d %s\n", s.Time, s.Kind, s.Method, s.Status, s.CallID)
	if w.n++; w.n%1000 == 0 {
		w.raise(&record.Alert{Header: record.Header{Start: s.Time}, Rule: "thousand", State: "firing", Value: float64(w.n)})
	}
}

func (w *watcher) Record(at int64, r record.Record) {
	fmt.Fprintf(&w.told, "%d %s %s\n", at, r.Kind(), r.Head().ID)
}

func (w *watcher) Advance(now int64) {
	if now < w.now {
		fmt.Fprintf(&w.told, "back from %d to %d\n", w.now, now)
	}
	w.now = now
}

func TestWhatIsWatchedDoesNotDependOnWorkers(t *testing.T) {
	ps := load(t, 20000)
	var told, records string
	for _, workers := range []int{1, 2, 8} {
		s := settings(workers)
		var w *watcher
		s.Watch = func(raise func(*record.Alert)) correlate.Watcher {
			w = &watcher{raise: raise}
			return w
		}
		got, snap := run(t, s, &frames{packets: ps})
		if n := strings.Count(got, `"rule":"thousand"`); n == 0 || uint64(n) != snap.Session.Records[record.KindAlert] {
			t.Errorf("%d workers: %d alerts among the records, %d counted", workers, n, snap.Session.Records[record.KindAlert])
		}
		if told == "" {
			told, records = w.told.String(), got
			continue
		}
		if w.told.String() != told {
			t.Errorf("%d workers: the watcher is told other things: %s", workers, firstDifference(w.told.String(), told))
		}
		if got != records {
			t.Errorf("%d workers: other records: %s", workers, firstDifference(got, records))
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\n%s\n%s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines instead of %d", len(g), len(w))
}

func TestBatchSizeDoesNotMatter(t *testing.T) {
	ps := load(t, 3000)
	s := settings(2)
	want, _ := run(t, s, &frames{packets: ps})
	s.Pipeline.BatchBytes, s.Pipeline.Batches = 4<<10, 2
	if got, _ := run(t, s, &frames{packets: ps}); got != want {
		t.Error(firstDifference(got, want))
	}
}

func TestLiveDropsWhatFindsNoBatchAndCountsIt(t *testing.T) {
	s := settings(1)
	s.Live = true
	s.Pipeline.Batches, s.Pipeline.BatchBytes = 2, 4<<10
	blocked := make(chan struct{})
	var once sync.Once
	src := &frames{packets: load(t, 20000)}
	p := New(s, []Source{src}, func(record.Record) { once.Do(func() { <-blocked }) })
	done := make(chan error)
	go func() { done <- p.Run(context.Background()) }()
	for p.readers[0].snapshot().Account.Dropped[ingest.DroppedQueue] == 0 {
		select {
		case err := <-done: // all was read before anything had to wait: nothing was blocked
			t.Fatalf("the run ended without a drop: %v", err)
		default:
		}
	}
	close(blocked)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	a := p.Snapshot().Account
	if a.Missing() != 0 || a.Dropped[ingest.DroppedQueue] == 0 || a.Packets != 20000 {
		t.Errorf("account %+v", a)
	}
}

func TestCancelEndsAnEndlessSource(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p := New(settings(2), []Source{&frames{packets: packets(t, mixed), rounds: -1}}, func(record.Record) {})
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	for p.Snapshot().Account.Packets == 0 { // a snapshot while it runs
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if a := p.Snapshot().Account; a.Missing() != 0 {
		t.Errorf("account %+v", a)
	}
}

func TestSourceErrorKeepsWhatWasRead(t *testing.T) {
	broken := errors.New("cut short")
	var out bytes.Buffer
	src := &frames{packets: packets(t, mixed), fail: broken}
	p := New(settings(2), []Source{src}, func(r record.Record) { out.Write(r.AppendJSON(nil)) })
	if err := p.Run(context.Background()); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	if got := p.Snapshot().Session.Messages(); got != 2 {
		t.Errorf("%d messages, want 2", got)
	}
}

func TestAFaultOfTheSinkReachesTheHandler(t *testing.T) {
	var told error
	fault.Handle(func(err error) {
		told = err
		runtime.Goexit() // the command ends the process here
	})
	defer fault.Handle(nil)
	p := New(settings(1), []Source{&frames{packets: load(t, 200)}}, func(record.Record) { panic("no room") })
	if err := p.Run(context.Background()); err != nil {
		t.Error(err)
	}
	if told == nil || !strings.Contains(told.Error(), "no room") {
		t.Errorf("the handler was told %v", told)
	}
}
