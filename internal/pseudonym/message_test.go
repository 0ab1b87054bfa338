package pseudonym

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/decode/sip"
)

const invite = `INVITE sip:+49301234@pbx.firm.de;user=phone;secret=x SIP/2.0
v: SIP/2.0/TLS 10.1.2.3:5061;branch=z9hG4bKabc;received=10.1.2.9;rport=4711;hidden=1
From: "Alice O\"Hara" <sip:alice:pass@firm.de>;tag=t1;epid=00aa
t: <sip:0049301234@pbx.firm.de;maddr=10.1.2.3>
Call-ID: c1@10.1.2.3
CSeq: 7 INVITE
Contact: <sip:alice@10.1.2.3;ob>;+sip.instance="<urn:uuid:f81d4fae>"
Replaces: c2@firm.de;to-tag=t1;from-tag=t2
Refer-To: <sip:bob@firm.de?Replaces=c1%4010.1.2.3%3Bto-tag%3Dt2%3Bfrom-tag%3Dt1&X=y>
P-Asserted-Identity: "Alice" <sip:alice@firm.de>, <tel:+49301234>
Proxy-Authorization: Digest username="alice@firm.de", realm="firm.de", nonce="n,1", uri="sip:pbx.firm.de", response="beef", qop=auth
Reason: Q.850;cause=16;text="by Alice", SIP;cause=200
Warning: 399 pbx.firm.de:5060 "Alice is away"
User-Agent: Alice's phone
Supported: 100rel,
 timer
Allow: INVITE, alice
X-Alice: alice
Session-ID: a1b2;remote=00000000000000000000000000000000
Content-Type: application/sdp
Content-Length: 9999

v=0
o=alice 5 100 IN IP4 10.1.2.3
s=of Alice
i=alice
c=IN IP4 10.1.2.3
t= 0 0
m=audio 4000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0
a=rtcp:4001 IN IP4 10.1.2.4
a=candidate:H1 1 UDP 2130706431 10.1.2.3 4000 typ srflx raddr 192.168.0.9 rport 9 generation 0
a=cname:alice
a=sendonly
`

const anew = `INVITE sip:+99000001@host1.domain1.example;user=phone SIP/2.0
Via: SIP/2.0/TLS 10.100.0.1:5061;branch=z9hG4bKbranch1;received=10.100.0.3;rport=4711
From: "Name 1" <sip:user1@domain1.example>;tag=tag1;epid=id1
To: <sip:0099000001@host1.domain1.example;maddr=10.100.0.1>
Call-ID: call1
CSeq: 7 INVITE
Contact: <sip:user1@10.100.0.1;ob>;+sip.instance="<urn:x:instance1>"
Replaces: call2;to-tag=tag1;from-tag=tag2
Refer-To: <sip:user2@domain1.example?Replaces=call1%3Bto-tag%3Dtag2%3Bfrom-tag%3Dtag1>
P-Asserted-Identity: "Name 2" <sip:user1@domain1.example>, <tel:+99000001>
Proxy-Authorization: Digest username="user1@domain1.example", realm="domain1.example", nonce="nonce1", uri="sip:host1.domain1.example", response="00000000000000000000000000000000", qop=auth
Reason: Q.850;cause=16, SIP;cause=200
Warning: 399 host1.domain1.example "-"
User-Agent: agent1
Supported: 100rel, timer
Session-ID: 00000000000000000000000000000001;remote=00000000000000000000000000000000
Content-Type: application/sdp
Content-Length: LENGTH

v=0
o=- 1 1 IN IP4 10.100.0.1
s=-
c=IN IP4 10.100.0.1
t=0 0
m=audio 4000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
a=rtcp:4001 IN IP4 10.100.0.2
a=candidate:c1 1 UDP 2130706431 10.100.0.1 4000 typ srflx raddr 10.100.1.1 rport 9
a=sendonly
`

