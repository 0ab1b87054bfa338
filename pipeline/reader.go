package pipeline

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sipspan/capture"
	"sipspan/pipeline/ingest"
	"sipspan/pipeline/timeline"
	"sipspan/record"
)

const (
	// syncEvery is after how many messages of a file all workers are brought to the same time, so that the merger can
	// write the records before it.
	syncEvery = 4096
	// tickEvery is how often, in packet time, a live reader advances the workers' time.
	tickEvery = int64(time.Second)
	// publishEvery is after how many packets a reader makes its account visible to others.
	publishEvery = 1024
	// drainFor is for how long a live reader goes on at most with what waits when it is to end.
	drainFor = time.Second
	// blindAfter is for how long messages are flagged after a source could not see: a transaction lasts so long (64*T1, RFC 3261
	// section 17).
	blindAfter = int64(32 * time.Second)
)

// reader takes packets from one source to the workers' batches. One goroutine owns it.
type reader struct {
	id     int
	src    Source
	live   bool
	flush  int64 // nanoseconds a message may wait, live
	out    []outlet
	time   *timeline.Timeline
	ingest *ingest.Ingest

	at          int64 // time of the frame in hand; it may lie a little before the packet time reached
	flushed     int64
	ticked      int64
	swept       int64
	sinceSync   int
	captured    record.Flags // CaptureDrops while the kernel is losing packets, or an interface was blind shortly before
	blindUntil  int64        // messages up to then may belong to transactions of which the source could not see everything
	lost        uint64       // kernel and interface drops at the last look
	newest      int64        // live: timestamp of the newest packet, or when the source was last found without one
	clockLogged bool
	beat        atomic.Uint64
	lag         lag
	pressure    pressure
	full        bool // a message has found no room since the last hand-over
	shed        shedCounts
	shedAt      shedAt
	begun       time.Time
	log         *slog.Logger

	mu        sync.Mutex
	published ReaderSnapshot
}

// ReaderSnapshot is what one reader has counted.
type ReaderSnapshot struct {
	ingest.Snapshot
	Interfaces []capture.InterfaceStats
	First      int64 // timestamp of the earliest packet, Unix nanoseconds; 0 before the first
	Last       int64 // timestamp of the latest packet
	Clock      timeline.Steps
}

func newReader(id int, src Source, s *Settings, out []outlet, epochs *timeline.Epochs, o ingest.Options) *reader {
	r := &reader{id: id, src: src, live: s.Live, flush: int64(s.Pipeline.FlushEvery), out: out, log: s.Logger, begun: time.Now()}
	r.time = timeline.New(epochs, s.Live, r)
	r.ingest = ingest.New(s.Reassembly, o, r)
	for i := range r.out {
		r.out[i].from = r
	}
	return r
}

