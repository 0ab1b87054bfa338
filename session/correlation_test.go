package session

import (
	"testing"

	"sipspan/record"
)

// TestLegsByCorrelationID gives calls what capture agents name as common to a conversation.
func TestLegsByCorrelationID(t *testing.T) {
	runRelations(t, []relationTest{
		{"it is the Call-ID of the other leg", `
			0 call c1 a>b 100 200 cid=c1
			0.01 call c2 b>c 555 777 cid=c1
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: x_call_id=c2(0.9)\nc2: x_call_id=c1(0.9)"},
		{"the leg that it names comes later", `
			0 call c2 b>c 555 777 cid=c1
			0.01 call c1 a>b 100 200
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: x_call_id=c2(0.9)\nc2: x_call_id=c1(0.9)"},
		{"both have one that is nobody's Call-ID", `
			0 call c1 a>b 100 200 cid=shared
			0.01 call c2 b>c 555 777 cid=shared
			0.02 call c3 d>e 111 222 cid=alone
			9 bye c1 a
			9.01 bye c2 b
			9.02 bye c3 d`,
			"c1: x_call_id=c2(0.9)\nc2: x_call_id=c1(0.9)"},
		{"a response has it", `
			0 call c1 a>b 100 200
			0.01 ring c2 b>c 555 777
			0.5 answer c2 cid=c1
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: x_call_id=c2(0.9)\nc2: x_call_id=c1(0.9)"},
		{"a header field names the same leg", `
			0 call c1 a>b 100 200
			0.01 call c2 b>c 555 777 cid=c1 h=X-CID:c1
			9 bye c1 a
			9.01 bye c2 b`,
			"c1: x_call_id=c2(0.95)\nc2: x_call_id=c1(0.95)"},
		{"a header field has the same value, which is nobody's Call-ID", `
			0 call c1 a>b 100 200 cid=shared
			0.01 call c2 b>c 555 777 h=X-CID:shared
			9 bye c1 a
			9.01 bye c2 b`, ""},
		{"its own Call-ID, or none, ties nothing", `
			0 call c1 a>b 100 200 cid=c1
			0.01 call c2 b>c 555 777 cid=c2
			0.02 call c3 c>d 556 778 cid=
			0.03 call c4 d>e 557 779 cid=
			9 bye c1 a
			9.01 bye c2 b
			9.02 bye c3 c
			9.03 bye c4 d`, ""},
		{"a constant ties nothing", `
			0 call c1 a>b 1001 2001 cid=x
			0 call c2 a>b 1002 2002 cid=x
			0 call c3 a>b 1003 2003 cid=x
			0 call c4 a>b 1004 2004 cid=x
			0 call c5 a>b 1005 2005 cid=x
			0 call c6 a>b 1006 2006 cid=x
			0 call c7 a>b 1007 2007 cid=x
			0 call c8 a>b 1008 2008 cid=x
			0 call c9 a>b 1009 2009 cid=x
			9 bye c1 a
			9 bye c2 a
			9 bye c3 a
			9 bye c4 a
			9 bye c5 a
			9 bye c6 a
			9 bye c7 a
			9 bye c8 a
			9 bye c9 a`, ""},
	})
}

// TestCorrelationIDStaysWithTheCall reads it in the record, whether the call was packed meanwhile or not, and from a message that was
// held because it came ahead of the one that it answers.
func TestCorrelationIDStaysWithTheCall(t *testing.T) {
	for name, f := range map[string]flow{
		"INVITE": `
			0.0 a>b INVITE 1 cid=other
			0.1 b>a 200 INVITE 1 to=t cid=later
			0.2 a>b ACK 1 to=t
			900.0 a>b BYE 2 to=t
			900.1 b>a 200 BYE 2 to=t`,
		"response ahead": `
			0.0 b>a 200 INVITE 1 to=t cid=other
			0.01 a>b INVITE 1
			0.2 a>b ACK 1 to=t
			900.0 a>b BYE 2 to=t
			900.1 b>a 200 BYE 2 to=t`,
		"refused": `
			0.0 a>b INVITE 1 cid=other
			0.1 b>a 503 INVITE 1 to=t
			0.2 a>b ACK 1 to=t`,
	} {
		for _, r := range f.run(t, 60) {
			if c := r.Head().Capture; c == nil || c.CorrelationID != "other" {
				t.Errorf("%s: %s", name, r.AppendJSON(nil))
			}
			if c, ok := r.(*record.Call); ok && len(c.Related) != 0 {
				t.Errorf("%s: %+v", name, c.Related)
			}
		}
	}
	f := flow(`
		0.0 a>b INVITE 1 cid=c1
		0.1 b>a 486 INVITE 1 to=t cid=c1`)
	for _, r := range f.run(t, 60) {
		if r.Head().Capture != nil {
			t.Errorf("the Call-ID itself: %s", r.AppendJSON(nil))
		}
	}
}
