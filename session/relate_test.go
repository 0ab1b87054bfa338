package session

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

// between are the services that several Call-IDs make together.
var between = []record.Service{
	record.MusicOnHold, record.ConsultationHold, record.TransferUnattended, record.TransferAttended, record.ThreeWayCall,
	record.CallPark, record.CallPickup, record.AutomaticRedial, record.ClickToDial,
}

// dealings writes what a call has to do with others: the services they make together and the relations.
func dealings(c *record.Call) string {
	words := []string{c.CallID + ":"}
	for _, name := range c.Services {
		if s, ok := record.ServiceNamed(name); ok && slices.Contains(between, s) {
			words = append(words, name)
		}
	}
	for _, r := range c.Related {
		words = append(words, fmt.Sprintf("%s=%s(%g)", r.Relation, r.CallID, r.Score))
	}
	return strings.Join(words, " ")
}

func allDealings(records []record.Record) (list []string) {
	for _, r := range records {
		if c, ok := r.(*record.Call); ok {
			list = append(list, dealings(c))
		}
	}
	sort.Strings(list)
	return list
}

type relationTest struct {
	name string
	flow string
	want string // calls that have to do with others; the rest has nothing
}

// runRelations runs each flow.
func runRelations(t *testing.T, tests []relationTest) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			messages := dialogue(test.flow).messages(t)
			slices.SortStableFunc(messages, func(a, b flowMessage) int { return int(a.meta.Time - b.meta.Time) })
			checkDealings(t, messages, test.want)
		})
	}
}

