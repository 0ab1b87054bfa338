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
	"sipspan/internal/packet"
	"sipspan/reassembly"
	"sipspan/record"
)

const (
	// syncEvery is after how many messages of a file all workers are brought to the same time, so that the merger can
	// write what is behind it.
	syncEvery = 4096
	// tickEvery is how often, in packet time, a live reader moves the workers' time on.
	tickEvery = int64(time.Second)
	// idleLag is how far behind the wall clock the packet time of an idle interface is kept: the kernel hands packets
	// over in blocks, and one may still be on its way.
	idleLag = int64(500 * time.Millisecond)
	// publishEvery is after how many packets a reader makes its account visible to others.
	publishEvery = 1024
)

// reader takes packets from one source to the workers' batches. One goroutine owns it.
type reader struct {
	id      int
	src     Source
	live    bool
	flush   int64 // nanoseconds a message may wait, live
	out     []outlet
	pkt     packet.Packet
	defrag  *reassembly.Defrag
	streams *reassembly.Streams
	copies  *copies // nil: what was captured twice counts twice
	shared  bool    // other readers use copies as well

	time      timeline
	probation probation
	clock     int64 // packet time; never goes back
	at        int64 // time of the packet in hand; it may lie a little before the clock
	now       func() time.Time
	idled     int64 // wall clock when the source was last found idle, 0 before
	flushed   int64
	ticked    int64
	swept     int64
	sinceSync int
	dropped   bool         // a message of the packet in hand found no batch
	sent      bool         // a message of the packet in hand went to a worker
	repeated  bool         // a message of the packet in hand is a copy of what another reader saw
	captured  record.Flags // CaptureDrops while the kernel is losing packets
	lost      uint64       // kernel and interface drops at the last look
	account   Account
	quoted    packet.Packet // what an ICMP error is about
	attempts  attempts
	beat      atomic.Uint64
	log       *slog.Logger

	mu        sync.Mutex
	published ReaderSnapshot
}

// ReaderSnapshot is what one reader has counted.
type ReaderSnapshot struct {
	Account    Account
	Fragments  reassembly.DefragStats
	TCP        reassembly.StreamsStats
	Interfaces []capture.InterfaceStats
	First      int64 // stamp of the earliest packet, Unix nanoseconds; 0 before the first
	Last       int64 // stamp of the latest packet
	Clock      ClockSteps
}

