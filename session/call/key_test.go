package call

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/sip"
	"sipspan/session/link"
	"sipspan/session/store"
	"sipspan/session/transaction"
)

func TestURIHeader(t *testing.T) {
	for headers, want := range map[string]string{
		"Replaces=a%40b%3Bto-tag%3D1&Require=replaces": "a@b;to-tag=1",
		"Require=replaces&replaces=a%40b":              "a@b",
		"Replaces=a%4":                                 "a%4",
		"Replaces=a%zz%41":                             "a%zzA",
		"Replaces=a\r\n b":                             "ab",
		"Require=replaces":                             "",
		"":                                             "",
	} {
		if got := string(uriHeader([]byte(headers), "Replaces")); got != want {
			t.Errorf("%q: %q, want %q", headers, got, want)
		}
	}
}

// linksOf returns the keys that an INVITE with some header fields gives.
func linksOf(t testing.TB, headers string) (list []string) {
	t.Helper()
	var m sip.Message
	if err := m.Parse([]byte("INVITE sip:b@example.com SIP/2.0\r\n" + headers + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	usage := blankUsage()
	c := &Call{text: store.NewText(0)}
	usage.readLinks(c, &transaction.View{Message: &m})
	for i := range c.link.keys {
		k := usage.exportKey(c, &c.link.keys[i])
		list = append(list, fmt.Sprint(k.Kind, k.Name, " ", k.Value))
	}
	return list
}

func TestReadLinks(t *testing.T) {
	for _, test := range []struct {
		headers string
		want    []string
	}{
		{"Subject: hello", nil},
		{"Session-ID: AB;remote=00000000000000000000000000000000", []string{"0 ab"}},
		{"Session-ID: ab ; remote=CD", []string{"0 ab", "0 cd"}},
		{"Session-ID: 0-0", nil},
		{"Session-ID:", nil},
		{"P-Charging-Vector: orig-ioi=x;icid-value=\"a;b\"", []string{"1 a;b"}},
		{"P-Charging-Vector: icid-value", nil},
		{"Ms-Conversation-ID: x==", []string{"2 x=="}},
		{"x-cid: a@b;x=1\r\nX-CID: a@b", []string{"3X-CID a@b"}},
		{"Replaces: a@b;to-tag=1;from-tag=2\r\nJoin: c@d;to-tag=1", []string{"4 a@b", "5 c@d"}},
		{"b: <sip:x@y>;cid=1", []string{"6 sip:x@y"}},
		{"requested-by: X<sip:x@y>", []string{"7 sip:x@y"}},
		{"Diversion: <sip:x@y>;reason=user-busy, <sip:z@y>\r\nDiversion: <sip:x@y>", []string{"8 sip:x@y", "8 sip:z@y"}},
		{"History-Info: <sip:x@y>;index=1", nil},
		{"History-Info: <sip:x@y?Reason=a%2Cb>;index=1, <sip:z@y>;index=1.1", []string{"9 sip:x@y?Reason=a%2Cb"}},
		{strings.TrimSpace(strings.Repeat("X-CID: a\r\nX-Call-ID: b\r\n", 50)), []string{"3X-CID a", "3X-Call-ID b"}},
	} {
		if diff := cmp.Diff(test.want, linksOf(t, test.headers)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.headers, diff)
		}
	}
	many := ""
	for i := range 100 {
		many += fmt.Sprintf("X-CID: %d%s\r\n", i, strings.Repeat("x", 1000))
	}
	if got := linksOf(t, strings.TrimSpace(many)); len(got) != link.MaxKeys || len(got[0]) > maxLinkValue+10 {
		t.Errorf("%d keys are kept, the first with %d bytes", len(got), len(got[0]))
	}
}

func TestLinksAllocateNothing(t *testing.T) {
	var m sip.Message
	if err := m.Parse([]byte("INVITE sip:b@example.com SIP/2.0\r\nX-Other: 1\r\nX-CID: abc\r\nSession-ID: ab;remote=cd\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	usage := blankUsage()
	c := &Call{text: store.NewText(1024)}
	c.link.keys = make([]linkKey, 0, link.MaxKeys)
	v := &transaction.View{Message: &m}
	uri, description := []byte("sip:+49 30 1234567@example.com;user=phone"), []byte("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n")
	if n := testing.AllocsPerRun(100, func() {
		usage.readLinks(c, v)
		c.link.readOffer(description)
		if link.Identify(uri).Number == 0 || focusOf(v) != 0 {
			t.Fatal("not what was asked for")
		}
	}); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
