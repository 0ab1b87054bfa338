package sipgen

import (
	"net/netip"
	"strconv"
	"time"
)

const (
	allow     = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, SUBSCRIBE\r\n"
	supported = "Supported: replaces, timer, 100rel\r\n"
)

// call is a call through one proxy.
func (s *session) call() {
	g := s.g
	caller, callee, proxy := g.party(), g.party(), g.server(0, byte(g.rng.IntN(4)))
	d := &dialog{s: s, from: caller, to: callee, seq: g.rng.IntN(20000)}
	c := &proxied{d: d, proxy: proxy}
	auth := ""
	if g.rng.IntN(2) == 0 {
		auth = c.challenge()
	}
	c.invite(auth)
	if g.outageFrom <= s.at && s.at < g.outageTo {
		s.hop()
		c.reject(503, "Service Unavailable", "Reason: Q.850;cause=34;text=\"No circuit available\"\r\n")
		return
	}
	s.pass(100*time.Millisecond, 900*time.Millisecond)
	switch n := g.outcome(); {
	case n < 60:
		c.ringing()
		s.pass(time.Second, 8*time.Second)
		c.answer()
		s.talk()
		c.bye()
	case n < 70:
		c.reject(486, "Busy Here", "Reason: Q.850;cause=17;text=\"User busy\"\r\n")
	case n < 78:
		c.ringing()
		s.pass(10*time.Second, 20*time.Second)
		c.reject(480, "Temporarily Unavailable", "")
	case n < 88:
		c.ringing()
		s.pass(time.Second, 10*time.Second)
		c.cancel()
	case n < 91:
		c.ringing()
		s.pass(time.Second, 5*time.Second)
		c.reject(603, "Decline", "")
	case n < 94:
		c.reject(302, "Moved Temporarily", "Contact: <sip:voicemail@"+domain+">\r\n")
	case n < 97:
		c.reject(404, "Not Found", "")
	case n < 99:
		c.reject(503, "Service Unavailable", "Retry-After: 30\r\nWarning: 399 gw1.example.com \"No circuit available\"\r\n")
	default:
		c.reject(500, "Server Internal Error", "")
	}
}

// outcome is how a call ends: below 60 it is answered.
func (g *generator) outcome() int {
	if g.load.Answered == 0 || g.rng.Float64() >= g.load.Answered {
		least := 0
		if g.load.Answered > 0 {
			least = 60
		}
		return least + g.rng.IntN(100-least)
	}
	return 0
}

// talk is the time between answer and BYE.
func (s *session) talk() {
	if hold := s.g.load.Hold; hold > 0 {
		s.pass(hold-hold/6, hold+hold/6)
		return
	}
	s.pass(4*time.Second, 40*time.Second)
}

// proxied is a call on both sides of a proxy.
type proxied struct {
	d         *dialog
	proxy     netip.AddrPort
	near, far *exchange // the INVITE on the caller's and on the callee's side
}

func (c *proxied) routeTo(p *party) string { return "sip:" + p.user + "@" + p.addr.String() + p.params }

func (c *proxied) recordRoute() string {
	return "Record-Route: <sip:" + host(c.proxy.Addr()) + c.d.from.params + ";lr;did=" + c.d.s.g.token(6) + ">\r\n"
}

// sdp is an offer or an answer of a phone.
func (g *generator) sdp(p *party) string {
	host := inAddr(p.addr.Addr())
	head := "v=0\r\no=- " + g.number(1<<30) + " 1 " + host + "\r\ns=-\r\nc=" + host +
		"\r\nt=0 0\r\nm=audio " + strconv.Itoa(16384+2*g.rng.IntN(8000))
	if g.load.Full {
		return head + fullMedia
	}
	return head + " RTP/AVP 9 8 0 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n" +
		"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
}

// credentials is the answer to a challenge.
func (g *generator) credentials(header, user, uri string) string {
	return header + ": Digest username=\"" + user + "\", realm=\"" + domain + "\", nonce=\"" + g.token(32) + "\", uri=\"" + uri +
		"\", response=\"" + g.token(32) + "\", algorithm=MD5, cnonce=\"" + g.token(8) + "\", qop=auth, nc=00000001\r\n"
}

func (g *generator) challengeLine(header string) string {
	return header + ": Digest realm=\"" + domain + "\", nonce=\"" + g.token(32) + "\", algorithm=MD5, qop=\"auth\"\r\n"
}

// challenge is a first try that the proxy answers with 407; it returns the credentials of the second.
func (c *proxied) challenge() string {
	s, d := c.d.s, c.d
	from := d.from.addr
	e := d.begin("INVITE", d.to.aor())
	e.vias = []string{s.g.via(from)}
	sdp := s.g.sdp(&d.from)
	s.send(from, c.proxy, e.request(70, c.callerLines(""), "application/sdp", sdp))
	s.hop()
	s.send(c.proxy, from, e.response(407, "Proxy Authentication Required",
		s.g.challengeLine("Proxy-Authenticate")+"Server: kamailio (5.6.3 (x86_64/linux))\r\n", "", ""))
	s.hop()
	ack := d.begin("ACK", e.uri)
	ack.vias, d.tagged = e.vias, true
	s.send(from, c.proxy, ack.request(70, "", "", ""))
	d.tagged = false
	s.hop()
	return s.g.credentials("Proxy-Authorization", d.from.user, d.to.aor())
}

func (c *proxied) callerLines(auth string) string {
	return "Contact: " + c.d.from.contact() + "\r\nUser-Agent: " + c.d.from.agent + "\r\n" + allow + supported + c.d.more(false) + auth
}

