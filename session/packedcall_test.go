package session

import (
	"bytes"
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
	"sipspan/session/media"
	"sipspan/session/stats"
	"sipspan/session/store"
)

// wholeCall returns a call in which nothing is zero that a call keeps while it waits.
func wholeCall() *call {
	c := &call{text: store.NewText(64)}
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
	c.challenge, c.formerChallenge = challenge{18, true}, challenge{19, true}
	c.raw = []byte("INVITE sip:b SIP/2.0")
	c.evidence = new(evidence.Refusal)
	c.refused, c.cancel, c.bye, c.byeDone, c.retryAt, c.byeStatus = next(), next(), next(), next(), next(), 503
	c.byeWait, c.byeDelay = record.Elapsed{D: time.Second, Known: true, From: next()}, record.Elapsed{D: 2 * time.Second, Known: true, From: next()}
	c.releasedBy, c.closing, c.unacknowledged, c.answerRepeated = "callee", []byte("BYE"), 3, 4
	return c
}

// elsewhere are the members of sessions that are not in their packed form, because they are part of the memory that a session
// works in or are set when it is thawed, and those whose packed form is tested where it is defined.
var elsewhere = map[string]bool{
	"group": true, "call": true, "subscription": true, "latest": true, "held": true, "text": true, "arrival": true, "Node": true, "alarm": true,
	"ref": true, "hash": true, "requests": true, "subscriptions": true, "nextDeadline": true, "idle": true, "use": true, "evidence": true, "bytes": true, "_": true,
	"eventState": true,
}

// wholeRequest returns a request in which nothing is zero.
func wholeRequest() *request {
	c := &content{text: store.NewText(64)}
	at := int64(1_700_000_100e9)
	next := func() int64 { at += 1_234_567; return at }
	text := func(s string) store.Piece { return c.text.Add([]byte(s)) }
	addr := netip.MustParseAddrPort("10.0.0.7:5060")
	contacts := []contact{{text("sip:a@10.0.0.1"), 60, 21, 22}}
	c.star, c.expires, c.size, c.contacts, c.listed, c.general, c.seenAs = true, 3600, 17, contacts, contacts, 7200, addr
	c.tries = []record.Attempt{{Start: next(), Progress: next(), Final: next(), Status: 401}}
	c.explained = &record.Cause{
		Source: "sip", Code: "486", Text: "Busy", Origin: "10.0.0.1", Explanation: "busy", RetryAfter: 3,
		Evidence: []record.Evidence{{Time: 5, What: "486"}},
	}
	c.name, c.uri, c.agent, c.reason = text("FOO"), text("sip:b@host"), text("Agent/1"), text("Busy Here")
	c.fromURI, c.fromName, c.fromTag = text("sip:a@example.com"), text("A"), text("f")
	c.toURI, c.toName, c.toTag = text("sip:b@example.com"), text("B"), text("t")
	c.event, c.contentType, c.body = text("presence"), text("text/plain"), text("Hello")
	c.published = &publishing{text("etag"), &record.Presence{Entity: "a", Basic: "open", Activities: []string{"x"}, Note: "n", Changes: 1, Flapping: true}}
	x := transaction{
		via: 31, final: next(), start: next(), responses: [6]uint32{1, 2, 3, 4, 5, 1 << 31}, next: 5, method: sip.REGISTER, transport: wire.TCP, below: true,
		hop: 1, status: 200, vias: 2, attempt: 3, src: addr, dst: addr, answerer: addr, target: 32, lower: [keptVias]uint64{33, 34, 35},
	}
	return &request{
		deadline: next(), cseq: 7, method: sip.REGISTER, role: roleRegister, progress: declined, acked: true, transactions: []transaction{x, x},
		sender: 1 << 63, start: next(), first: next(), final: next(), status: 401, described: 36, flags: 1, retried: true, offered: true,
		credentials: true, refresh: true, inside: true, looped: true, glared: true, crossed: true, outlived: true, lowCSeq: true, side: link.CalleeSide,
		stance: media.Nowhere, about: stats.EventDialog, lost: true, proved: true, behind: true, adopted: true, open: true, origin: 1, attempt: 2,
		repeats: 3, gap: time.Minute, target: 37, gaveUp: next(), challenge: challenge{38, true}, formerChallenge: challenge{39, true}, raw: []byte("REGISTER"),
		evidence: new(evidence.Refusal), content: c,
	}
}

// comparison compares what a session keeps before it is packed and afterwards. Its strings then stand at other places of its
// text.
type comparison struct {
	tb            testing.TB
	before, after *store.Text
	whole         bool // nothing is zero before, so that a member which is not packed is noticed
}

