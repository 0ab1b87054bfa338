package session

import (
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"sipspan/internal/wire"
	"sipspan/record"
	"sipspan/session/evidence"
)

// wholeCall returns a call in which nothing is zero that a call keeps while it waits.
func wholeCall() *call {
	c := &call{text: newText(64)}
	x := &c.text
	at := int64(1_700_000_000e9)
	next := func() int64 { at += 1_234_567; return at }
	addr := func(n byte) netip.AddrPort { return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, n}), 5060) }
	text := func(s string) piece { return x.add([]byte(s)) }
	c.start, c.deadline, c.limit, c.last, c.attemptStart = next(), next(), next(), next(), next()
	c.established, c.provisional, c.looked, c.refreshed = next()-9e9, next(), next(), next()
	c.answered, c.callerSeen, c.calleeSeen, c.acked, c.active, c.cutOff, c.skewed = true, true, true, true, true, true, true
	c.challenged, c.answerKept, c.offeredByCallee, c.renegotiated, c.endedBehind = true, true, true, true, true
	c.sender, c.messages, c.retransmissions, c.origin, c.cseq, c.flags, c.attempt, c.answers = 1<<63+5, 12, 3, 1, 4_000_000_000, 3, 2, 4
	c.src, c.dst = addr(1), netip.MustParseAddrPort("[2001:db8::1]:5061")
	c.fromURI, c.fromName, c.fromTag = text("sip:a@example.com"), text("A"), text("f")
	c.toURI, c.toName, c.toTag = text("sip:b@example.com"), text("B"), text("t")
	c.uri, c.agent, c.winner = text("sip:b@host"), text("Agent/1"), text("t")
	c.identity = []piece{text("tel:+123"), text("sip:123@example.com")}
	h := hop{
		src: addr(1), dst: addr(2), answerer: addr(3), below: true, unasked: true, byACK: true, givenUp: true, rings: true, announces: true,
		attempt: 2, status: 200, transport: wire.TLS, vias: 3, start: next(), heard: next(), alerted: next(), shown: next(), final: next(),
		progress: next(), ring: next(), cancel: next(), settled: next(), ackTag: 77, told: 1 << 60, uri: c.uri, reason: text("OK"), agent: text("Server/2"),
	}
	c.hops = []hop{h, h}
	f := fork{
		tag: text("t2"), epid: text("01010101"), contact: text("sip:b@10.0.0.2"), agent: text("Phone"), hop: 1, status: 180, proved: true, ended: true,
		answeredAt: next(), alerted: next(), rung: next(), last: next(), shown: next(),
	}
	c.forks = []fork{f, f}
	c.description, c.offerLen, c.other = []byte("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nv=0\r\n"), 20, []byte("v=0\r\n")
	c.numbers = numbers{sender: [2]uint64{5, 1 << 62}, cseq: [2]uint32{7, 8}}
	c.link = linkState{
		keys: []linkKey{{linkReplaces, 2, text("other@host")}}, origin: 9, media: 10, focus: 11, told: 1, holds: 2, resumed: 3,
		wants: [numSides]uint64{12, 13}, ordinary: [numSides]bool{true, true}, mixes: [numSides]bool{true, true}, outcome: 200, referred: true,
	}
	c.interval = 1800
	c.holding = holding{
		stances: [numSides]stance{stanceSendOnly, stanceListening}, since: [numSides]uint8{1, 2}, known: true,
		list: []hold{{start: next(), end: next(), by: calleeSide}},
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

// elsewhere are the fields of a call that are not in its packed form, because they are part of the memory that it works in or
// are set when it is thawed, and the one whose packed form is tested where it is defined.
var elsewhere = map[string]bool{"group": true, "text": true, "arrival": true, "link.leg": true, "evidence": true}

// sameState compares what two calls keep. Their pieces stand at different places of their texts. Nothing in want is zero, so
// that a field that is new in the type and not in its packed form is noticed.
func sameState(t *testing.T, path string, want, got reflect.Value, wantText, gotText *text) {
	t.Helper()
	if elsewhere[path] {
		return
	}
	name := func(part string) string {
		if path == "" {
			return part
		}
		return path + "." + part
	}
	switch {
	case want.Type() == reflect.TypeFor[piece]():
		read := func(v reflect.Value, x *text) string {
			return string(x.of(piece{uint32(v.Field(0).Uint()), uint32(v.Field(1).Uint())}))
		}
		if a, b := read(want, wantText), read(got, gotText); a == "" || a != b {
			t.Errorf("%s is %q, was %q", path, b, a)
		}
	case want.Type() == reflect.TypeFor[netip.AddrPort]():
		if a, b := fmt.Sprint(want), fmt.Sprint(got); want.IsZero() || a != b {
			t.Errorf("%s is %s, was %s", path, b, a)
		}
	case want.Kind() == reflect.Struct:
		for i := range want.NumField() {
			if field := want.Type().Field(i).Name; field != "_" {
				sameState(t, name(field), want.Field(i), got.Field(i), wantText, gotText)
			}
		}
	case want.Kind() == reflect.Pointer:
		if want.IsNil() || got.IsNil() {
			t.Errorf("%s is %v, was %v", path, got, want)
			return
		}
		sameState(t, path, want.Elem(), got.Elem(), wantText, gotText)
	case want.Kind() == reflect.Slice || want.Kind() == reflect.Array:
		if want.Len() == 0 || want.Len() != got.Len() {
			t.Errorf("%s has %d elements, had %d", path, got.Len(), want.Len())
			return
		}
		for i := range want.Len() {
			sameState(t, path, want.Index(i), got.Index(i), wantText, gotText)
		}
	case want.IsZero():
		t.Errorf("%s is zero in the call that shows whether all is packed", path)
	case !want.Equal(got):
		t.Errorf("%s is %v, was %v", path, got, want)
	}
}

// Everything that a call keeps is there again when it is thawed.
func TestPackedCallIsWhole(t *testing.T) {
	tr := newHarness(t, 1, nil).trackers[0]
	before := &group{callID: "c1@host", buried: true, call: wholeCall()}
	packed := tr.packed
	tr.packGroup(before)
	packed = append(packed, tr.packed...)
	if string(packedCallID(packed)) != before.callID || !packedUnder(packed, []byte("c1@host")) || packedUnder(packed, []byte("c1@hose")) {
		t.Error("the Call-ID is not what it was")
	}
	after := tr.blankGroup()
	after.call = tr.blankCall()
	if !tr.unpack(packed, after) {
		t.Fatal("the packed call is damaged")
	}
	if after.callID != before.callID || !after.buried {
		t.Errorf("the group is %q, %v", after.callID, after.buried)
	}
	if after.call.evidence == nil {
		t.Error("the evidence is lost")
	}
	sameState(t, "", reflect.ValueOf(before.call).Elem(), reflect.ValueOf(after.call).Elem(), &before.call.text, &after.call.text)

	packed[0]++
	if tr.unpack(packed, after) {
		t.Error("another version is not refused")
	}
}

// Bytes that are damaged are refused or read as another call; they never lead astray.
func FuzzUnpack(f *testing.F) {
	tr := newHarness(f, 1, nil).trackers[0]
	for _, c := range []*call{wholeCall(), {start: 1, deadline: 2, text: newText(16)}} {
		tr.packGroup(&group{callID: "c1", call: c})
		f.Add(append([]byte(nil), tr.packed...), append([]byte(nil), tr.unpacked...))
	}
	f.Fuzz(func(t *testing.T, packed, plain []byte) {
		tr := newHarness(t, 1, nil).trackers[0]
		g := &group{call: tr.blankCall()}
		tr.unpack(packed, g)
		g = &group{call: tr.blankCall()}
		tr.packer.Unpack(plain)
		tr.packer.callGroup(g)
		if !tr.packer.Failed() {
			tr.packGroup(g)
			if again := (&group{call: tr.blankCall()}); !tr.unpack(tr.packed, again) {
				t.Error("what was unpacked cannot be packed and unpacked again")
			}
		}
	})
}
