package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sipspan/capture"
	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/record"
	"sipspan/session"
)

// request returns a request of a flow: at a number of seconds, with a method and a Call-ID.
func request(at float64, method, callID string) string {
	return fmt.Sprintf("@%v alice -> proxy udp\n%s sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK%s%s\n"+
		"From: <sip:alice@example.com>;tag=1\nTo: <sip:bob@example.com>\nCall-ID: %s\nCSeq: 1 %s\nContent-Length: 0\n\n", at, method, callID, method, callID, method)
}

// response returns the response to such a request.
func response(at float64, status int, method, callID string) string {
	return fmt.Sprintf("@%v proxy -> alice udp\nSIP/2.0 %d Yes\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK%s%s\n"+
		"From: <sip:alice@example.com>;tag=1\nTo: <sip:bob@example.com>;tag=2\nCall-ID: %s\nCSeq: 1 %s\nContent-Length: 0\n\n", at, status, callID, method, callID, method)
}

// loaded is a live pipeline without goroutines: a test gives its only worker one batch after the other.
type loaded struct {
	*Pipeline
	r     *reader
	w     *worker
	twice bool // each packet is captured twice
}

func newLoaded(change ...func(*Settings)) *loaded {
	s := settings(1)
	s.Live = true
	s.Pipeline.Batches = 34 // 32 can wait
	for _, c := range change {
		c(&s)
	}
	p := New(s, []Source{&frames{}}, func(record.Record) {})
	return &loaded{Pipeline: p, r: p.readers[0], w: p.workers[0]}
}

// take has the reader take the packets of a flow, and the worker the batch of them while others wait. It returns the Call-IDs that the worker
// handled messages of, in their order.
func (l *loaded) take(t testing.TB, waiting int, flow ...string) []string {
	t.Helper()
	for _, p := range packets(t, "hosts: alice=192.0.2.10 proxy=192.0.2.11\n"+strings.Join(flow, "")) {
		f := capture.Frame{Time: p.Time, Data: p.Data, Length: len(p.Data), Link: 1}
		l.r.time.Take(&f)
		if l.twice {
			l.r.time.Take(&f)
		}
	}
	l.r.publish()
	b := l.r.out[0].cur
	l.r.out[0].cur = nil
	b.newest, b.watermark, b.behind = time.Now().UnixNano(), l.r.time.Now(), l.r.pressure.behind
	for range waiting {
		l.w.full <- newBatch(64)
	}
	var handled []string
	l.w.tap = func(m *wire.Meta, raw, _ []byte) {
		id := string(sip.PeekCallID(raw))
		if m.Flags&record.CaptureDrops != 0 {
			id += " flagged"
		}
		handled = append(handled, id)
	}
	l.w.process(b)
	for range waiting {
		<-l.w.full
	}
	for len(l.merger.in) > 0 {
		<-l.merger.in
	}
	return handled
}

func (l *loaded) wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("handled %q, want %q", got, want)
	}
}

// TestShedsInOrder fills the queue of a worker more and more. What begins no session is left out first, then new sessions, then new calls; a call
// that is followed never is. What is left out stays out as long as its end is expected, and is flagged after that.
func TestShedsInOrder(t *testing.T) {
	l := newLoaded()
	l.wants(t, l.take(t, 31, request(0, "INVITE", "running"))) // a full queue, and not known
	l = newLoaded()
	l.wants(t, l.take(t, 0, request(0, "INVITE", "running"), request(0.1, "OPTIONS", "ping")), "running", "ping")
	some := func(at float64, n string) string {
		return request(at, "OPTIONS", "o"+n) + request(at, "REGISTER", "r"+n) + request(at, "INVITE", "i"+n) + response(at, 100, "INVITE", "i"+n) +
			request(at, "INFO", "i"+n) + response(at, 180, "INVITE", "running")
	}
	l.wants(t, l.take(t, 23, some(1, "1")), "o1", "r1", "i1", "i1", "i1", "running")
	l.wants(t, l.take(t, 24, some(2, "2")), "r2", "i2", "i2", "i2", "running")
	l.wants(t, l.take(t, 28, some(3, "3")), "i3", "i3", "i3", "running")
	l.wants(t, l.take(t, 30, some(4, "4")), "running")
	l.wants(t, l.take(t, 20, some(5, "5")), "running") // until the queue is nearly empty
	if got := l.Shedding(); got != ShedCalls {
		t.Errorf("it reports that it leaves out %v", got)
	}
	l.wants(t, l.take(t, 8, some(6, "6")), "o6", "r6", "i6", "i6", "i6", "running")
	l.wants(t, l.take(t, 0, response(7, 200, "REGISTER", "r4"), response(8, 200, "INVITE", "i4")))
	l.wants(t, l.take(t, 0, request(14, "REGISTER", "r4"), response(14, 200, "REGISTER", "r4"), request(60, "BYE", "i4")), "r4 flagged", "r4", "i4 flagged")

	s := l.Snapshot // the counters of the worker are its own: nothing runs
	close(l.done)
	a := s().Account
	if a.Missing() != 0 || a.Dropped[ingest.DroppedNoSession] != 4 || a.Dropped[ingest.DroppedNewSession] != 4 || a.Dropped[ingest.DroppedNewCall] != 7 {
		t.Errorf("account %+v", a)
	}
	want := []record.Count{{Name: "no_session", Value: 4}, {Name: "new_session", Value: 4}, {Name: "new_call", Value: 7}}
	if got := s().Shed; !slices.Equal(got, want) {
		t.Errorf("messages %+v, want %+v", got, want)
	}
}

