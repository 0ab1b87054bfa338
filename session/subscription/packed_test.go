package subscription

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"sipspan/record"
	"sipspan/session/eventstate"
	"sipspan/session/link"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/transaction/transactiontest"
)

// wholeSubscription returns a subscription in which nothing is zero.
func wholeSubscription() *Subscription {
	s := &Subscription{Text: store.NewText(64)}
	at := int64(1_700_000_200e9)
	next := func() int64 { at += 1_234_567; return at }
	text := func(v string) store.Piece { return s.Text.Add([]byte(v)) }
	s.start, s.seen, s.last, s.firstNotify, s.asked, s.answered = next(), next(), next(), next(), next(), next()
	s.granted, s.until, s.ended, s.deadline = next(), next(), next(), next()
	s.event, s.kind, s.SubscriberTag, s.notifierTag, s.answerTag = text("presence"), stats.EventPresence, text("f"), text("t"), text("a")
	s.Resource, s.subscriber, s.reason = text("sip:bob@example.com"), text("sip:alice@example.com"), text("OK")
	s.StateWord, s.ending = text("waiting"), text("noresource")
	s.src, s.dst = netip.MustParseAddrPort("10.0.0.1:5060"), netip.MustParseAddrPort("[2001:db8::1]:5061")
	s.cseq, s.expires, s.status, s.refreshes, s.notifies, s.failures, s.changes = 7, 600, 200, 1, 2, 3, 4
	s.state, s.outcome, s.flags, s.id = stats.NotifyPending, record.Expired, record.MidStream, link.ID(next())
	s.stated, s.piggybacked, s.challenged, s.accepted, s.fetch, s.left, s.gone, s.twin = true, true, true, true, true, true, true, true
	s.forked, s.hereWanted, s.reachable, s.notified, s.silent, s.counted, s.endNoted = true, true, true, true, true, true, true
	s.number, s.gap = 1<<40, time.Minute
	s.cause = &record.Cause{
		Source: "sip", Code: "486", Text: "Busy", Origin: "10.0.0.1", Explanation: "busy", RetryAfter: 3,
		Evidence: []record.Evidence{{Time: 5, What: "486"}},
	}
	s.eventState = new(eventstate.State)
	return s
}

// Everything that a subscription keeps is there again when it is unpacked.
func TestPackedSubscriptionIsWhole(t *testing.T) {
	p := transaction.Packer{Table: transaction.NewTable(shard.NewShard(shard.DefaultConfig(), new(stats.Counters), nil))}
	u := New(p.Table, nil, nil)
	before := wholeSubscription()
	began := before.Seen()
	p.Pack(nil)
	p.Base(&began)
	before.Pack(&p)
	packed := bytes.Clone(p.Packed())
	g := new(transaction.Group)
	after := u.Blank(g, before.Number())
	p.Unpack(packed)
	p.Base(&began)
	if after.Pack(&p); p.Failed() || p.Rest() != 0 {
		t.Fatal("the packed subscription is damaged")
	}
	transactiontest.SameSession(t, before, after, true)
	if after.eventState == nil || len(g.Subscriptions) != 1 || after.Group != g {
		t.Error("what the bodies said is gone, or the group")
	}
}
