package pipeline

import (
	"sync/atomic"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/pipeline/ingest"
	"sipspan/record"
	"sipspan/session"
)

// Shedding says what is left out because packets outrun the machine: each of its values includes those before it. What belongs to sessions that are
// followed is left out last, and only where there is no room for it.
type Shedding uint8

// The values of Shedding, in the order in which something is left out.
const (
	ShedNothing  Shedding = iota
	ShedSpare             // copies that the configuration wants counted, and messages that begin no session
	ShedSessions          // new registrations, publications, subscriptions and messages
	ShedCalls             // new calls
	ShedAny               // whatever finds no room
)

// String returns what is left out, for people.
func (s Shedding) String() string {
	return [...]string{"nothing", "messages that begin no session", "new sessions", "new sessions and calls", "messages for which there is no room"}[s]
}

// sheds reports whether messages of a rank are left out.
func (s Shedding) sheds(r session.Rank) bool { return Shedding(r) < s }

const (
	// recently is for how long Pipeline.Shedding reports what was left out.
	recently = 3 * time.Second
	// enoughRoom is the number of batches that must be able to wait for a worker for their number to mean something.
	enoughRoom = 8
)

// shedAt is when something was last left out, by what it was, in nanoseconds after the beginning of the run; 0: never.
type shedAt [ShedAny + 1]atomic.Int64

// note notes that something is left out.
func (a *shedAt) note(s Shedding, since time.Duration) { a[s].Store(max(int64(since), 1)) }

// within returns what was left out within the last seconds before now.
func (a *shedAt) within(now int64) (s Shedding) {
	for i := range a {
		if at := a[i].Load(); at != 0 && now-at < int64(recently) {
			s = Shedding(i)
		}
	}
	return s
}

// shedCounts counts what the workers have left out of the messages of one reader, by rank.
type shedCounts struct {
	packets, messages [session.NumRanks]atomic.Uint64
}

// shedder decides for one worker of a live capture what is left out.
type shedder struct {
	room    int        // how many batches can wait
	own     Shedding   // by the batches that wait
	readers []Shedding // by how far each reader is behind
	left    leftOut
	counts  []*shedCounts // by reader
	at      shedAt
	level   atomic.Uint32 // in force; the readers read it

	trackers *[wire.Shards]*session.Tracker // of the worker
	wall     func() time.Time
	begun    time.Time // the run
}

// watch makes the shedder that of a worker for which so many batches circulate, in a run that has begun.
func (s *shedder) watch(w *worker, readers []*reader, batches int, begun time.Time) {
	s.trackers, s.wall, s.begun = &w.trackers, w.wall, begun
	s.room = batches - 1 - len(readers) // the worker has one in hand, and each reader fills one
	s.readers = make([]Shedding, len(readers))
	for _, r := range readers {
		s.counts = append(s.counts, &r.shed)
	}
}

// weigh decides what is left out now: waiting is the number of batches that wait. It is so until few do.
func (s *shedder) weigh(b *batch, waiting int) Shedding {
	if s.room >= enoughRoom {
		switch {
		case waiting*16 >= s.room*15:
			s.own = ShedCalls
		case waiting*8 >= s.room*7:
			s.own = max(s.own, ShedSessions)
		case waiting*4 >= s.room*3:
			s.own = max(s.own, ShedSpare)
		case waiting*4 <= s.room:
			s.own = ShedNothing
		}
	}
	s.readers[b.reader] = b.behind
	level := s.own
	for _, r := range s.readers {
		level = max(level, r)
	}
	if uint32(level) != s.level.Load() {
		s.level.Store(uint32(level))
	}
	return level
}

// shed takes out of a batch what is left out under load, and what belongs to it. waiting is the number of batches that wait, clock the packet time.
func (s *shedder) shed(b *batch, waiting int, clock int64) {
	level := s.weigh(b, waiting)
	if level == ShedNothing && s.left.empty(clock) {
		return
	}
	most := ShedNothing
	kept := 0
	for i := range b.items {
		it := &b.items[i]
		if !it.event {
			if rank, out := s.leaveOut(b, it, kept, level); out {
				counts := s.counts[b.reader]
				counts.packets[rank].Add(uint64(it.packets))
				counts.messages[rank].Add(1)
				if level.sheds(rank) {
					most = max(most, Shedding(rank)+1)
				}
				continue
			}
		}
		b.items[kept] = *it
		kept++
	}
	b.items = b.items[:kept]
	if most != ShedNothing {
		s.at.note(most, s.wall().Sub(s.begun))
	}
}

// noCallID is the hash of what has no Call-ID.
var noCallID = wire.TableHash(nil)

// leaveOut reports whether a message is left out, and its rank if it is. kept is the number of messages of the batch that come before it.
func (s *shedder) leaveOut(b *batch, it *item, kept int, level Shedding) (session.Rank, bool) {
	left := &s.left
	if it.callID == noCallID {
		return session.NoSession, level.sheds(session.NoSession)
	}
	known := left.find(it.callID)
	if known == nil && level == ShedNothing && it.meta.Time >= left.unsure {
		return 0, false
	}
	if s.trackers[it.shard].Follows(it.callID) || level != ShedCalls && follows(b.items[:kept], it.callID) {
		return 0, false
	}
	if known != nil {
		if known.isRest(it.meta.Time) {
			return known.rank, true
		}
		*known = leftOutID{}
		it.meta.Flags |= record.CaptureDrops
	}
	if it.meta.Time < left.unsure {
		it.meta.Flags |= record.CaptureDrops
	}
	if level == ShedNothing {
		return 0, false
	}
	rank := session.RankOf(sip.PeekMethod(b.raw(it)))
	if !level.sheds(rank) {
		return 0, false
	}
	left.add(it.callID, rank, it.meta.Time)
	return rank, true
}

// follows reports whether one of the messages that are about to be handled has a Call-ID.
func follows(items []item, callID uint64) bool {
	for i := range items {
		if items[i].callID == callID && !items[i].event {
			return true
		}
	}
	return false
}

// shedReasons are what the account calls what the workers leave out, by rank.
var shedReasons = [session.NumRanks]ingest.Dropped{ingest.DroppedNoSession, ingest.DroppedNewSession, ingest.DroppedNewCall}

// fold moves the packets that the workers have left out from those delivered to those dropped.
func (c *shedCounts) fold(a *ingest.Account) {
	for rank, reason := range shedReasons {
		n := min(c.packets[rank].Load(), a.Delivered) // the reader may not have published its last packets yet
		a.Delivered -= n
		a.Dropped[reason] += n
	}
}