func (c *comparison) compare(path string, want, got reflect.Value) {
	c.tb.Helper()
	switch {
	case want.Type() == reflect.TypeFor[store.Piece]():
		read := func(v reflect.Value, x *store.Text) string {
			return string(x.Of(store.Piece{Off: uint32(v.Field(0).Uint()), Len: uint32(v.Field(1).Uint())}))
		}
		if a, b := read(want, c.before), read(got, c.after); a != b || c.whole && a == "" {
			c.tb.Errorf("%s is %q, was %q", path, b, a)
		}
	case want.Type() == reflect.TypeFor[netip.AddrPort]():
		if a, b := fmt.Sprint(want), fmt.Sprint(got); a != b || c.whole && want.IsZero() {
			c.tb.Errorf("%s is %s, was %s", path, b, a)
		}
	case want.Kind() == reflect.Struct:
		c.members(path, want, got)
	case want.Kind() == reflect.Pointer:
		if want.IsNil() != got.IsNil() || c.whole && want.IsNil() {
			c.tb.Errorf("%s is %v, was %v", path, got, want)
		} else if !want.IsNil() {
			c.compare(path, want.Elem(), got.Elem())
		}
	case want.Kind() == reflect.Slice || want.Kind() == reflect.Array:
		if want.Len() != got.Len() || c.whole && want.Len() == 0 {
			c.tb.Errorf("%s has %d elements, had %d", path, got.Len(), want.Len())
			return
		}
		for i := range want.Len() {
			c.compare(path, want.Index(i), got.Index(i))
		}
	case c.whole && want.IsZero():
		c.tb.Errorf("%s is zero in the session that shows whether all is packed", path)
	case !want.Equal(got):
		c.tb.Errorf("%s is %v, was %v", path, got, want)
	}
}

func (c *comparison) members(path string, want, got reflect.Value) {
	c.tb.Helper()
	for i := range want.NumField() {
		if name := want.Type().Field(i).Name; !elsewhere[name] {
			c.compare(path+"."+name, want.Field(i), got.Field(i))
		}
	}
}

// checkPacked fails if a group is another one after it was packed and unpacked.
func checkPacked(tb testing.TB, tr *Tracker, g *group, whole bool) {
	tb.Helper()
	tr.packGroup(g)
	after := tr.blankGroup()
	if !tr.unpack(tr.packed, after) {
		tb.Error("the packed session is damaged")
		return
	}
	(&comparison{tb: tb}).members("group", reflect.ValueOf(g).Elem(), reflect.ValueOf(after).Elem())
	if (g.call == nil) != (after.call == nil) {
		tb.Fatal("the call came or went")
	}
	if g.call != nil {
		c := &comparison{tb, &callIn(g).text, &callIn(after).text, whole}
		c.members("call", reflect.ValueOf(callIn(g)).Elem(), reflect.ValueOf(callIn(after)).Elem())
		if (callIn(g).evidence == nil) != (callIn(after).evidence == nil) {
			tb.Error("the evidence came or went")
		}
	}
	for i, r := range g.requests {
		x := after.requests[i]
		c := &comparison{tb: tb, whole: whole}
		if r.content != nil && x.content != nil {
			c.before, c.after = &r.text, &x.text
		}
		c.members("request", reflect.ValueOf(r).Elem(), reflect.ValueOf(x).Elem())
		if (r.call == nil) != (x.call == nil) || x.call != nil && x.call != after.call || x.group != after {
			tb.Error("the request belongs to another call or group")
		}
	}
	for _, x := range after.requests {
		tr.Evidence.Suspend(x.evidence, x.raw)
	}
	if c := callIn(after); c != nil {
		tr.Evidence.Suspend(c.evidence, c.raw, c.closing)
	}
}

// Everything that a call and its requests keep is there again when they are thawed.
func TestPackedSessionIsWhole(t *testing.T) {
	tr := newHarness(t, 1, nil).trackers[0]
	g := &group{callID: "c1@host", buried: true, shared: true, origin: 1 << 31, call: wholeCall(), nextDeadline: never}
	for range 2 {
		r := wholeRequest()
		r.group, r.call = g, callIn(g)
		g.requests, g.keys = append(g.requests, r), append(g.keys, requestKey(r.cseq, r.method))
		g.nextDeadline = min(g.nextDeadline, r.deadline)
	}
	checkPacked(t, tr, g, true)
	packed := bytes.Clone(tr.packed)
	if string(packedCallID(packed)) != g.callID || !packedUnder(packed, []byte("c1@host")) || packedUnder(packed, []byte("c1@hose")) {
		t.Error("the Call-ID is not what it was")
	}
	packed[0]++
	if tr.unpack(packed, tr.blankGroup()) {
		t.Error("another version is not refused")
	}
}

// Bytes that are damaged are refused or read as another call; they never lead astray.
func FuzzUnpack(f *testing.F) {
	tr := newHarness(f, 1, nil).trackers[0]
	for _, c := range []*call{wholeCall(), {start: 1, deadline: 2, text: store.NewText(16)}} {
		tr.packGroup(&group{callID: "c1", call: c})
		f.Add(append([]byte(nil), tr.packed...), append([]byte(nil), tr.unpacked...))
	}
	s := wholeSubscription()
	s.group = &group{callID: "s1", subscriptions: []Session{s}}
	tr.packSubscription(s)
	f.Add(append([]byte(nil), tr.packed...), append([]byte(nil), tr.unpacked...))
	f.Fuzz(func(t *testing.T, packed, plain []byte) {
		tr := newHarness(t, 1, nil).trackers[0]
		tr.unpack(packed, tr.blankGroup())
		g := tr.blankGroup()
		tr.calls.packer.Unpack(plain)
		tr.calls.packer.usage, tr.calls.packer.table = tr.calls, tr.Table
		tr.calls.packer.group(g)
		if !tr.calls.packer.Failed() {
			tr.packGroup(g)
			if !tr.unpack(tr.packed, tr.blankGroup()) {
				t.Error("what was unpacked cannot be packed and unpacked again")
			}
			for _, s := range subscriptionsIn(g) {
				if tr.packSubscription(s) && !tr.unpack(tr.packed, tr.blankGroup()) {
					t.Error("the subscription that was unpacked cannot be packed and unpacked again")
				}
			}
		}
	})
}
