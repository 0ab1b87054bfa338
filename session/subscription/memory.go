package subscription

import (
	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

// Number returns the number of the session.
func (s *Subscription) Number() uint64 { return s.number }

// Seen returns when the first message of the subscription was seen.
func (s *Subscription) Seen() int64 { return s.seen }

// HasEnded reports whether the subscription has, as far as was seen.
func (s *Subscription) HasEnded() bool { return s.ended != 0 }

// NoteEnd notes that the subscription has ended, and reports whether it has and that is news.
func (s *Subscription) NoteEnd() (news bool) {
	news = s.ended != 0 && !s.endNoted
	s.endNoted = s.endNoted || news
	return news
}

// Pack packs the subscription, or unpacks it.
func (s *Subscription) Pack(p *transaction.Packer) {
	p.Strings = &s.Text
	p.Bools(&s.stated, &s.piggybacked, &s.challenged, &s.accepted, &s.fetch, &s.left, &s.gone, &s.twin, &s.forked, &s.hereWanted, &s.reachable,
		&s.notified, &s.silent, &s.counted, &s.endNoted)
	p.Times(&s.deadline, &s.start, &s.seen, &s.last, &s.firstNotify, &s.asked, &s.answered, &s.granted, &s.until, &s.ended)
	p.Pieces(&s.event, &s.SubscriberTag, &s.notifierTag, &s.answerTag, &s.Resource, &s.subscriber, &s.StateWord, &s.ending, &s.reason)
	p.Addr(&s.src)
	p.Addr(&s.dst)
	store.Number(&p.Codec, &s.kind)
	store.Number(&p.Codec, &s.cseq)
	store.Number(&p.Codec, &s.expires)
	store.Number(&p.Codec, &s.status)
	store.Number(&p.Codec, &s.refreshes)
	store.Number(&p.Codec, &s.notifies)
	store.Number(&p.Codec, &s.failures)
	store.Number(&p.Codec, &s.changes)
	store.Number(&p.Codec, &s.state)
	store.Number(&p.Codec, &s.outcome)
	store.Number(&p.Codec, &s.flags)
	store.Number(&p.Codec, &s.gap)
	id := int64(s.id)
	p.Time(&id)
	s.id = link.ID(id)
	s.cause = transaction.InJSON(p, s.cause)
	if p.Has(s.eventState != nil) {
		if p.Unpacking() && s.eventState == nil {
			s.eventState = new(eventstate.State)
		}
		s.eventState.Pack(&p.Codec)
	}
	if int(s.kind) >= stats.NumEvents || int(s.state) >= stats.NumNotifyStates || int(s.outcome) >= record.NumOutcomes {
		p.Fail()
	}
}

// Weight returns how many bytes a subscription takes.
func (s *Subscription) Weight() int {
	n := subscriptionBytes + shard.Beyond(len(s.Text.Bytes()), startSubscription, 1)
	if s.eventState != nil {
		n += s.eventState.Bytes()
	}
	return n
}

// Touch reads a word of every line of a subscription that notifications read.
func (s *Subscription) Touch() uint64 {
	return uint64(s.deadline) + uint64(s.notifierTag.Len) + uint64(s.last) + uint64(s.notifies) + uint64(s.ended)
}

// pieces calls f with every piece of the text that the subscription still uses.
func (s *Subscription) pieces(f func(*store.Piece)) {
	for _, p := range [...]*store.Piece{
		&s.event, &s.SubscriberTag, &s.notifierTag, &s.answerTag, &s.Resource, &s.subscriber, &s.StateWord, &s.ending, &s.reason,
	} {
		f(p)
	}
}

// startSubscription is how many bytes the text of a subscription has room for from the start.
const startSubscription = 256

// subscriptionBytes is what a subscription takes, with the memory that it starts with and its places in tables.
var subscriptionBytes = shard.SizeOf[Subscription]() + startSubscription + 32
