package sipgen

import (
	"strconv"
	"time"
)

// register is a registration, usually behind a challenge.
func (s *session) register() {
	g := s.g
	user, registrar := g.party(), g.server(1, byte(g.rng.IntN(2)))
	d := &dialog{s: s, from: user, to: user, seq: g.rng.IntN(500)}
	d.to.tag = g.token(10)
	lines := "Contact: " + user.contact() + ";+sip.instance=\"<urn:uuid:" + g.token(8) + "-0000-1000-8000-" + g.token(12) +
		">\"\r\nExpires: 3600\r\nUser-Agent: " + user.agent + "\r\n" + allow + "Supported: path, outbound, gruu\r\n"
	uri := "sip:" + domain
	try := func(auth string, code int, phrase, extra string) {
		e := d.begin("REGISTER", uri)
		e.vias = []string{g.via(user.addr)}
		s.send(user.addr, registrar, e.request(70, lines+auth, "", ""))
		s.pass(time.Millisecond, 20*time.Millisecond)
		s.send(registrar, user.addr, e.response(code, phrase, extra+"Server: kamailio (5.6.3 (x86_64/linux))\r\n", "", ""))
		s.hop()
	}
	granted := "Contact: " + user.contact() + ";expires=3600;received=\"sip:" + user.addr.String() + "\"\r\n"
	try("", 401, "Unauthorized", g.challengeLine("WWW-Authenticate"))
	switch n := g.rng.IntN(100); {
	case n < 90:
		try(g.credentials("Authorization", user.user, uri), 200, "OK", granted)
	case n < 94:
		try(g.credentials("Authorization", user.user, uri), 401, "Unauthorized", g.challengeLine("WWW-Authenticate"))
	case n < 97:
		try(g.credentials("Authorization", user.user, uri), 403, "Forbidden", "")
	default:
		try(g.credentials("Authorization", user.user, uri), 503, "Service Unavailable", "Retry-After: 120\r\n")
	}
}

// subscribe is a presence subscription with its notifications, now and then refused.
func (s *session) subscribe() {
	g := s.g
	watcher, presentity, server := g.party(), g.party(), g.server(2, byte(g.rng.IntN(2)))
	d := &dialog{s: s, from: watcher, to: presentity, seq: g.rng.IntN(500)}
	subscribe := func(expires int, code int, phrase, extra string) {
		e := d.begin("SUBSCRIBE", presentity.aor())
		e.vias = []string{g.via(watcher.addr)}
		s.send(watcher.addr, server, e.request(70, "Contact: "+watcher.contact()+"\r\nEvent: presence\r\nAccept: application/pidf+xml\r\nExpires: "+
			strconv.Itoa(expires)+"\r\nUser-Agent: "+watcher.agent+"\r\n"+allow, "", ""))
		s.pass(time.Millisecond, 20*time.Millisecond)
		s.send(server, watcher.addr, e.response(code, phrase, extra, "", ""))
		s.hop()
	}
	if g.rng.IntN(10) == 0 {
		subscribe(3600, 489, "Bad Event", "Allow-Events: dialog, message-summary\r\n")
		return
	}
	contact := "Contact: <sip:" + server.String() + ">\r\nExpires: "
	subscribe(3600, 200, "OK", contact+"3600\r\n")
	d.tagged = true
	for i := range 1 + g.rng.IntN(4) {
		if i > 0 {
			s.pass(2*time.Second, 20*time.Second)
		}
		s.notify(d, "active;expires=3599")
	}
	if g.rng.IntN(2) == 0 {
		s.pass(time.Second, 20*time.Second)
		subscribe(0, 200, "OK", contact+"0\r\n")
		s.notify(d, "terminated;reason=timeout")
	}
}

func (s *session) notify(d *dialog, state string) {
	g := s.g
	server := g.server(2, 0)
	e := d.begin("NOTIFY", "sip:"+d.from.user+"@"+d.from.addr.String())
	e.reverse = true
	e.vias = []string{g.via(server)}
	basic := "open"
	if g.rng.IntN(3) == 0 {
		basic = "closed"
	}
	pidf := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"" + d.to.aor() +
		"\">\r\n<tuple id=\"t" + g.token(6) + "\"><status><basic>" + basic + "</basic></status><contact priority=\"0.8\">" + d.to.aor() +
		"</contact></tuple>\r\n</presence>\r\n"
	s.send(server, d.from.addr, e.request(70, "Contact: <sip:"+server.String()+">\r\nEvent: presence\r\nSubscription-State: "+state+
		"\r\nUser-Agent: kamailio (5.6.3 (x86_64/linux))\r\n", "application/pidf+xml", pidf))
	s.hop()
	s.send(d.from.addr, server, e.response(200, "OK", "User-Agent: "+d.from.agent+"\r\n", "", ""))
	s.hop()
}

// options is a server's ping of a phone, which now and then fails.
func (s *session) options() {
	g := s.g
	server, phone := g.party(), g.party()
	server.addr = g.server(0, byte(g.rng.IntN(4)))
	d := &dialog{s: s, from: server, to: phone, seq: g.rng.IntN(500)}
	e := d.begin("OPTIONS", "sip:"+phone.user+"@"+phone.addr.String())
	e.vias = []string{g.via(server.addr)}
	s.send(server.addr, phone.addr, e.request(70, "Contact: <sip:"+server.addr.String()+">\r\nAccept: application/sdp\r\nUser-Agent: kamailio (5.6.3 (x86_64/linux))\r\n", "", ""))
	s.hop()
	code, phrase := 200, "OK"
	switch g.rng.IntN(20) {
	case 0:
		code, phrase = 503, "Service Unavailable"
	case 1:
		code, phrase = 404, "Not Found"
	}
	s.send(phone.addr, server.addr, e.response(code, phrase, "Contact: "+phone.contact()+"\r\n"+allow+supported+"Accept: application/sdp\r\nUser-Agent: "+phone.agent+"\r\n", "", ""))
}
