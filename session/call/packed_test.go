package call

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

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

// wholeCall returns a call in which nothing is zero that a call keeps while it waits.
func wholeCall() *Call {
	c := &Call{text: store.NewText(64)}
	x := &c.text
	at := int64(1_700_000_000e9)
	next := func() int64 { at += 1_234_567; return at }
	addr := func(n byte) netip.AddrPort { return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, n}), 5060) }
	text := func(s string) store.Piece { return x.Add([]byte(s)) }
	c.start, c.deadline, c.limit, c.last, c.attemptStart = next(), next(), next(), next(), next()
	c.established, c.provisional, c.looked, c.refreshed = next()-9e9, next(), next(), next()
	c.answered, c.callerSeen, c.calleeSeen, c.acked, c.active, c.cutOff, c.skewed = true, true, true, true, true, true, true
	c.challenged, c.answerKept, c.offeredByCallee, c.renegotiated, c.endedBehind = true, true, true, true, true
	c.sender, c.messages, c.retransmissions, c.origin, c.cseq, c.flags, c.attempt, c.answers = 1<<63+5, 12, 3, 1, 4_000_000_000, 3, 2, 4
	c.src, c.dst = addr(1), netip.MustParseAddrPort("[2001:db8::1]:5061")
	c.fromURI, c.fromName, c.fromTag = text("sip:a@example.com"), text("A"), text("f")
	c.toURI, c.toName, c.toTag = text("sip:b@example.com"), text("B"), text("t")
	c.uri, c.agent, c.winner = text("sip:b@host"), text("Agent/1"), text("t")
	c.identity = []store.Piece{text("tel:+123"), text("sip:123@example.com")}
	h := hop{
		src: addr(1), dst: addr(2), answerer: addr(3), below: true, unasked: true, byACK: true, givenUp: true, rings: true, announces: true,
		attempt: 2, status: 200, transport: wire.TLS, vias: 3, start: next(), firstResponse: next(), alerted: next(), shown: next(), final: next(),
		progress: next(), ring: next(), cancel: next(), settled: next(), ackTag: 77, finalHash: 1 << 60, uri: c.uri, reason: text("OK"), agent: text("Server/2"),
	}
	c.hops = []hop{h, h}
	f := fork{
		tag: text("t2"), epid: text("01010101"), contact: text("sip:b@10.0.0.2"), agent: text("Phone"), hop: 1, status: 180, proved: true, ended: true,
		answeredAt: next(), alerted: next(), rung: next(), last: next(), shown: next(),
	}
	c.forks = []fork{f, f}
	c.description, c.offerLen, c.other = []byte("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nv=0\r\n"), 20, []byte("v=0\r\n")
	c.link = linkState{
		keys: []linkKey{{link.KeyReplaces, 2, text("other@host")}}, origin: 9, media: 10, focus: 11, id: link.ID(next()), announced: 1, holds: 1, resumed: 3,
		wants: [link.NumSides]uint64{12, 13}, ordinary: [link.NumSides]bool{true, true}, mixes: [link.NumSides]bool{true, true}, outcome: 200, referred: true,
	}
	c.interval = 1800
	c.number, c.gap, c.endNoted = 1<<40, time.Minute, true
	c.holding = holding{
		stances: [link.NumSides]media.Stance{media.SendOnly, media.Listening}, since: [link.NumSides]uint8{1, 1}, known: true,
		list: []hold{{start: next(), end: next(), by: link.CalleeSide}},
	}
	c.notes = []note{{record.InstantMessage, next(), text("re-INVITE")}}
	c.instantMessages, c.typing, c.firstMessage, c.firstTyping, c.forwarded, c.behindBye = 1, 2, next(), next(), next(), next()
	c.forwardedHop, c.redirected, c.strayCancel, c.behind = 1, 14, 15, []uint64{16, 17}
	c.unreliable = unreliable{cseq: 1, rseq: 2, rack: 3, repeats: 4}
	c.tries = []record.Attempt{{Start: next(), Progress: next(), Final: next(), Status: 401}}
	c.left = []way{{addr(4), addr(5), 404, true}}
	c.challenge, c.formerChallenge = transaction.Challenge{Realm: 18, Fresh: true}, transaction.Challenge{Realm: 19, Fresh: true}
	c.raw = []byte("INVITE sip:b SIP/2.0")
	c.evidence = new(evidence.Refusal)
	c.refused, c.cancel, c.bye, c.byeDone, c.retryAt, c.byeStatus = next(), next(), next(), next(), next(), 503
	c.byeWait, c.byeDelay = record.Elapsed{D: time.Second, Known: true, From: next()}, record.Elapsed{D: 2 * time.Second, Known: true, From: next()}
	c.releasedBy, c.closing, c.unacknowledged, c.answerRepeated = "callee", []byte("BYE"), 3, 4
	return c
}

// nowhere holds no groups.
type nowhere struct{}

func (nowhere) MakeRoom()                {}
func (nowhere) Enter(*transaction.Group) {}
func (nowhere) Leave(*transaction.Group) {}

// blankUsage returns a usage without calls.
func blankUsage() *Usage {
	return New(transaction.NewTable(shard.NewShard(shard.DefaultConfig(), new(stats.Counters), nil)), nowhere{})
}

// Everything that a call keeps is there again when it is unpacked.
func TestPackedCallIsWhole(t *testing.T) {
	u := blankUsage()
	g := &transaction.Group{CallID: "c1@host", Call: wholeCall()}
	p := transaction.Packer{Table: u.Table}
	p.Pack(nil)
	u.Pack(&p, g, 0)
	packed := bytes.Clone(p.Packed())
	after := new(transaction.Group)
	p.Unpack(packed)
	if u.Pack(&p, after, u.Number(g)); p.Failed() || p.Rest() != 0 {
		t.Fatal("the packed call is damaged")
	}
	transactiontest.SameSession(t, g.Call, after.Call, true)
}