// TestForgottenCallsAreFlagged leaves out more calls than are remembered: then nothing that begins in the time of a call is sure.
func TestForgottenCallsAreFlagged(t *testing.T) {
	l := newLoaded()
	var left leftOut
	for i := range uint64(leftOutWays + 1) {
		if left.unsure != 0 {
			t.Fatalf("unsure after %d", i)
		}
		left.add(1+i*leftOutSets, session.NewCall, 1e9)
	}
	if left.find(1) != nil || left.find(1+leftOutSets) == nil || left.unsure != 1e9+restOfCall {
		t.Errorf("unsure up to %d", left.unsure)
	}
	l.take(t, 0, request(0, "INVITE", "a"))
	l.w.shedder.left.add(1, session.NewCall, l.w.clock)
	l.w.shedder.left.unsure = l.w.clock + restOfCall
	l.wants(t, l.take(t, 0, request(1, "BYE", "a"), request(1, "BYE", "b"), request(33, "BYE", "c")), "a", "b flagged", "c")
	if l.w.shedder.left.empty(l.w.clock) || !l.w.shedder.left.empty(l.w.clock+leftOutFor+1) {
		t.Error("not forgotten in time")
	}
}

// TestPressure has the kernel lose packets, and a reader late.
func TestPressure(t *testing.T) {
	var p pressure
	lost := uint64(5)
	for i, tt := range []struct {
		loses bool
		lag   time.Duration
		want  Shedding
	}{
		{true, 0, ShedNothing}, {false, 0, ShedNothing}, {true, 0, ShedNothing}, {true, 0, ShedSpare}, {true, 0, ShedSessions}, {true, 0, ShedCalls}, {true, 0, ShedCalls},
		{false, 1500 * time.Millisecond, ShedCalls}, {false, 0, ShedSessions}, {false, 0, ShedSpare}, {false, 0, ShedNothing},
		{false, 2 * time.Second, ShedNothing}, {false, 2 * time.Second, ShedSpare}, {false, time.Hour, ShedNothing},
	} {
		if tt.loses {
			lost++
		}
		p.look([]capture.InterfaceStats{{Stats: capture.Stats{KernelDropped: lost, InterfaceDropped: uint64(i)}}}, tt.lag)
		if p.behind != tt.want {
			t.Errorf("look %d: %v, want %v", i, p.behind, tt.want)
		}
	}
}

// losing is a live source of which the kernel loses packets, for as long as its first packets last.
type losing struct {
	frames
	lossy int // packets
	lost  uint64
	stop  context.CancelFunc
}

func (s *losing) Next(f *capture.Frame) error {
	if s.next == len(s.packets) {
		s.stop()
		return capture.ErrIdle
	}
	return s.frames.Next(f)
}

func (s *losing) Stats() []capture.InterfaceStats {
	if s.next <= s.lossy {
		s.lost++
	}
	return []capture.InterfaceStats{{Name: "span0", Stats: capture.Stats{KernelDropped: s.lost}}}
}