// run reads until the source ends, breaks or ctx is cancelled. It returns the source's error, nil at its end.
func (r *reader) run(ctx context.Context) error {
	var f capture.Frame
	var err error
	done := ctx.Done()
	for n := uint(0); ; n++ {
		if n%64 == 0 || r.live {
			select {
			case <-done:
				if r.live {
					r.drain(&f)
				}
				r.end()
				return nil
			default:
			}
		}
		if err = r.src.Next(&f); err != nil {
			if errors.Is(err, capture.ErrIdle) {
				r.idle()
				continue
			}
			break
		}
		r.take(&f)
		if n%publishEvery == 0 {
			r.publish()
		}
		r.pace()
	}
	r.end()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// take takes a frame.
func (r *reader) take(f *capture.Frame) {
	if r.live {
		r.newest = f.Time
	}
	r.time.Take(f)
}

// drain takes what was captured before now and waits to be read, for drainFor at most.
func (r *reader) drain(f *capture.Frame) {
	begun := r.time.Wall()
	for r.src.Next(f) == nil {
		r.take(f)
		r.pace()
		if f.Time >= begun.UnixNano() || r.time.Wall().Sub(begun) > drainFor {
			return
		}
	}
}

// NoPause implements timeline.Handler.
func (r *reader) NoPause(f *capture.Frame, passed time.Duration) bool {
	return r.ingest.NoPause(f, passed)
}

// pace sends what has waited long enough and lets tables forget what is too old.
func (r *reader) pace() {
	now := r.time.Now()
	if r.live {
		if now-r.flushed >= r.flush {
			r.lag.measure(r.newest, r.time.Wall().UnixNano())
			r.sendAll()
		}
		if now-r.ticked >= tickEvery {
			r.tick()
		}
	} else if r.sinceSync >= syncEvery {
		r.tick()
	}
	if now-r.swept >= tickEvery {
		r.sweep()
	}
}

// idle advances packet time and sends everything: the live source has no packet. Before its first packet it has no time of its own; the workers then
// get a batch that holds nothing and says up to when there was nothing, so that what other sources bring is not kept back for this one.
func (r *reader) idle() {
	r.time.Idle()
	r.newest = r.time.Wall().UnixNano()
	r.lag.measure(r.newest, r.newest)
	r.sendAll()
	r.pace()
	if r.time.Now() == 0 {
		r.tickAt(r.time.Blank())
	}
	r.publish()
}

// sendAll hands over all batches that are being filled. One for a worker that is busy is filled further: batches with a few messages each would fill its
// queue.
func (r *reader) sendAll() {
	now := r.time.Now()
	load := uint32(0)
	for i := range r.out {
		if !r.live || !r.out[i].busy() {
			r.out[i].send(now)
		}
		load = max(load, r.out[i].load.Load())
	}
	r.flushed = now
	if r.live {
		r.ingest.LeaveOutCopies(load > 0)
	}
	if r.full {
		r.full = false
		r.shedAt.note(ShedAny, time.Since(r.begun))
	}
}

// tick brings all workers to the reader's time.
func (r *reader) tick() {
	now := r.time.Now()
	r.tickAt(now)
	r.ticked, r.flushed, r.sinceSync = now, now, 0
}

// tickAt brings the workers to a time. One that is busy comes to it with the batches that follow.
func (r *reader) tickAt(watermark int64) {
	for i := range r.out {
		if !r.live || !r.out[i].busy() {
			r.out[i].tick(r.id, watermark, !r.live)
		}
	}
}

// sweep expires what reassembly holds and checks whether the kernel has lost packets.
func (r *reader) sweep() {
	r.swept = r.time.Now()
	r.ingest.Expire(r.swept)
	if !r.live {
		return
	}
	var lost uint64
	stats := r.src.Stats()
	for _, s := range stats {
		lost += s.KernelDropped + s.InterfaceDropped
	}
	r.pressure.look(stats, r.lag.duration())
	if source, ok := r.src.(Interrupted); ok && source.Interrupted() {
		r.blindUntil = r.swept + blindAfter
	}
	r.captured = 0
	if lost > r.lost || r.swept < r.blindUntil {
		r.captured = record.CaptureDrops
	}
	r.lost = lost
	r.publish()
}

// end delivers what is left and tells the workers that this reader has nothing more.
func (r *reader) end() {
	r.time.Close()
	r.ingest.Close(r.time.Now())
	for i := range r.out {
		r.out[i].tick(r.id, r.time.Now(), true)
		r.out[i].tick(r.id, endOfReader, true)
	}
	r.publish()
}

// publish makes the counters visible to other goroutines.
func (r *reader) publish() {
	r.beat.Add(1)
	stats := r.src.Stats()
	r.mu.Lock()
	r.published = ReaderSnapshot{Snapshot: r.ingest.Snapshot(), Interfaces: stats, Clock: r.time.Steps()}
	r.published.First, r.published.Last = r.time.Span()
	r.mu.Unlock()
}

func (r *reader) snapshot() ReaderSnapshot {
	r.mu.Lock()
	s := r.published
	r.mu.Unlock()
	r.shed.fold(&s.Account)
	return s
}
