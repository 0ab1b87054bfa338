package sip

import "testing"

// Messages of the size and make-up that a proxy of today sends, written for this test.
const (
	benchINVITE = "INVITE sip:+4930123456@198.51.100.20:5060;user=phone SIP/2.0\r\n" +
		"Via: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bK0f3a.77d1c2e1;rport\r\n" +
		"Max-Forwards: 69\r\n" +
		"From: \"Alice\" <sip:alice@example.com>;tag=9fxced76sl\r\n" +
		"To: <sip:+4930123456@example.com;user=phone>\r\n" +
		"Call-ID: 3848276298220188511@client.example.com\r\n" +
		"CSeq: 2 INVITE\r\n" +
		"Contact: <sip:alice@203.0.113.5:5060>\r\n" +
		"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK\r\n" +
		"Supported: 100rel, timer, replaces\r\n" +
		"Session-Expires: 1800\r\n" +
		"Min-SE: 90\r\n" +
		"User-Agent: Example Phone 4.1\r\n" +
		"P-Asserted-Identity: <sip:alice@example.com>\r\n" +
		"P-Charging-Vector: icid-value=4a8c6f\r\n" +
		"Content-Type: application/sdp\r\n" +
		"Content-Length: 241\r\n" +
		"\r\n" +
		"v=0\r\n" +
		"o=- 2890844526 1 IN IP4 203.0.113.5\r\n" +
		"s=-\r\n" +
		"c=IN IP4 203.0.113.5\r\n" +
		"t=0 0\r\n" +
		"m=audio 49172 RTP/AVP 8 0 101\r\n" +
		"a=rtpmap:8 PCMA/8000\r\n" +
		"a=rtpmap:0 PCMU/8000\r\n" +
		"a=rtpmap:101 telephone-event/8000\r\n" +
		"a=fmtp:101 0-16\r\n" +
		"a=ptime:20\r\n" +
		"a=rtcp:49173\r\n" +
		"a=sendrecv\r\n"
	bench200 = "SIP/2.0 200 OK\r\n" +
		"Via: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bK0f3a.77d1c2e1;rport=5060\r\n" +
		"From: \"Alice\" <sip:alice@example.com>;tag=9fxced76sl\r\n" +
		"To: <sip:+4930123456@example.com;user=phone>;tag=314159\r\n" +
		"Call-ID: 3848276298220188511@client.example.com\r\n" +
		"CSeq: 3 BYE\r\n" +
		"Contact: <sip:198.51.100.20:5060>\r\n" +
		"Server: Example Server 2.2\r\n" +
		"Supported: timer\r\n" +
		"Content-Length: 0\r\n" +
		"\r\n"
	benchNOTIFY = "NOTIFY sip:watcher@192.0.2.18:5070 SIP/2.0\r\n" +
		"Via: SIP/2.0/UDP 198.51.100.4:5060;branch=z9hG4bKnashds7f3e\r\n" +
		"Max-Forwards: 70\r\n" +
		"From: <sip:presentity@example.com>;tag=ffd2\r\n" +
		"To: <sip:watcher@example.com>;tag=xfg9\r\n" +
		"Call-ID: 2010@watcherhost.example.com\r\n" +
		"CSeq: 8776 NOTIFY\r\n" +
		"Event: presence\r\n" +
		"Subscription-State: active;expires=599\r\n" +
		"Contact: <sip:presence.example.com>\r\n" +
		"Content-Type: application/pidf+xml\r\n" +
		"Content-Length: 199\r\n" +
		"\r\n" +
		"<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"pres:presentity@example.com\">" +
		"<tuple id=\"s1\"><status><basic>open</basic></status><note>at my desk</note></tuple></presence>\r\n"
)

var benchMessages = []struct{ name, text string }{
	{"INVITE", benchINVITE}, {"200", bench200}, {"NOTIFY", benchNOTIFY},
}

// askAll is what a session tracker asks of every message.
func askAll(m *Message) int {
	n, method, _ := m.CSeq()
	via, _ := m.TopVia()
	length, _ := m.ContentLength()
	return len(m.CallID()) + int(n) + int(method) + len(m.FromTag()) + len(m.ToTag()) +
		len(via.Branch) + len(via.Host) + length + len(m.RequestURI())
}

var sink int

func benchDecode(b *testing.B, text string) {
	raw := []byte(text)
	m := new(Message)
	b.Run("Parse", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if m.Parse(raw) != nil || m.Faults != 0 {
				b.Fatal("does not parse: ", m.Faults)
			}
		}
	})
	b.Run("ParseAndAsk", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			_ = m.Parse(raw)
			sink += askAll(m)
		}
	})
}

func BenchmarkDecodeINVITE(b *testing.B) { benchDecode(b, benchINVITE) }
func BenchmarkDecode200(b *testing.B)    { benchDecode(b, bench200) }
func BenchmarkDecodeNOTIFY(b *testing.B) { benchDecode(b, benchNOTIFY) }

func benchEach(b *testing.B, f func(raw []byte) int) {
	for _, msg := range benchMessages {
		raw := []byte(msg.text)
		b.Run(msg.name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				sink += f(raw)
			}
		})
	}
}

func BenchmarkDetect(b *testing.B) { benchEach(b, func(raw []byte) int { return int(Detect(raw)) }) }
func BenchmarkPeekCallID(b *testing.B) {
	benchEach(b, func(raw []byte) int { return len(PeekCallID(raw)) })
}
func BenchmarkFrame(b *testing.B) {
	benchEach(b, func(raw []byte) int { n, _ := Frame(raw); return n })
}

func BenchmarkCheck(b *testing.B) {
	m := new(Message)
	benchEach(b, func(raw []byte) int { _ = m.Parse(raw); return int(m.Check()) })
}