// TestShedsWhileTheKernelLosesPackets runs a whole pipeline whose reader is too slow. New calls are left out after some seconds, and are recorded
// again some seconds after the last loss.
func TestShedsWhileTheKernelLosesPackets(t *testing.T) {
	var flow strings.Builder
	flow.WriteString("hosts: alice=192.0.2.10 proxy=192.0.2.11\n")
	for i := range 20 {
		id := fmt.Sprintf("call%d", i)
		flow.WriteString(request(float64(i), "INVITE", id) + response(float64(i)+0.5, 404, "INVITE", id))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	src := &losing{frames: frames{packets: packets(t, flow.String())}, lossy: 20, stop: cancel}
	s := settings(1)
	s.Live, s.Pipeline.Batches = true, 1024 // the queue is never full
	calls := make(map[string]bool)
	p := New(s, []Source{src}, func(r record.Record) {
		if r.Kind() == record.KindCall {
			calls[r.Head().CallID] = true
		}
	})
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		id := fmt.Sprintf("call%d", i)
		if want := i < 3 || i > 14; want != calls[id] && (want || i > 6 && i < 10) {
			t.Errorf("%s is recorded: %v", id, calls[id])
		}
	}
	a := p.Snapshot().Account
	if a.Missing() != 0 || a.Dropped[ingest.DroppedNewCall] == 0 || a.Delivered+a.Dropped[ingest.DroppedNewCall] != 40 {
		t.Errorf("account %+v", a)
	}
	if got := p.Shedding(); got != ShedCalls {
		t.Errorf("it reports that it leaves out %v", got)
	}
	p.begun = p.begun.Add(-recently)
	if got := p.Shedding(); got != ShedNothing {
		t.Errorf("seconds later it reports that it leaves out %v", got)
	}
}

// TestCopiesAreLeftOutFirst has the same packets twice where copies are to count.
func TestCopiesAreLeftOutFirst(t *testing.T) {
	l := newLoaded(func(s *Settings) { s.KeepCopies = true })
	l.twice = true
	l.wants(t, l.take(t, 24, request(0, "INVITE", "a")), "a", "a")
	l.r.sendAll()
	l.wants(t, l.take(t, 0, request(1, "INVITE", "b")), "b")
	l.r.sendAll()
	l.wants(t, l.take(t, 0, request(2, "INVITE", "c")), "c", "c")
	close(l.done)
	if a := l.Snapshot().Account; a.Missing() != 0 || a.Dropped[ingest.DroppedCopy] != 1 {
		t.Errorf("account %+v", a)
	}
}

// TestNoRoomIsFlagged loses messages for want of a batch: those that come after may lack what was lost.
func TestNoRoomIsFlagged(t *testing.T) {
	l := newLoaded()
	var held []*batch
	for range 34 {
		held = append(held, <-l.w.free)
	}
	l.r.time.Take(&capture.Frame{Time: 1e18, Data: packets(t, "hosts: alice=192.0.2.10 proxy=192.0.2.11\n"+request(0, "INVITE", "a"))[0].Data, Link: 1})
	for _, b := range held {
		l.w.free <- b
	}
	l.r.sendAll()
	if a := l.r.ingest.Snapshot().Account; a.Dropped[ingest.DroppedQueue] != 1 || l.Shedding() != ShedAny {
		t.Errorf("%+v, leaves out %v", a, l.Shedding())
	}
	l.r.captured = 0
	l.r.sweep()
	if l.r.captured != record.CaptureDrops {
		t.Error("the next messages are not flagged")
	}
}

// TestSheddingAllocatesNothing leaves out messages again and again.
func TestSheddingAllocatesNothing(t *testing.T) {
	l := newLoaded()
	l.take(t, 30, request(0, "INVITE", "first"))
	flow := packets(t, "hosts: alice=192.0.2.10 proxy=192.0.2.11\n"+request(1, "INVITE", "a")+response(1.1, 180, "INVITE", "b")+request(1.2, "OPTIONS", "c"))
	for range 30 {
		l.w.full <- newBatch(64)
	}
	var f capture.Frame
	if n := testing.AllocsPerRun(100, func() {
		for i := range flow {
			f = capture.Frame{Time: flow[i].Time, Data: flow[i].Data, Length: len(flow[i].Data), Link: 1}
			l.r.time.Take(&f)
		}
		b := l.r.out[0].cur
		if l.w.shedder.shed(b, len(l.w.full), l.w.clock); len(b.items) != 0 {
			t.Fatalf("%d messages are left", len(b.items))
		}
		b.buf = b.buf[:0]
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestBusyWorkersGetFullBatches has packets come slowly while a worker is held up. They share a batch, so that there is room for them.
func TestBusyWorkersGetFullBatches(t *testing.T) {
	l := newLoaded()
	const at = int64(1e18)
	frame := packets(t, "hosts: alice=192.0.2.10 proxy=192.0.2.11\n"+request(0, "INVITE", "a"))[0]
	for i := range int64(100) {
		l.r.time.Take(&capture.Frame{Time: at + i*1e9, Data: frame.Data, Length: len(frame.Data), Link: 1})
		l.r.pace()
	}
	if n := len(l.w.full); n != 34/4+1 {
		t.Errorf("%d batches wait", n)
	}
	if a := l.r.ingest.Snapshot().Account; a.Delivered != 100 {
		t.Errorf("account %+v", a)
	}
}
