package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"sipspan/internal/dev/sipgen"
	"sipspan/record"
)

// filled returns a batch of so many messages of one size, with Call-IDs from first on.
func filled(first, n, size int) *batch {
	b := newBatch(n * size)
	b.items = make([]item, 0, n)
	for i := range n {
		raw := bytes.Repeat([]byte{byte(first + i)}, size)
		it := b.add(raw, nil)
		it.meta.Time, it.callID = int64(first+i), uint64(first+i)
	}
	return b
}

func TestRingForgetsTheOldest(t *testing.T) {
	r := newRecent(200 << 10) // two chunks of 64 KiB
	const size = 1 << 10
	for i := range 200 {
		r.keep(filled(i, 1, size))
	}
	kept := 0
	for i := range 200 {
		for _, m := range r.find(nil, map[uint64]int{uint64(i): 7}) {
			kept++
			if m.Of != 7 || m.Meta.Time != int64(i) || !bytes.Equal(m.Raw, bytes.Repeat([]byte{byte(i)}, size)) {
				t.Errorf("message %d: %+v", i, m)
			}
			if i < 200-128 {
				t.Errorf("message %d is still there", i)
			}
		}
	}
	if kept < 65 || kept > 128 {
		t.Errorf("%d messages are kept", kept)
	}
	r.keep(filled(0, 1, 70<<10))
	if len(r.find(nil, map[uint64]int{0: 0})) != 0 {
		t.Error("a message larger than a chunk was kept")
	}
}

// TestRingBorrowed checks that what is being read stays as it is while the ring goes round.
func TestRingBorrowed(t *testing.T) {
	r := newRecent(200 << 10)
	r.keep(filled(1, 10, 1<<10))
	views := r.borrow()
	for i := range 1000 {
		r.keep(filled(i, 1, 1<<10))
	}
	if len(views) != 1 || len(views[0].items) != 10 || !bytes.Equal(views[0].buf[:1<<10], bytes.Repeat([]byte{1}, 1<<10)) {
		t.Error("a borrowed chunk has changed")
	}
	r.giveBack(views)
	if len(r.chunks) != r.most {
		t.Errorf("%d chunks, want %d", len(r.chunks), r.most)
	}
}

func TestKeepDoesNotAllocate(t *testing.T) {
	r := newRecent(1 << 20)
	b := filled(0, 100, 500)
	for range 200 {
		r.keep(b)
	}
	if n := testing.AllocsPerRun(200, func() { r.keep(b) }); n != 0 {
		t.Errorf("%v allocations a batch", n)
	}
}

func options(n int) string {
	var b strings.Builder
	b.WriteString("hosts: alice=192.0.2.10 proxy=192.0.2.11\n")
	for i := range n {
		transport := []string{"udp", "tcp"}[i%2]
		fmt.Fprintf(&b, `@%d alice -> proxy %s
OPTIONS sip:proxy.example.com SIP/2.0
Via: SIP/2.0/%s 192.0.2.10;branch=z9hG4bK%d
From: <sip:alice@example.com>;tag=1
To: <sip:proxy.example.com>
Call-ID: %d@192.0.2.10
CSeq: 1 OPTIONS
Content-Length: 0

@%d.5 proxy -> alice %s
SIP/2.0 503 Service Unavailable
Via: SIP/2.0/%s 192.0.2.10;branch=z9hG4bK%d
From: <sip:alice@example.com>;tag=1
To: <sip:proxy.example.com>;tag=2
Call-ID: %d@192.0.2.10
CSeq: 1 OPTIONS
Content-Length: 0

`, i, transport, strings.ToUpper(transport), i, i, i, transport, strings.ToUpper(transport), i, i)
	}
	return b.String()
}

// TestRecentFromWithinTheSink asks for messages where the workers wait for the answer: from the goroutine of the merger.
func TestRecentFromWithinTheSink(t *testing.T) {
	source := packets(t, options(40))
	var first string
	for _, workers := range []int{1, 8} {
		s := settings(workers)
		s.Recent = 8 << 20
		var p *Pipeline
		var seen []string
		p = New(s, []Source{&frames{packets: source}}, func(r record.Record) {
			if r.Kind() != record.KindFailure {
				return
			}
			for _, m := range p.Recent([]string{r.Head().CallID, "nobody", ""}) {
				line, _, _ := bytes.Cut(m.Raw, []byte("\r\n"))
				seen = append(seen, fmt.Sprint(m.Meta.Time, m.Meta.Src, m.Meta.Transport, m.Of, " ", string(line)))
			}
		})
		if err := p.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(seen) != 80 {
			t.Fatalf("%d workers: %d messages of 40 failures, want 80", workers, len(seen))
		}
		all := strings.Join(seen, "\n")
		if first == "" {
			first = all
		}
		if all != first {
			t.Errorf("%d workers show\n%s\nand one\n%s", workers, all, first)
		}
		both := p.Recent([]string{"3@192.0.2.10", "2@192.0.2.10"})
		if !slices.IsSortedFunc(both, func(a, b Message) int { return int(a.Meta.Time - b.Meta.Time) }) || len(both) != 4 || both[0].Of != 1 {
			t.Errorf("%+v", both)
		}
	}
}

// TestRecentWhileWorkersWrite reads the ring as fast as it goes while the pipeline works.
func TestRecentWhileWorkersWrite(t *testing.T) {
	s := settings(4)
	s.Recent = 1 // the smallest ring: it goes round all the time
	p := New(s, []Source{&frames{packets: packets(t, options(50)), rounds: 60}}, func(record.Record) {})
	ctx, stop := context.WithCancel(context.Background())
	var asking sync.WaitGroup
	for range 2 {
		asking.Go(func() {
			for ctx.Err() == nil {
				for _, m := range p.Recent([]string{"7@192.0.2.10"}) {
					if !bytes.Contains(m.Raw, []byte("Call-ID: 7@192.0.2.10\r\n")) {
						t.Errorf("%q", m.Raw)
					}
				}
			}
		})
	}
	if err := p.Run(context.Background()); err != nil {
		t.Error(err)
	}
	stop()
	asking.Wait()
}

func TestNothingIsKeptUnasked(t *testing.T) {
	p := New(settings(1), []Source{&frames{packets: packets(t, options(1))}}, func(record.Record) {})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := p.Recent([]string{"0@192.0.2.10"}); got != nil {
		t.Errorf("%+v", got)
	}
}

func BenchmarkKeep(b *testing.B) {
	f, err := sipgen.ParseFlow(options(60))
	if err != nil {
		b.Fatal(err)
	}
	batch := newBatch(64 << 10)
	for _, p := range f.Packets() {
		if batch.fits(len(p.Data)) {
			batch.add(p.Data, nil)
		}
	}
	r := newRecent(8 << 20)
	b.SetBytes(int64(len(batch.buf)))
	b.ReportAllocs()
	for b.Loop() {
		r.keep(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch.items)), "ns/message")
}