func TestMessage(t *testing.T) {
	var n Names
	got, err := n.Message([]byte(strings.ReplaceAll(invite, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	var m sip.Message
	if err := m.Parse(got); err != nil {
		t.Fatal(err)
	}
	if size, _ := m.ContentLength(); size != len(m.Body()) || !strings.HasSuffix(string(got), string(m.Body())) {
		t.Errorf("Content-Length %d, %d bytes of body", size, len(m.Body()))
	}
	want := strings.ReplaceAll(strings.ReplaceAll(anew, "LENGTH", string(m.Header(sip.HeaderContentLength))), "\n", "\r\n")
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := n.Message([]byte("alice")); err == nil {
		t.Error("no error for what is no message")
	}
	response, err := n.Message([]byte("SIP/2.0 486 Alice is busy\r\nCall-ID: c1@10.1.2.3\r\nCSeq: 7 INVITE\r\nContent-Type: text/plain\r\n\r\nalice"))
	if want := "SIP/2.0 486 Busy Here\r\nCall-ID: call1\r\nCSeq: 7 INVITE\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nxxxxx"; err != nil || string(response) != want {
		t.Errorf("%v, got %q, want %q", err, response, want)
	}
}

func TestPresence(t *testing.T) {
	const body = `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:alice@firm.de">
<tuple id="alices-phone"><status><basic>open</basic></status><contact>sip:alice@10.1.2.3</contact><note>Alice is here</note></tuple>
<tuple id="b"><status><basic>closed</basic></status></tuple></presence>`
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:user1@domain1.example">
 <tuple id="tuple1"><status><basic>open</basic></status></tuple>
 <tuple id="tuple2"><status><basic>closed</basic></status></tuple>
</presence>
`
	var n Names
	out, err := n.Message([]byte("NOTIFY sip:a SIP/2.0\r\nContent-Type: application/pidf+xml\r\n\r\n" + body))
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(out), "\r\n\r\n")
	if diff := cmp.Diff(strings.ReplaceAll(want, "\n", "\r\n"), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAddr(t *testing.T) {
	var n Names
	for _, tt := range []struct{ in, want string }{
		{"8.8.8.8", "198.18.0.1"}, {"8.8.8.9", "198.18.0.2"}, {"8.8.4.4", "198.18.1.1"}, {"8.8.8.8", "198.18.0.1"}, {"::ffff:8.8.8.8", "198.18.0.1"},
		{"192.168.1.1", "10.100.0.1"}, {"172.16.0.1", "10.100.1.1"}, {"100.64.1.1", "100.64.0.1"}, {"169.254.7.7", "169.254.0.1"},
		{"127.0.0.1", "127.0.0.1"}, {"0.0.0.0", "0.0.0.0"}, {"224.0.1.75", "224.0.1.75"},
		{"2a00:1:2:3::5", "2001:db8::1"}, {"2a00:1:2:3::6", "2001:db8::2"}, {"2a00:1:2:4::6", "2001:db8:0:1::1"},
		{"fd11:1:2:3::5", "fd00::1"}, {"fe80::1%eth0", "fe80::1"},
	} {
		if got := n.Addr(netip.MustParseAddr(tt.in)).String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

// FuzzMessage: whatever comes, what is written is one message, and has nothing of the user of the request.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll(invite, "\n", "\r\n")))
	f.Add([]byte("SIP/2.0 200 OK\r\nVia: ,,SIP/2.0/UDP a\r\nFrom: \"a\r\nContact: *\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var n Names
		out, err := n.Message(raw)
		if err != nil {
			return
		}
		var m sip.Message
		if err := m.Parse(out); err != nil {
			t.Fatalf("%v: %q became %q", err, raw, out)
		}
		if size, _ := m.ContentLength(); size != len(m.Body()) {
			t.Fatalf("Content-Length %d, %d bytes of body: %q", size, len(m.Body()), out)
		}
	})
}