// checkDealings compares what calls have to do with each other: for any number of trackers, however often time is told,
// and however soon the capture ends.
func checkDealings(t *testing.T, messages []flowMessage, want string) {
	t.Helper()
	for _, shards := range []int{1, 3, 32, 64} {
		h := newHarness(t, shards, nil)
		for i := range messages {
			h.handle(&messages[i])
			if shards == 3 {
				continue
			}
			for _, tracker := range h.trackers {
				tracker.Advance(messages[i].meta.Time)
			}
			h.correlator.Advance(messages[i].meta.Time)
		}
		if shards > 1 {
			h.idle(600)
		}
		var got []string
		for _, line := range allDealings(h.close()) {
			if !strings.HasSuffix(line, ":") {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(wantedLines(want), got); diff != "" {
			t.Errorf("%d shards: -want +got:\n%s", shards, diff)
		}
		checkForgotten(t, h)
	}
}

func wantedLines(text string) (list []string) {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	sort.Strings(list)
	return list
}

// checkForgotten fails if anything is left of calls whose records were handed on.
func checkForgotten(t *testing.T, h *harness) {
	t.Helper()
	if n := h.correlator.Open(); n != 0 {
		t.Errorf("left: %d values of calls whose records were handed on", n)
	}
}

const sdpType = " h=Content-Type:application/sdp "

// description is a session description of a dialogue.
func descriptionOf(origin, addr string, port int) string {
	return fmt.Sprintf("%sbody=v=0|o=-_%s_1_IN_IP4_%s|s=-|c=IN_IP4_%s|t=0_0|m=audio_%d_RTP/AVP_0", sdpType, origin, addr, addr, port)
}

func TestLegsByHeader(t *testing.T) {
	const (
		nobody = "00000000000000000000000000000000"
		uuidA  = "ab30317f1a784dc48ff824d0d3715d86"
		uuidB  = "47755a9de7794ba387653f2099600ef2"
	)
	runRelations(t, []relationTest{
		{"Session-ID passed on", `
			0 call c1 a>b 100 200 h=Session-ID:` + uuidA + `;remote=` + nobody + `
			0.01 call c2 b>c 555 777 h=Session-ID:` + strings.ToUpper(uuidA) + `;remote=` + nobody + `
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: session_id=c2(1)\nc2: session_id=c1(1)"},
		{"Session-ID of the side that was called first", `
			0 ring c1 b>a 555 100 h=Session-ID:` + uuidB + `;remote=` + nobody + `
			1 answer c1 h=Session-ID:` + uuidA + `;remote=` + uuidB + `
			2 call c2 b>c 555 777 h=Session-ID:` + uuidA + `;remote=` + nobody + `
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: session_id=c2(1)\nc2: session_id=c1(1)"},
		{"Session-ID of nobody ties nothing", `
			0 call c1 a>b 100 200 h=Session-ID:` + nobody + `
			0.01 call c2 b>c 555 777 h=Session-ID:` + nobody + `
			9 bye c1 a
			9 bye c2 b`, ""},
		{"charging vector, whatever else is in it", `
			0 call c1 a>b 100 200 h=P-Charging-Vector:icid-value="AyretyU0dm+6O2IrT5tAFrbHLso";icid-generated-at=192.0.2.1
			0.01 call c2 b>c 555 777 h=P-Charging-Vector:orig-ioi=home1.example;icid-value=AyretyU0dm+6O2IrT5tAFrbHLso
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: icid=c2(0.95)\nc2: icid=c1(0.95)"},
		{"Ms-Conversation-ID", `
			0 call c1 a>b alice bob h=Ms-Conversation-ID:AcxvsnDe5tAO
			5 call c2 a>b alice bob h=Ms-Conversation-ID:AcxvsnDe5tAO
			9 bye c1 a
			9.01 bye c2 a`,
			"c1: ms_conversation_id=c2(0.9)\nc2: ms_conversation_id=c1(0.9)"},
		{"a header field with the Call-ID of the other leg, seen first or last", `
			0 ring c1 a>b 100 200
			0.01 call c2 b>c 555 777 h=X-CID:c1
			0.02 call c3 b>d 555 888 h=X-Call-ID:c1
			3 bye c3 b
			4 answer c1
			9 bye c1 a
			9.01 bye c2 b`,
			`c1: x_call_id=c2(0.95) x_call_id=c3(0.95)
			 c2: x_call_id=c1(0.95) x_call_id=c3(0.95)
			 c3: x_call_id=c1(0.95) x_call_id=c2(0.95)`},
		{"a value in such a header field that both have", `
			0 call c1 a>b 100 200 h=X-Original-Call-ID:token-1
			0.01 call c2 b>c 555 777 h=x-original-call-id:token-1
			0.02 call c3 b>c 555 777 h=X-Original-Call-ID:token-2
			9 bye c1 a
			9.01 bye c2 b
			9.02 bye c3 b`,
			"c1: x_call_id=c2(0.95)\nc2: x_call_id=c1(0.95)"},
		{"a proxy adds the header field behind the first hop", `
			0 call c1 a>b 100 200 h=P-Charging-Vector:icid-value=one
			1 ring c2 c>d 555 777
			1.01 call c3 e>f 999 888
			5 bye c3 e
			9 bye c1 a
			9.01 cancel c2`, ""},
		{"several reasons are one relation", `
			0 call c1 a>b 100 200 h=Session-ID:` + uuidA + ` h=P-Charging-Vector:icid-value=one
			0.01 call c2 b>c 555 777 h=Session-ID:` + uuidA + ` h=P-Charging-Vector:icid-value=one h=X-CID:c1
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: session_id=c2(1)\nc2: session_id=c1(1)"},
		{"the leg that ended first is named by the one that went on", `
			0 ring c1 a>b 100 200 h=Session-ID:` + uuidA + `
			0.01 fail c2 b>c 555 777 503 h=Session-ID:` + uuidA + `
			0.05 call c3 b>d 555 777 h=Session-ID:` + uuidA + `
			0.2 answer c1
			50 bye c1 a
			50.01 bye c3 b`,
			`c1: session_id=c2(1) session_id=c3(1)
			 c2: session_id=c1(1) session_id=c3(1)
			 c3: session_id=c1(1) session_id=c2(1)`},
		{"Replaces of a call that was not seen", `
			0 call c2 b>c bob carol h=Replaces:gone@192.0.2.1;to-tag=1;from-tag=2
			9 bye c2 b`, "c2: replaces=gone@192.0.2.1(0.9)"},
	})
}

// However many legs name the Call-ID of one, at a time or one after the other, they are that one's.
func TestManyLegs(t *testing.T) {
	var together, after strings.Builder
	together.WriteString("0 ring c0 a>b 100 200\n")
	after.WriteString("0 ring c0 a>b 100 200 h=Session-ID:1\n")
	for i := 1; i <= 14; i++ {
		fmt.Fprintf(&together, "%d ring c%d b>c 555 777 h=X-CID:c0\n%d cancel c%d\n", 1, i, 20, i)
		fmt.Fprintf(&after, "%d fail c%d b>c 555 777 486 h=Session-ID:1\n", i*10, i)
	}
	fmt.Fprint(&together, "21 cancel c0\n")
	for name, test := range map[string]string{"together": together.String(), "one after the other": after.String() + "150 cancel c0\n"} {
		h := newHarness(t, 3, nil)
		for _, m := range dialogue(test).messages(t) {
			h.handle(&m)
		}
		h.idle(600)
		for _, r := range h.close() {
			if c, ok := r.(*record.Call); ok && c.CallID == "c0" && len(c.Related) != 14 {
				t.Errorf("%s: %d related: %v", name, len(c.Related), c.Related)
			}
		}
		checkForgotten(t, h)
	}
}

// A value that many calls have at a time is no conversation's: some software sends a constant.
func TestCommonValuesTieNothing(t *testing.T) {
	var b strings.Builder
	const calls = 24 // three times as many as may have one value
	for i := range calls {
		fmt.Fprintf(&b, "%d call c%d a>b %d %d h=X-CID:default h=P-Charging-Vector:icid-value=0 h=Session-ID:1\n", i, i, 1000+i, 2000+i)
	}
	for i := range calls {
		fmt.Fprintf(&b, "%d bye c%d a\n", 100+i, i)
	}
	runRelations(t, []relationTest{{"constant", b.String(), ""}})
}

func TestLegsByMedia(t *testing.T) {
	passed := descriptionOf("111", "192.0.2.1", 4000)
	relayed := sdpType + "body=v=0|o=-_111_1_IN_IP4_192.0.2.1|s=-|c=IN_IP4_192.0.2.2|t=0_0|m=audio_7000_RTP/AVP_0"
	own := descriptionOf("222", "192.0.2.2", 6000)
	const end = "\n9 bye c1 a\n9.01 bye c2 b\n"
	runRelations(t, []relationTest{
		{"the session description is passed on; the numbers are written in other ways", `
			0 ring c1 a>b +49-30-1234567 0049307654321` + passed + `
			0.01 call c2 b>c 0301234567 +49307654321` + passed + `
			0.1 answer c1` + end,
			"c1: media=c2(0.9)\nc2: media=c1(0.9)"},
		{"passed on by an element that was not seen", `
			0 ring c1 a>b 100 200` + passed + `
			0.01 call c2 c>d 100 200` + passed + `
			0.1 answer c1
			9 bye c1 a
			9.01 bye c2 c`,
			"c1: media=c2(0.9)\nc2: media=c1(0.9)"},
		{"three legs", `
			0 ring c1 a>b 100 200` + passed + `
			0.01 ring c2 b>c 100 200` + passed + `
			0.02 call c3 c>d 100 200` + passed + `
			0.1 answer c2
			0.2 answer c1
			9 bye c3 c` + end,
			`c1: media=c2(0.9) media=c3(0.9)
			 c2: media=c1(0.9) media=c3(0.9)
			 c3: media=c1(0.9) media=c2(0.9)`},
		{"the media are relayed and the origin is kept", `
			0 ring c1 a>b 100 200` + passed + `
			0.01 call c2 b>c 100 200` + relayed + `
			0.1 answer c1` + end,
			"c1: media=c2(0.8)\nc2: media=c1(0.8)"},
		{"nothing is kept but the way and the numbers", `
			0 ring c1 a>b 100 200` + passed + `
			0.01 call c2 b>c 100 200` + own + `
			0.1 answer c1` + end,
			"c1: media=c2(0.5)\nc2: media=c1(0.5)"},
		{"other numbers", `
			0 ring c1 a>b 100 200` + passed + `
			0.01 call c2 b>c 100 201` + passed + `
			0.1 answer c1` + end, ""},
		{"the same telephone calls twice, with the same session description", `
			0 fail c1 a>b 100 200 503` + passed + `
			0.01 call c2 a>b 100 200` + passed + `
			9 bye c2 a`, ""},
		{"two telephones with the same session description", `
			0 ring c1 a>b 100 200` + passed + `
			0.01 call c2 c>b 100 200` + passed + `
			4 answer c1
			9 bye c1 a
			9.01 bye c2 c`, ""},
		{"too late to be a leg", `
			0 ring c1 a>b 100 200` + passed + `
			3 call c2 b>c 100 200` + own + `
			4 answer c1` + end, ""},
		{"two calls at a time, and nobody knows which leg is whose", `
			0 ring c1 a>b 100 200` + passed + `
			0.01 ring c3 d>b 100 200` + descriptionOf("333", "192.0.2.4", 4000) + `
			0.02 call c2 b>c 100 200` + own + `
			0.03 call c4 b>c 100 200` + own + `
			0.1 answer c1
			0.1 answer c3
			9 bye c3 d
			9 bye c4 b` + end, ""},
		{"a Session-ID says that they are not the same", `
			0 ring c1 a>b 100 200 h=Session-ID:1` + passed + `
			0.01 call c2 b>c 100 200 h=Session-ID:2` + passed + `
			0.1 answer c1` + end, ""},
		{"an element with one address on either side", `
			0 ring c1 a>b +493012345678@x.example +498998765432@y.example` + passed + `
			0.01 call c2 c>d 03012345678@192.0.2.3 08998765432@192.0.2.4` + own + `
			0.1 answer c1
			9 bye c1 a
			9.01 bye c2 c`,
			"c1: media=c2(0.4)\nc2: media=c1(0.4)"},
		{"the same, and a third call between the numbers", `
			0 ring c1 a>b +493012345678@x.example +498998765432@y.example` + passed + `
			0.01 call c2 c>d 03012345678@192.0.2.3 08998765432@192.0.2.4` + own + `
			0.5 ring c3 e>f 03012345678@192.0.2.3 08998765432@192.0.2.4` + descriptionOf("333", "192.0.2.5", 4000) + `
			0.6 answer c1
			8 cancel c3
			9 bye c1 a
			9.01 bye c2 c`, ""},
		{"extensions of two companies that have the same numbers", `
			0 ring c1 a>b 100@x.example 200@x.example` + passed + `
			0.01 call c2 c>d 100@y.example 200@y.example` + own + `
			0.1 answer c1
			9 bye c1 a
			9.01 bye c2 c`, ""},
		{"extensions of one company", `
			0 ring c1 a>b 100@x.example 200@x.example` + passed + `
			0.01 call c2 c>d 100@x.example 200@x.example` + own + `
			0.1 answer c1
			9 bye c1 a
			9.01 bye c2 c`, "c1: media=c2(0.4)\nc2: media=c1(0.4)"},
		{"the way says that they are, and a Session-ID that they are not", `
			0 ring c1 a>b 100 200 h=Session-ID:1` + passed + `
			0.01 call c2 b>c 100 200 h=Session-ID:2` + own + `
			0.1 answer c1` + end, ""},
		{"the two sides of an element, and a Session-ID that says they are not", `
			0 ring c1 a>b 100 200 h=Session-ID:1` + passed + `
			0.01 call c2 c>d 100 200 h=Session-ID:2` + own + `
			0.1 answer c1
			9 bye c1 a
			9.01 bye c2 c`, ""},
		{"all elements on one host", `
			0 ring c1 a:5070>a:5060 100 200` + passed + `
			0.01 call c2 a:5060>a:5090 100 200` + own + `
			0.1 answer c1
			9 bye c1 a:5070
			9.01 bye c2 a:5060`,
			"c1: media=c2(0.5)\nc2: media=c1(0.5)"},
	})
}

func TestDivertedCalls(t *testing.T) {
	runRelations(t, []relationTest{
		{"Diversion, after long ringing", `
			0 ring c1 a>b 100 200
			20 ring c2 b>c 100 300 h=Diversion:<sip:200@pbx.example>;reason=no-answer
			22 answer c2
			22.1 answer c1
			30 bye c1 a
			30.1 bye c2 b`,
			"c1: diversion=c2(0.7)\nc2: diversion=c1(0.7)"},
		{"History-Info", `
			0 ring c1 a>b 100 200
			20 ring c2 b>c 100 300 h=History-Info:<sip:200@pbx.example>;index=1,<sip:200@192.0.2.2?Reason=SIP%3Bcause%3D486>;index=1.1,<sip:300@192.0.2.3>;index=1.2
			22 answer c2
			22.1 answer c1
			30 bye c1 a
			30.1 bye c2 b`,
			"c1: history_info=c2(0.7)\nc2: history_info=c1(0.7)"},
		{"two calls that may have been diverted", `
			0 ring c1 a>b 100 200
			5 ring c3 d>b 100 200
			20 call c2 b>c 100 300 h=Diversion:<sip:200@pbx.example>;reason=no-answer
			22 answer c1
			30 bye c1 a
			30 bye c2 b
			30 cancel c3`, ""},
	})
}