func newReader(id int, src Source, live bool, cfg Config, rc reassembly.Config, out []outlet, epochs *epochs) *reader {
	r := &reader{id: id, src: src, live: live, flush: int64(cfg.FlushEvery), out: out, now: time.Now}
	r.time = timeline{epochs: epochs, shared: live}
	r.defrag = reassembly.NewDefrag(rc.Fragments)
	r.streams = reassembly.NewStreams(rc.TCP, (*framer)(r))
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

// packet takes one frame to its fate.
func (r *reader) packet(f *capture.Frame) {
	r.account.Packets++
	r.account.Bytes += uint64(f.Length)
	verdict := r.pkt.Walk(uint16(f.Link), f.Data)
	if verdict == packet.VerdictFragment {
		r.fragment()
		return
	}
	r.transport(verdict, f.Number, 1)
}

// fragment holds a fragment back until its datagram is whole. All packets of a datagram share its fate.
func (r *reader) fragment() {
	r.account.Held++
	for depth := 0; depth < 4; depth++ {
		frag := r.pkt.Fragment
		payload, packets, ok := r.defrag.Add(r.clock, &frag, r.pkt.Payload)
		r.losses()
		r.copiedFragments()
		if !ok {
			return
		}
		verdict := r.pkt.Resume(frag.Src, frag.Dst, frag.Proto, payload)
		if verdict != packet.VerdictFragment {
			r.account.Held -= uint64(packets)
			r.transport(verdict, 0, uint64(packets))
			return
		}
		// A fragment inside a fragment stands for the packets it came in; it goes on as one held packet.
		r.account.Held -= uint64(packets - 1)
		r.account.Delivered += uint64(packets - 1)
	}
}

// losses books the fragments whose datagram was given up.
func (r *reader) losses() { r.lose(r.defrag.Expire(r.clock)) }

func (r *reader) lose(fragments int) {
	r.account.Held -= uint64(fragments)
	r.account.Dropped[DroppedFragment] += uint64(fragments)
}

// transport books the fate of packets that carry one transport datagram or segment.
func (r *reader) transport(v packet.Verdict, number, packets uint64) {
	r.dropped, r.sent, r.repeated = false, false, false
	switch v {
	case packet.VerdictUDP:
		if why := r.datagram(number); why != taken {
			r.account.Ignored[why] += packets
			return
		}
	case packet.VerdictTCP:
		r.watch()
		switch r.streams.Add(r.at, &r.pkt) {
		case reassembly.Taken, reassembly.Held:
			r.copiedTCP() // notes it
		case reassembly.Control:
			r.account.Ignored[IgnoredTCPControl] += packets
			return
		case reassembly.Duplicate:
			why := IgnoredTCPDuplicate
			if r.copiedTCP() {
				why = IgnoredDuplicate
			}
			r.account.Ignored[why] += packets
			return
		case reassembly.Ignored:
			r.account.Ignored[IgnoredNotSIP] += packets
			return
		case reassembly.Refused:
			r.account.Dropped[DroppedTCPRefused] += packets
			return
		}
	default:
		if r.pkt.Quoted != nil {
			r.unreachable()
		}
		r.account.Ignored[r.pkt.Reason] += packets
		return
	}
	switch {
	case r.dropped:
		r.account.Dropped[DroppedQueue] += packets
	case r.repeated && !r.sent:
		r.account.Ignored[IgnoredDuplicate] += packets
	default:
		r.account.Delivered += packets
	}
}

// pace sends what has waited long enough and lets tables forget what is too old.
func (r *reader) pace() {
	if r.live {
		if r.clock-r.flushed >= r.flush {
			r.sendAll()
		}
		if r.clock-r.ticked >= tickEvery {
			r.tick()
		}
	} else if r.sinceSync >= syncEvery {
		r.tick()
	}
	if r.clock-r.swept >= tickEvery {
		r.sweep()
	}
}

// idle moves time on when nothing arrives. That the source was found idle says nothing of now: between that look and this
// line the program may have waited for a processor for seconds, while packets piled up. It says that all which arrived
// before the source was asked has been read. So time follows the idle poll before this one, and no timer fires over a
// packet that only waits to be read.
func (r *reader) idle() {
	r.watchWall()
	r.settle(noneNow)
	if r.idled != 0 {
		r.time.idle(r.idled - idleLag)
		r.clock = r.time.now
	}
	r.idled = r.probation.wall.UnixNano()
	r.sendAll()
	r.pace()
	r.publish()
}

func (r *reader) sendAll() {
	for i := range r.out {
		r.out[i].send(r.clock)
	}
	r.flushed = r.clock
}

// tick brings all workers to the reader's time.
func (r *reader) tick() {
	for i := range r.out {
		r.out[i].tick(r.id, r.clock, !r.live)
	}
	r.ticked, r.flushed, r.sinceSync = r.clock, r.clock, 0
}

// sweep expires what reassembly holds and looks after the kernel's losses.
func (r *reader) sweep() {
	r.swept = r.clock
	r.losses()
	r.streams.Expire(r.clock)
	if !r.live {
		return
	}
	var lost uint64
	for _, s := range r.src.Stats() {
		lost += s.KernelDropped + s.InterfaceDropped
	}
	r.captured = 0
	if lost > r.lost {
		r.captured = record.CaptureDrops
	}
	r.lost = lost
	r.publish()
}

// end offers the rest of every stream, books what is left and tells the workers that this reader has nothing more.
func (r *reader) end() {
	r.settle(noneAtAll)
	r.streams.Close(r.clock)
	r.lose(r.defrag.Close())
	for i := range r.out {
		r.out[i].tick(r.id, r.clock, true)
		r.out[i].tick(r.id, endOfReader, true)
	}
	r.publish()
}

// publish makes the account visible to other goroutines.
func (r *reader) publish() {
	r.beat.Add(1)
	stats := r.src.Stats()
	r.mu.Lock()
	r.published = ReaderSnapshot{Account: r.account, Fragments: r.defrag.Stats(), TCP: r.streams.Stats(), Interfaces: stats, Clock: r.time.steps}
	r.published.First, r.published.Last = r.time.span()
	r.mu.Unlock()
}

func (r *reader) snapshot() ReaderSnapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.published
}
