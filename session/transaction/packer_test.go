package transaction_test

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/media"
	"sipspan/session/shard"
	"sipspan/session/stats"
	"sipspan/session/store"
	"sipspan/session/transaction"
	"sipspan/session/transaction/transactiontest"
)

// wholeRequest returns a request in which nothing is zero.
func wholeRequest() *transaction.Request {
	c := &transaction.Content{Text: store.NewText(64)}
	at := int64(1_700_000_100e9)
	next := func() int64 { at += 1_234_567; return at }
	text := func(s string) store.Piece { return c.Text.Add([]byte(s)) }
	addr := netip.MustParseAddrPort("10.0.0.7:5060")
	contacts := []transaction.Contact{{URI: text("sip:a@10.0.0.1"), Expires: 60, Instance: 21, Flow: 22}}
	c.Star, c.Expires, c.Size, c.Contacts, c.Listed, c.General, c.SeenAs = true, 3600, 17, contacts, contacts, 7200, addr
	c.Tries = []record.Attempt{{Start: next(), Progress: next(), Final: next(), Status: 401}}
	c.Explained = &record.Cause{
		Source: "sip", Code: "486", Text: "Busy", Origin: "10.0.0.1", Explanation: "busy", RetryAfter: 3,
		Evidence: []record.Evidence{{Time: 5, What: "486"}},
	}
	c.Name, c.URI, c.Agent, c.Reason = text("FOO"), text("sip:b@host"), text("Agent/1"), text("Busy Here")
	c.FromURI, c.FromName, c.FromTag = text("sip:a@example.com"), text("A"), text("f")
	c.ToURI, c.ToName, c.ToTag = text("sip:b@example.com"), text("B"), text("t")
	c.Event, c.ContentType, c.Body = text("presence"), text("text/plain"), text("Hello")
	c.Published = &transaction.Publishing{Match: text("etag"), Presence: &record.Presence{Entity: "a", Basic: "open", Activities: []string{"x"}, Note: "n", Changes: 1, Flapping: true}}
	x := transaction.Transaction{
		Via: 31, Final: next(), Start: next(), Responses: [6]uint32{1, 2, 3, 4, 5, 1 << 31}, Next: 5, Method: sip.REGISTER, Transport: wire.TCP, Below: true,
		Hop: 1, Status: 200, Vias: 2, Attempt: 3, Src: addr, Dst: addr, Answerer: addr, Target: 32, Lower: [transaction.KeptVias]uint64{33, 34, 35},
	}
	return &transaction.Request{
		Deadline: next(), CSeq: 7, Method: sip.REGISTER, Role: transaction.RoleRegister, Progress: transaction.Declined, Acked: true, Transactions: []transaction.Transaction{x, x},
		Sender: 1 << 63, Start: next(), First: next(), Final: next(), Status: 401, Described: 36, Flags: 1, Retried: true, Offered: true,
		Credentials: true, Refresh: true, Inside: true, Looped: true, Glared: true, Crossed: true, Outlived: true, LowCSeq: true, Side: link.CalleeSide,
		Stance: media.Nowhere, About: stats.EventDialog, Lost: true, Proved: true, Behind: true, Adopted: true, Open: true, Origin: 1, Attempt: 2,
		Repeats: 3, Gap: time.Minute, Target: 37, GaveUp: next(), Challenge: transaction.Challenge{Realm: 38, Fresh: true}, FormerChallenge: transaction.Challenge{Realm: 39, Fresh: true}, Raw: []byte("REGISTER"),
		Evidence: new(evidence.Refusal), Content: c,
	}
}

// Everything that a request keeps is there again when it is unpacked.
func TestPackedRequestIsWhole(t *testing.T) {
	p := transaction.Packer{Table: transaction.NewTable(shard.NewShard(shard.DefaultConfig(), new(stats.Counters), nil))}
	before, after := wholeRequest(), new(transaction.Request)
	began := before.Start
	p.Pack(nil)
	p.Base(&began)
	p.Request(before)
	packed := bytes.Clone(p.Packed())
	p.Unpack(packed)
	p.Base(&began)
	if p.Request(after); p.Failed() || p.Rest() != 0 {
		t.Fatal("the packed request is damaged")
	}
	transactiontest.SameRequest(t, before, after, true)
}
