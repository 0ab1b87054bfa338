package presence

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pidfBody = `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
 xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:alice@example.com">
 <tuple id="desk"><status><basic>closed</basic></status><contact priority="0.8">sip:alice@192.0.2.10</contact></tuple>
 <tuple id="soft"><status><basic> OPEN </basic></status><note>at &lt;home&gt;</note></tuple>
 <dm:person id="p1"><rpid:activities><rpid:note>ignored</rpid:note><rpid:on-the-phone/><rpid:busy/><rpid:busy/>
  <rpid:other>knitting</rpid:other></rpid:activities></dm:person>
</presence>`

func TestParse(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		want                    []Document
	}{
		{"pidf", "application/pidf+xml;charset=UTF-8", pidfBody, []Document{{
			Kind: PIDF, Entity: "sip:alice@example.com", Basic: Open, Version: -1, Note: "at <home>",
			Activities: []string{"on-the-phone", "busy", "knitting"},
			States: []State{
				{ID: "desk", Entity: "sip:alice@192.0.2.10", Value: "closed"},
				{ID: "soft", Value: "open"},
			}}}},
		{"pidf without a space between attributes", "application/pidf+xml",
			`<presence xmlns="a"xmlns:et="b" entity="pres:b@example.com"><tuple id="0"><status><basic>open</basic></status></tuple></presence>`,
			[]Document{{Kind: PIDF, Entity: "pres:b@example.com", Basic: Open, Version: -1, States: []State{{ID: "0", Value: "open"}}}}},
		{"activities of the draft", "application/pidf+xml",
			`<presence entity="sip:b@example.com"><tuple id="0"><status><basic>open</basic><activities><activity>Meeting</activity></activities></status></tuple></presence>`,
			[]Document{{Kind: PIDF, Entity: "sip:b@example.com", Basic: Open, Version: -1, Activities: []string{"meeting"},
				States: []State{{ID: "0", Value: "open"}}}}},
		{"xpidf", "application/xpidf+xml",
			`<?xml version="1.0"?><!DOCTYPE presence PUBLIC "-//IETF//DTD RFCxxxx XPIDF 1.0//EN" "xpidf.dtd">
<presence><presentity uri="sip:b@example.com;method=SUBSCRIBE"/><atom id="1"><address uri="sip:192.0.2.20;user=ip">
<status status="inuse"/><msnsubstatus substatus="onthephone"/></address></atom></presence>`,
			[]Document{{Kind: XPIDF, Entity: "sip:b@example.com", Basic: Open, Version: -1, Activities: []string{"busy", "onthephone"},
				States: []State{{ID: "1", Entity: "sip:192.0.2.20;user=ip", Value: "inuse"}}}}},
		{"msrtc.pidf", "text/xml+msrtc.pidf",
			`<presentity uri="b@example.com" xmlns="http://schemas.microsoft.com/2002/09/sip/presence"><availability aggregate="300" description=""/>
<activity aggregate="500" description="" note="back at four"/><devices><devicePresence epid="01"><availability aggregate="300" description="online"/></devicePresence></devices></presentity>`,
			[]Document{{Kind: Presentity, Entity: "b@example.com", Basic: Open, Version: -1, Activities: []string{"on-the-phone"},
				Note: "back at four", States: []State{{ID: "01", Value: "online"}}}}},
		{"categories", "application/msrtc-event-categories+xml",
			`<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:b@example.com">
<category name="state" instance="1"><state xsi:type="machineState"><availability>3500</availability></state></category>
<category name="state" instance="0"><state xsi:type="aggregateState"><availability>18500</availability></state></category>
<category name="note"><note><body type="personal">On leave</body></note></category>
<category name="services"/></categories>`,
			[]Document{{Kind: Categories, Entity: "sip:b@example.com", Basic: Closed, Version: -1, Note: "On leave",
				States: []State{{ID: "state", Value: "available"}, {ID: "state", Value: "offline"}, {ID: "note"}, {ID: "services"}}}}},
		{"batch", "application/msrtc-adrl-categorylist+xml",
			`<batchSub uri="sip:a@example.com" name=""><action name="subscribe" id="7"><adhocList><resource uri="sip:b@example.com"><context></context></resource>
<resource uri="sip:c@example.com"/></adhocList><categoryList><category name="note"/><category name="state"/></categoryList></action></batchSub>`,
			[]Document{{Kind: BatchSubscription, Entity: "sip:a@example.com", Version: -1, States: []State{
				{ID: "7", Entity: "sip:b@example.com", Value: "subscribe", Detail: "note,state"},
				{ID: "7", Entity: "sip:c@example.com", Value: "subscribe", Detail: "note,state"}}}}},
		{"batch with the line breaks of print", "application/msrtc-adrl-categorylist+xml",
			"<batchSub xmlns=\"http://schemas.microsoft.com/2006/01/sip/batch-subscribe\"\r\nuri=\r\n\"sip:a@example.com\" name=\"\"><action name=\"subscribe\"\r\nid=\"8\"><adhocList>" +
				"<resource uri=\"sip:a@example.com\"><context></context></\r\nresource></adhocList><categoryList><category name=\"note\"/\r\n><category name=\"state\"/></  categoryList></action></batchSub>",
			[]Document{{Kind: BatchSubscription, Entity: "sip:a@example.com", Version: -1, States: []State{
				{ID: "8", Entity: "sip:a@example.com", Value: "subscribe", Detail: "note,state"}}}}},
		{"dialog-info", "application/dialog-info+xml",
			`<dialog-info version="3" state="partial" entity="sip:b@example.com"><dialog id="x" call-id="c1" direction="recipient"><state code="200">confirmed</state>
<remote><identity display="A">sip:a@example.com</identity></remote></dialog><dialog id="y"><state>early</state><remote><target uri="sip:d@192.0.2.1"/></remote></dialog></dialog-info>`,
			[]Document{{Kind: DialogInfo, Entity: "sip:b@example.com", Version: 3, Partial: true, States: []State{
				{ID: "x", Entity: "sip:a@example.com", Value: "confirmed", Detail: "recipient", CallID: "c1"},
				{ID: "y", Entity: "sip:d@192.0.2.1", Value: "early"}}}}},
		{"reginfo", "application/reginfo+xml",
			`<reginfo version="0" state="full"><registration aor="sip:b@example.com" id="r1" state="active"><contact id="c" state="active" event="registered"><uri>sip:b@192.0.2.9</uri></contact></registration>
<registration aor="sip:e@example.com" id="r2" state="terminated"/></reginfo>`,
			[]Document{{Kind: RegInfo, Entity: "sip:b@example.com", States: []State{
				{ID: "c", Entity: "sip:b@192.0.2.9", Value: "active", Detail: "registered"}, {ID: "r2", Value: "terminated"}}}}},
		{"watcherinfo", "application/watcherinfo+xml",
			`<watcherinfo version="1" state="partial"><watcher-list resource="sip:b@example.com" package="presence"><watcher id="w" event="subscribe" status="pending">sip:a@example.com</watcher></watcher-list></watcherinfo>`,
			[]Document{{Kind: WatcherInfo, Entity: "sip:b@example.com", Version: 1, Partial: true, States: []State{
				{ID: "w", Entity: "sip:a@example.com", Value: "pending", Detail: "subscribe"}}}}},
		{"message summary", "Application/Simple-Message-Summary",
			"Messages-Waiting: yes\r\nMessage-Account: sip:b@example.com\r\nVoice-Message: 2/8 (0/2)\r\nFax-Message: 1/0\r\nText-Message: none\r\n\r\nTo: x/y\r\nPager-Message: 5/5\r\n",
			[]Document{{Kind: MessageSummary, Entity: "sip:b@example.com", Version: -1, Waiting: true, Messages: []MessageCount{
				{Class: "voice-message", New: 2, Old: 8, OldUrgent: 2}, {Class: "fax-message", New: 1}}}}},
		{"typing", "application/im-iscomposing+xml", `<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>`,
			[]Document{{Kind: Composing, Version: -1, States: []State{{Value: "active"}}}}},
		{"resource list", `multipart/related;type="application/rlmi+xml";boundary=b1`,
			"--b1\r\nContent-Type: application/rlmi+xml\r\n\r\n<list uri=\"sip:l@example.com\" version=\"1\" fullState=\"false\"><resource uri=\"sip:b@example.com\">" +
				"<instance id=\"i\" state=\"active\" cid=\"b@x\"/></resource><resource uri=\"sip:c@example.com\"/></list>\r\n" +
				"--b1\r\nContent-Type: multipart/related;boundary=b2\r\n\r\n--b2\r\nContent-Type: application/pidf+xml\r\nContent-ID: <b@x>\r\n\r\n" +
				"<presence entity=\"sip:b@example.com\"><tuple id=\"t\"><status><basic>open</basic></status></tuple></presence>\r\n--b2--\r\n--b1--\r\n",
			[]Document{
				{Kind: ResourceList, Entity: "sip:l@example.com", Version: 1, Partial: true, States: []State{
					{ID: "i", Entity: "sip:b@example.com", Value: "active", ContentID: "b@x"}, {Entity: "sip:c@example.com"}}},
				{Kind: PIDF, Entity: "sip:b@example.com", Basic: Open, Version: -1, States: []State{{ID: "t", Value: "open"}}},
			}},
		{"type missing", "", "\xef\xbb\xbf <reginfo/>", []Document{{Kind: RegInfo, Version: -1}}},
		{"type wrong", "application/xml", `<dialog-info entity="sip:x@example.com"/>`, []Document{{Kind: DialogInfo, Entity: "sip:x@example.com", Version: -1}}},
		{"other XML", "application/service-list+xml", `<service-list/>`, nil},
		{"no XML", "text/plain", `<presence/>`, nil},
		{"empty", "application/pidf+xml", ``, nil},
		{"bad bytes and a foreign charset", "application/pidf+xml", "<?xml version='1.0' encoding='ISO-8859-1'?><presence entity='sip:\xe9@example.com'/>",
			[]Document{{Kind: PIDF, Entity: "sip:\uFFFD@example.com", Version: -1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.contentType), []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "/": "/", "/ ": "/ ", "<a/ >": "<a/>", "</ a>": "</a>", "</\r\n\ta>x / y": "</a>x / y", "a/ b": "a/ b", "</ ": "</",
		"<a / ></ a>": "<a /></a>",
	} {
		if got := string(tidy([]byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestAvailability(t *testing.T) {
	for text, want := range map[string]string{
		"0": "available", "3500": "available", "4499": "available", "4500": "available-idle", "6500": "busy", "7500": "busy-idle",
		"9500": "do-not-disturb", "12500": "be-right-back", "15500": "away", "17999": "away", "18000": "offline", "x": "", "-1": "",
	} {
		basic, name := readAvailability(text)
		if name != want || (basic == Closed) != (want == "offline") || (basic == Unset) != (want == "") {
			t.Errorf("%s: %v %q, want %q", text, basic, name, want)
		}
	}
}

func TestLegacyActivity(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "0": "", "100": "away", "150": "out-to-lunch", "200": "idle", "300": "be-right-back", "400": "", "500": "on-the-phone",
		"600": "busy", "700": "",
	} {
		if got := legacyActivity(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	pidf := []byte("application/pidf+xml")
	deep := func(n int) string {
		return `<presence entity="sip:a@example.com">` + strings.Repeat("<a>", n-1) + strings.Repeat("</a>", n-1) + "</presence>"
	}
	tests := []struct {
		name string
		body string
		want error
	}{
		{"as deep as allowed", deep(MaxDepth), nil},
		{"too deep", deep(MaxDepth + 1), ErrTooDeep},
		{"as many as allowed", "<presence>" + strings.Repeat("<a/>", MaxElements-1) + "</presence>", nil},
		{"too many", "<presence>" + strings.Repeat("<a/>", MaxElements) + "</presence>", ErrTooMany},
		{"too large", "<presence>" + strings.Repeat(" ", MaxBody) + "</presence>", ErrTooLarge},
		{"no element", "words", ErrNoRoot},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(pidf, []byte(tt.body))
			if !errors.Is(err, tt.want) {
				t.Fatalf("err = %v, want %v", err, tt.want)
			}
			if (len(got) == 1) != (tt.want == nil) {
				t.Errorf("%d documents", len(got))
			}
		})
	}

	// What a document declares is never put in the place of its name: it cannot grow.
	bomb := "<!DOCTYPE presence [<!ENTITY a \"" + strings.Repeat("x", 64) + "\">"
	for c := 'b'; c < 'm'; c++ {
		bomb += fmt.Sprintf("<!ENTITY %c \"%s\">", c, strings.Repeat("&"+string(c-1)+";", 10))
	}
	bomb += `]><presence entity="sip:a@example.com"><note>&l;&l;</note><tuple id="1"><status><basic>open</basic></status></tuple></presence>`
	if got, err := Parse(pidf, []byte(bomb)); err != nil || len(got) != 1 || got[0].Basic != Open || len(got[0].Note) > len("&l;&l;") {
		t.Errorf("entities: %v, %+v", err, got)
	}

	many := "<presence>" + strings.Repeat("<tuple id='x'/>", MaxStates+10) + "</presence>"
	if got, err := Parse(pidf, []byte(many)); err != nil || len(got[0].States) != MaxStates {
		t.Errorf("%d states, %v", len(got[0].States), err)
	}
	long := `<presence><note>` + strings.Repeat("ü", MaxText) + `</note></presence>`
	if got, err := Parse(pidf, []byte(long)); err != nil || got[0].Note != strings.Repeat("ü", MaxText/2) {
		t.Errorf("%v: note of %d bytes", err, len(got[0].Note))
	}

	var nested strings.Builder
	for i := range maxMultipart + 2 {
		fmt.Fprintf(&nested, "--b%d\r\nContent-Type: multipart/mixed;boundary=b%d\r\n\r\n", i, i+1)
	}
	if _, err := Parse([]byte("multipart/mixed;boundary=b0"), []byte(nested.String())); !errors.Is(err, ErrTooDeep) {
		t.Errorf("nested multi-part: %v", err)
	}
	parts := strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", MaxParts+1) + "--b--"
	if _, err := Parse([]byte("multipart/mixed;boundary=b"), []byte(parts)); !errors.Is(err, ErrTooMany) {
		t.Errorf("many parts: %v", err)
	}
}

// A body that breaks off says what it says, and that it does.
func TestCutShort(t *testing.T) {
	whole := `<presence entity="sip:b@example.com"><tuple id="0"><status><basic>closed</basic></status></tuple></presence>`
	for n := range len(whole) {
		got, err := Parse([]byte("application/pidf+xml"), []byte(whole[:n]))
		if n > 0 && err == nil {
			t.Errorf("%q: no error", whole[:n])
		}
		if n <= strings.Index(whole, ">") {
			if len(got) != 0 {
				t.Errorf("%q: %v", whole[:n], got)
			}
			continue
		}
		if len(got) != 1 || got[0].Entity != "sip:b@example.com" {
			t.Fatalf("%q: %v", whole[:n], got)
		}
		if n >= strings.Index(whole, "</basic") && got[0].Basic != Closed {
			t.Errorf("%q: %v", whole[:n], got[0].Basic)
		}
	}
}

// A part that cannot be read does not hide the others.
func TestGoodPartsBesideABadOne(t *testing.T) {
	body := "--b\r\nContent-Type: application/pidf+xml\r\n\r\n<presence <<<\r\n--b\r\nContent-Type: application/pidf+xml\r\n\r\n<presence entity='sip:b@example.com'/>\r\n--b--"
	got, err := Parse([]byte("multipart/mixed;boundary=b"), []byte(body))
	if err == nil || len(got) != 1 || got[0].Entity != "sip:b@example.com" {
		t.Errorf("%v, %v", got, err)
	}
}

// Nothing of a document may change with the packet it came from.
func TestOwnsItsText(t *testing.T) {
	for _, in := range [][2]string{
		{"application/pidf+xml", pidfBody},
		{"application/simple-message-summary", "Message-Account: sip:b@example.com\r\nVoice-Message: 1/2\r\n"},
	} {
		body := []byte(in[1])
		got, err := Parse([]byte(in[0]), body)
		if err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(got)
		for i := range body {
			body[i] = 0xCC
		}
		if after := fmt.Sprint(got); after != before {
			t.Errorf("%s changed to %s", before, after)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("application/pidf+xml"), []byte(pidfBody))
	f.Add([]byte("application/simple-message-summary"), []byte("Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n"))
	f.Add([]byte("multipart/related;boundary=b"), []byte("--b\r\nContent-Type: application/rlmi+xml\r\n\r\n<list/>\r\n--b--"))
	f.Add([]byte("application/msrtc-adrl-categorylist+xml"), []byte("<batchSub uri=\n\"sip:a@example.com\"><action><adhocList><resource uri='x'/></adhocList><category n\name=\"note\"/></action></batchSub>"))
	f.Add([]byte(""), []byte("<categories uri='x'><category name='state'><state><availability>3500</availability></state></category></categories>"))
	f.Fuzz(func(t *testing.T, contentType, body []byte) {
		documents, _ := Parse(contentType, body)
		if len(documents) > MaxParts {
			t.Errorf("%d documents", len(documents))
		}
		for _, d := range documents {
			if d.Kind == Unknown || d.Kind.String() == "" || len(d.States) > MaxStates || len(d.Messages) > MaxStates {
				t.Errorf("%v", d.Kind)
			}
			if len(d.Entity) > MaxText || len(d.Note) > MaxText {
				t.Errorf("entity %d, note %d bytes", len(d.Entity), len(d.Note))
			}
		}
	})
}

func BenchmarkParsePIDF(b *testing.B) {
	contentType, body := []byte("application/pidf+xml"), []byte(pidfBody)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(contentType, body); err != nil {
			b.Fatal(err)
		}
	}
}
