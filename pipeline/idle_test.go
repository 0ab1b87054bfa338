package pipeline

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/record"
)

// lateFrames is a live source. Before each of its packets it is idle so often, and each time it is asked the wall clock
// goes on by a second.
type lateFrames struct {
	frames
	idle  []int // before each packet, and at the end
	clock time.Time
	stop  context.CancelFunc
}

func (s *lateFrames) Next(f *capture.Frame) error {
	s.clock = s.clock.Add(time.Second)
	if s.idle[s.next] > 0 {
		s.idle[s.next]--
		return capture.ErrIdle
	}
	if s.next == len(s.packets) {
		s.stop()
		return capture.ErrIdle
	}
	return s.frames.Next(f)
}

const lateAnswer = `hosts: alice=192.0.2.10 proxy=192.0.2.11
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

`

// A program that waits for a processor finds its source idle and looks at the clock much later. What came meanwhile is
// still to be read, and its time has not passed.
func TestIdleDoesNotOvertakePackets(t *testing.T) {
	for _, tt := range []struct {
		name string
		late time.Duration // the wall clock behind the first packet
		idle []int
		want string
	}{
		{"one idle poll, minutes late", 5 * time.Minute, []int{0, 1, 0}, `"status":200,"reason":"OK","delay_ms":100,`},
		{"idle until the request has timed out", 0, []int{0, 40, 0}, `"source":"timeout"`},
		{"idle behind the answer", 0, []int{0, 0, 40}, `"status":200,"reason":"OK","delay_ms":100,`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ps := packets(t, lateAnswer)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			src := &lateFrames{frames: frames{packets: ps}, idle: tt.idle, stop: cancel, clock: time.Unix(0, ps[0].Time).Add(tt.late)}
			s := settings(2)
			s.Live = true
			s.Session.AllTransactions = true
			var out []byte
			p := New(s, []Source{src}, func(r record.Record) { out = append(r.AppendJSON(out), '\n') })
			p.readers[0].time.Wall = func() time.Time { return src.clock }
			if err := p.Run(ctx); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(out), tt.want) {
				t.Errorf("the records have no %s:\n%s", tt.want, out)
			}
		})
	}
}

// silent is a live source that never has a packet. It ends when ask returns false.
type silent struct {
	frames
	ask  func() bool
	stop context.CancelFunc
}

func (s *silent) Next(*capture.Frame) error {
	if !s.ask() {
		s.stop()
	}
	return capture.ErrIdle
}

// The watchdog ends a program in which a reader or a worker does not advance. On an interface that has been silent since the start all do.
func TestSilentSourceKeepsHeartbeats(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := settings(2)
	s.Live = true
	src := &silent{stop: cancel}
	p := New(s, []Source{src}, func(record.Record) {})
	begun, enough := time.Now(), false
	src.ask = func() bool {
		runtime.Gosched()
		enough = slices.Min(p.Heartbeats()) >= 3
		return !enough && time.Since(begun) < time.Minute
	}
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if !enough {
		t.Errorf("a minute without packets, and the heartbeats are %v", p.Heartbeats())
	}
}

// running is a live source with packets that goes on after them, a second of the wall clock for each time it is asked.
type running struct {
	frames
	clock *atomic.Int64
	ask   func() bool
	stop  context.CancelFunc
}

func (s *running) Next(f *capture.Frame) error {
	if s.next < len(s.packets) {
		return s.frames.Next(f)
	}
	s.clock.Add(int64(time.Second))
	if !s.ask() {
		s.stop()
	}
	return capture.ErrIdle
}

// An interface without any packet keeps back nothing of what another one brings: the record is written while both are captured.
func TestSilentSourceKeepsNothingBack(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := settings(2)
	s.Live = true
	s.Session.AllTransactions = true
	ps := packets(t, lateAnswer)
	var clock atomic.Int64
	clock.Store(ps[0].Time)
	var written atomic.Bool
	begun := time.Now()
	ask := func() bool {
		runtime.Gosched()
		return !written.Load() && time.Since(begun) < time.Minute
	}
	sources := []Source{&running{frames: frames{packets: ps}, clock: &clock, ask: ask, stop: cancel}, &silent{ask: ask, stop: cancel}}
	p := New(s, sources, func(r record.Record) {
		written.Store(written.Load() || ctx.Err() == nil && r.Kind() == record.KindTransaction)
	})
	for _, r := range p.readers {
		r.time.Wall = func() time.Time { return time.Unix(0, clock.Load()) }
	}
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if !written.Load() {
		t.Error("the record was not written within a minute while both interfaces were captured")
	}
}
