package sipgen

import (
	"net/netip"
	"strconv"
)

// text is a SIP message under construction.
type text []byte

// header appends a header line made of the parts of its value.
func (t *text) header(name string, parts ...string) {
	b := append(append(*t, name...), ": "...)
	for _, p := range parts {
		b = append(b, p...)
	}
	*t = append(b, '\r', '\n')
}

// headers appends header lines as they are.
func (t *text) headers(lines string) { *t = append(*t, lines...) }

// body ends the message with a body, which may be empty.
func (t *text) body(contentType, body string) []byte {
	if body != "" {
		t.header("Content-Type", contentType)
	}
	t.header("Content-Length", strconv.Itoa(len(body)))
	*t = append(append(*t, '\r', '\n'), body...)
	return *t
}

// party is one user with a phone.
type party struct {
	user, number, agent string
	addr                netip.AddrPort
	tag                 string
	params              string // of the URIs that point to the phone
}

var userAgents = [...]string{
	"PolycomVVX-VVX_411-UA/5.9.5.0614", "Yealink SIP-T46S 66.85.0.5", "snom710/8.9.3.80", "Cisco/SPA525G-7.6.2f",
	"baresip v1.0.0 (x86_64/linux)", "Linphone/4.4.1 (belle-sip/5.0.0)", "MicroSIP/3.21.3", "Grandstream GXP2170 1.0.11.16",
}

const domain = "example.com"

func (g *generator) party() party {
	n := strconv.Itoa(100000 + g.rng.IntN(60000))
	return party{
		user: "+4930" + n, number: n, addr: g.client(), tag: g.token(10), params: g.params,
		agent: userAgents[g.rng.IntN(len(userAgents))],
	}
}

func (p *party) aor() string     { return "sip:" + p.user + "@" + domain }
func (p *party) contact() string { return "<sip:" + p.user + "@" + p.addr.String() + p.params + ">" }

// via is one Via value with a fresh branch.
func (g *generator) via(at netip.AddrPort) string {
	return "SIP/2.0/" + g.transport + " " + at.String() + ";branch=z9hG4bK" + g.token(16)
}

// dialog is what the messages of one dialog share.
type dialog struct {
	s        *session
	from, to party // of the side that began; to.tag is used once tagged is set
	tagged   bool
	seq      int
}

// exchange is one transaction of a dialog: what its request and its responses share.
type exchange struct {
	d       *dialog
	method  string
	uri     string
	vias    []string // topmost last
	routes  string   // Record-Route lines
	seq     int
	reverse bool // the request comes from the called side
}

func (d *dialog) begin(method, uri string) *exchange {
	if method != "ACK" && method != "CANCEL" {
		d.seq++
	}
	return &exchange{d: d, method: method, uri: uri, seq: d.seq}
}

// core appends the headers that a request and its responses have in common.
func (e *exchange) core(t *text, tagged bool) {
	for i := len(e.vias) - 1; i >= 0; i-- {
		t.header("Via", e.vias[i])
	}
	t.headers(e.routes)
	from, to := &e.d.from, &e.d.to
	if e.reverse {
		from, to = to, from
	}
	t.header("From", `"`, from.number, `" <`, from.aor(), ">;tag=", from.tag)
	if tagged {
		t.header("To", "<", to.aor(), ">;tag=", to.tag)
	} else {
		t.header("To", "<", to.aor(), ">")
	}
	t.header("Call-ID", e.d.s.callID)
	t.header("CSeq", strconv.Itoa(e.seq), " ", e.method)
}

// request returns the request with further header lines and a body.
func (e *exchange) request(forwards int, extra, contentType, body string) []byte {
	t := make(text, 0, 1400)
	t = append(append(append(append(t, e.method...), ' '), e.uri...), " SIP/2.0\r\n"...)
	e.core(&t, e.d.tagged)
	t.header("Max-Forwards", strconv.Itoa(forwards))
	t.headers(extra)
	return t.body(contentType, body)
}

// response returns a response with further header lines and a body.
func (e *exchange) response(code int, phrase, extra, contentType, body string) []byte {
	t := make(text, 0, 1400)
	t = append(append(append(append(append(t, "SIP/2.0 "...), strconv.Itoa(code)...), ' '), phrase...), "\r\n"...)
	e.core(&t, code > 100)
	t.headers(extra)
	return t.body(contentType, body)
}