// invite sends the INVITE through the proxy and the 100 back.
func (c *proxied) invite(auth string) {
	s, d := c.d.s, c.d
	sdp := s.g.sdp(&d.from)
	c.near = d.begin("INVITE", d.to.aor())
	c.near.vias = []string{s.g.via(d.from.addr)}
	s.send(d.from.addr, c.proxy, c.near.request(70, c.callerLines(auth), "application/sdp", sdp))
	s.hop()
	s.send(c.proxy, d.from.addr, c.near.response(100, "Trying", "Server: kamailio (5.6.3 (x86_64/linux))\r\n", "", ""))
	s.hop()
	far := *c.near
	c.far = &far
	far.uri = c.routeTo(&d.to)
	far.routes = c.recordRoute()
	far.vias = []string{c.near.vias[0] + ";received=" + host(d.from.addr.Addr()), s.g.via(c.proxy)}
	c.near.routes = far.routes
	s.send(c.proxy, d.to.addr, far.request(69, c.callerLines(""), "application/sdp", sdp))
}

// respond sends a response to the INVITE on both hops.
func (c *proxied) respond(code int, phrase, extra, contentType, body string) {
	s, d := c.d.s, c.d
	s.send(d.to.addr, c.proxy, c.far.response(code, phrase, extra, contentType, body))
	s.hop()
	s.send(c.proxy, d.from.addr, c.near.response(code, phrase, extra, contentType, body))
}

func (c *proxied) calleeLines() string {
	return "Contact: " + c.d.to.contact() + "\r\nUser-Agent: " + c.d.to.agent + "\r\n" + allow
}

func (c *proxied) ringing() { c.respond(180, "Ringing", c.calleeLines(), "", "") }

// answer is the 200 on both hops and the ACK on its way.
func (c *proxied) answer() {
	s, d := c.d.s, c.d
	s.change = 1
	c.respond(200, "OK", c.calleeLines()+supported+d.more(true), "application/sdp", s.g.sdp(&d.to))
	d.tagged = true
	s.hop()
	ack := d.begin("ACK", c.routeTo(&d.to))
	ack.seq = c.near.seq
	c.relay(ack, false)
}

// relay sends a request of the dialog through the proxy.
func (c *proxied) relay(e *exchange, reverse bool) (near, far *exchange) {
	s, d := c.d.s, c.d
	from, to := &d.from, &d.to
	if reverse {
		from, to = to, from
	}
	e.reverse = reverse
	e.vias = []string{s.g.via(from.addr)}
	route := "Route: <sip:" + host(c.proxy.Addr()) + c.d.from.params + ";lr>\r\nUser-Agent: " + from.agent + "\r\n"
	s.send(from.addr, c.proxy, e.request(70, route, "", ""))
	s.hop()
	second := *e
	second.vias = []string{e.vias[0], s.g.via(c.proxy)}
	s.send(c.proxy, to.addr, second.request(69, "User-Agent: "+from.agent+"\r\n", "", ""))
	s.hop()
	return e, &second
}

// bye ends the call from a random side.
func (c *proxied) bye() {
	s, d := c.d.s, c.d
	from, to := &d.from, &d.to
	reverse := s.g.rng.IntN(2) == 0
	if reverse {
		from, to = to, from
	}
	near, far := c.relay(d.begin("BYE", c.routeTo(to)), reverse)
	s.change = -1
	s.send(to.addr, c.proxy, far.response(200, "OK", "Server: "+to.agent+"\r\n", "", ""))
	s.hop()
	s.send(c.proxy, from.addr, near.response(200, "OK", "Server: "+to.agent+"\r\n", "", ""))
}

// reject is a final failure of the INVITE with the ACK of each hop.
func (c *proxied) reject(code int, phrase, extra string) {
	s, d := c.d.s, c.d
	s.send(d.to.addr, c.proxy, c.far.response(code, phrase, extra+"User-Agent: "+d.to.agent+"\r\n", "", ""))
	s.hop()
	c.ackFailure(c.proxy, d.to.addr, c.far)
	s.send(c.proxy, d.from.addr, c.near.response(code, phrase, extra+"Server: kamailio (5.6.3 (x86_64/linux))\r\n", "", ""))
	s.hop()
	c.ackFailure(d.from.addr, c.proxy, c.near)
}

func (c *proxied) ackFailure(from, to netip.AddrPort, invite *exchange) {
	ack := *invite
	ack.method, ack.routes, ack.vias = "ACK", "", invite.vias[len(invite.vias)-1:]
	c.d.tagged = true
	c.d.s.send(from, to, ack.request(70, "", "", ""))
	c.d.tagged = false
}

// cancel is a CANCEL on both hops and the 487 that follows.
func (c *proxied) cancel() {
	s, d := c.d.s, c.d
	cancel := func(from, to netip.AddrPort, invite *exchange) {
		e := *invite
		e.method, e.routes, e.vias = "CANCEL", "", invite.vias[len(invite.vias)-1:]
		s.send(from, to, e.request(70, "Reason: SIP;cause=487;text=\"ORIGINATOR_CANCEL\"\r\n", "", ""))
		s.hop()
		s.send(to, from, e.response(200, "canceling", "", "", ""))
		s.hop()
	}
	cancel(d.from.addr, c.proxy, c.near)
	cancel(c.proxy, d.to.addr, c.far)
	c.reject(487, "Request Terminated", "")
}
