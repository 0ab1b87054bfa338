//go:build e2e

package e2e

import (
	"context"
	"crypto/md5"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/coder/websocket"
)

// webPort is where the proxy takes WebSocket connections.
const webPort = "8080"

// webCalls are what people do in a browser.
var webCalls = []scenario{
	{
		name: "websocket",
		play: func(s *stage) {
			s.register(s.to)
			phone := s.phone("phone-answers", s.to, values{Ring: 100})
			w := dialWeb(s)
			w.register()
			w.call()
			w.quit()
			s.ends(phone)
		},
		records: []expectation{
			`{"record":"registration","call_id":"$name-web","outcome":"registered","status":200,"challenged":true,"rrd_ms":"*","aor":"sip:caller-$name@example.org",
			  "dst":"$proxyip:` + webPort + `","user_agent":"browser",` + sure + `}`,
			`{"record":"call","disposition":"answered","status":200,"setup_ms":"*","duration_ms":"*","released_by":"caller","cause":null,
			  "hops":[{"dst":"$proxyip:` + webPort + `","transport":"WS","status":200},{"src":"$proxy","dst":"$phone","transport":"UDP","status":200}],` + sure + `}`,
		},
	},
}

// webPhone is a phone in a browser: it talks SIP over WebSocket (RFC 7118) to the proxy.
type webPhone struct {
	s    *stage
	conn *websocket.Conn
	via  int
}

// dialWeb connects from the caller's address.
func dialWeb(s *stage) *webPhone {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	dialer := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(s.from), 0))}
	conn, _, err := websocket.Dial(ctx, "ws://"+proxy+":"+webPort+"/", &websocket.DialOptions{
		Subprotocols: []string{"sip"}, HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}},
		CompressionMode: websocket.CompressionContextTakeover,
	})
	if err != nil {
		s.t.Fatalf("WebSocket: %v", err)
	}
	s.t.Cleanup(func() { conn.CloseNow() })
	if conn.Subprotocol() != "sip" {
		s.t.Fatalf("the proxy speaks %q over WebSocket", conn.Subprotocol())
	}
	return &webPhone{s: s, conn: conn}
}

// send sends one message. Its lines end in LF.
func (w *webPhone) send(text string) {
	w.s.t.Helper()
	ctx, cancel := context.WithTimeout(w.s.t.Context(), patience)
	defer cancel()
	if err := w.conn.Write(ctx, websocket.MessageText, []byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		w.s.t.Fatalf("WebSocket: %v", err)
	}
}

// awaits returns the next response to a method that is final, or has the status.
func (w *webPhone) awaits(method string, status string) string {
	w.s.t.Helper()
	ctx, cancel := context.WithTimeout(w.s.t.Context(), patience)
	defer cancel()
	for {
		_, b, err := w.conn.Read(ctx)
		if err != nil {
			w.s.t.Fatalf("waiting for %s to %s: %v", status, method, err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		if !strings.HasPrefix(text, "SIP/2.0 ") || strings.HasPrefix(text, "SIP/2.0 1") || !strings.Contains(text, method+"\n") {
			continue
		}
		if !strings.HasPrefix(text, "SIP/2.0 "+status) {
			w.s.t.Fatalf("%s was answered with\n%s", method, text)
		}
		return text
	}
}

// head returns what requests of the phone begin with.
func (w *webPhone) head(method, uri string) string {
	w.via++
	return fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/WS %s.invalid;branch=z9hG4bK-%s-%d;rport\nMax-Forwards: 70\nUser-Agent: browser\n", method, uri, w.s.caller, w.s.name, w.via)
}

// contact is where the phone is: behind its connection (RFC 7118 section 5).
func (w *webPhone) contact() string {
	return fmt.Sprintf("Contact: <sip:%s@%s.invalid;transport=ws>\n", w.s.caller, w.s.caller)
}

var challenge = regexp.MustCompile(`(?m)^WWW-Authenticate:.*nonce="([^"]*)"`)

// register registers the caller, who is asked who that is.
func (w *webPhone) register() {
	s := w.s
	s.t.Helper()
	callID := s.name + "-web"
	s.owns(callID)
	user := "sip:" + s.caller + "@example.org"
	request := func(n int, credentials string) string {
		return w.head("REGISTER", "sip:example.org") + fmt.Sprintf("From: <%s>;tag=web\nTo: <%s>\nCall-ID: %s\nCSeq: %d REGISTER\n%sExpires: 600\n%sContent-Length: 0\n\n",
			user, user, callID, n, w.contact(), credentials)
	}
	w.send(request(1, ""))
	asked := challenge.FindStringSubmatch(w.awaits("REGISTER", "401"))
	if asked == nil {
		s.t.Fatal("no nonce")
	}
	hash := func(text string) string { return fmt.Sprintf("%x", md5.Sum([]byte(text))) }
	proof := hash(hash(s.caller+":example.org:secret") + ":" + asked[1] + ":" + hash("REGISTER:sip:example.org"))
	w.send(request(2, fmt.Sprintf("Authorization: Digest username=%q, realm=\"example.org\", nonce=%q, uri=\"sip:example.org\", response=%q\n", s.caller, asked[1], proof)))
	w.awaits("REGISTER", "200")
}

// call calls the phone and hangs up when it is answered. Its messages have no Content-Length (RFC 7118 section 5).
func (w *webPhone) call() {
	s := w.s
	s.t.Helper()
	target := "sip:" + s.callee + "@example.org"
	from := fmt.Sprintf("From: <sip:%s@example.org>;tag=web\nCall-ID: %s\n", s.caller, s.name)
	w.send(w.head("INVITE", target) + from + "To: <" + target + ">\nCSeq: 1 INVITE\n" + w.contact() +
		"Content-Type: application/sdp\n\nv=0\no=- 1 1 IN IP4 " + s.from + "\ns=-\nc=IN IP4 " + s.from + "\nt=0 0\nm=audio 40000 RTP/AVP 8\n")
	answer := w.awaits("INVITE", "200")
	to, routes, remote := "", []string(nil), ""
	for line := range strings.Lines(answer) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch strings.ToLower(name) {
		case "to":
			to = value
		case "record-route":
			for _, route := range strings.Split(value, ",") {
				routes = append(routes, "Route: "+strings.TrimSpace(route)+"\n")
			}
		case "contact":
			remote = strings.Trim(value, "<>")
		}
	}
	slices.Reverse(routes)
	inside := strings.Join(routes, "") + from + "To: " + to + "\n"
	w.send(w.head("ACK", remote) + inside + "CSeq: 1 ACK\n\n")
	w.send(w.head("BYE", remote) + inside + "CSeq: 2 BYE\n\n")
	w.awaits("BYE", "200")
}

// quit closes the connection.
func (w *webPhone) quit() {
	if err := w.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		w.s.t.Logf("closing: %v", err)
	}
}
