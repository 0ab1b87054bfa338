package sip

import (
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		text                 string
		display, uri, params string
		tag                  string
		ok                   bool
	}{
		{"<sip:a@b>;tag=1", "", "sip:a@b", ";tag=1", "1", true},
		{"<sip:a@b>", "", "sip:a@b", "", "", true},
		{"sip:a@b", "", "sip:a@b", "", "", true},
		{"sip:a@b;tag=1", "", "sip:a@b", ";tag=1", "1", true},
		{"<sip:a@b;tag=uri>;tag=1", "", "sip:a@b;tag=uri", ";tag=1", "1", true},
		{"<sip:a@b;tag=uri>", "", "sip:a@b;tag=uri", "", "", true},
		{"Alice <sip:a@b>;tag=1", "Alice", "sip:a@b", ";tag=1", "1", true},
		{"Alice<sip:a@b>;tag=1", "Alice", "sip:a@b", ";tag=1", "1", true},
		{"Bell, Alexander <sip:a@b>;tag=43", "Bell, Alexander", "sip:a@b", ";tag=43", "43", true},
		{`"A \"B\" <sip:x>; C\\" <sip:a@b>;tag=1`, `A \"B\" <sip:x>; C\\`, "sip:a@b", ";tag=1", "1", true},
		{`""<sip:a@b>`, "", "sip:a@b", "", "", true},
		{"\"J R\"\r\n  <sip:a@b>\r\n  ;\r\n tag = 98", "J R", "sip:a@b", ";\r\n tag = 98", "98", true},
		{"sip:a@b ;   tag    = 19", "", "sip:a@b", ";   tag    = 19", "19", true},
		{"<sip:a@b>;x;Tag=2;tag=3", "", "sip:a@b", ";x;Tag=2;tag=3", "2", true},
		{"<sip:a@b>;tagged=2;tag=3", "", "sip:a@b", ";tagged=2;tag=3", "3", true},
		{"<sip:a@b>;tag", "", "sip:a@b", ";tag", "", true},
		{"<sip:a@b>;tag=", "", "sip:a@b", ";tag=", "", true},
		{`<sip:a@b>;tag="q;1"`, "", "sip:a@b", `;tag="q;1"`, "q;1", true},
		{`<sip:a@b>;x="y;tag=no";tag=yes`, "", "sip:a@b", `;x="y;tag=no";tag=yes`, "yes", true},
		{"<sip:a@b> ; tag=1", "", "sip:a@b", "; tag=1", "1", true},
		{"7,phone-context=p@g;tag=1", "", "7,phone-context=p@g", ";tag=1", "1", true},
		{"*", "", "*", "", "", true},

		{"< sip:a@b>;tag=1", "", "sip:a@b", ";tag=1", "1", false},
		{"<sip:a@b >", "", "sip:a@b", "", "", false},
		{`"Mr. J. User <sip:a@b>;tag=1`, "Mr. J. User", "sip:a@b", ";tag=1", "1", false},
		{`"Alice" sip:a@b`, "", `"Alice" sip:a@b`, "", "", false},
		{"<sip:a@b;tag=1", "", "sip:a@b;tag=1", "", "", false},
		{"<>;tag=1", "", "", ";tag=1", "1", false},
		{"", "", "", "", "", false},
		{";tag=1", "", "", ";tag=1", "1", false},
	} {
		a, ok := ParseAddress([]byte(c.text))
		if string(a.Display) != c.display || string(a.URI) != c.uri || string(a.Params) != c.params ||
			string(a.Tag()) != c.tag || ok != c.ok {
			t.Errorf("%q: display %q, URI %q, params %q, tag %q, %v", c.text, a.Display, a.URI, a.Params, a.Tag(), ok)
		}
	}
}

func TestNextAddress(t *testing.T) {
	for list, want := range map[string]string{
		"<sip:a>":         "sip:a",
		"<sip:a>,<sip:b>": "sip:a sip:b",
		"<sip:a>;q=1 , B <sip:b>;x,\r\n sip:c;expires=2": "sip:a;q=1 sip:b;x sip:c;expires=2",
		`"A, B" <sip:a,b>;x="1,2",sip:c`:                 `sip:a,b;x="1,2" sip:c`,
		", ,<sip:a>,,<sip:b>,":                           "sip:a sip:b",
		"sip:a,sip:b":                                    "sip:a sip:b",
		"*":                                              "*",
		"":                                               "",
		",":                                              "",
	} {
		var got []string
		for rest := []byte(list); len(rest) > 0; {
			var a Address
			a, rest = NextAddress(rest)
			if len(a.URI) > 0 {
				got = append(got, string(a.URI)+string(a.Params))
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, want %q", list, s, want)
		}
	}
}

func TestNextValue(t *testing.T) {
	var got []string
	for rest := []byte(` a, b;x="1,2" ,<c,d>,, e `); len(rest) > 0; {
		var v []byte
		v, rest = NextValue(rest)
		got = append(got, string(v))
	}
	if s := strings.Join(got, "|"); s != `a|b;x="1,2"|<c,d>||e` {
		t.Errorf("values %q", s)
	}
}

func TestParam(t *testing.T) {
	const params = `;a=1; B = "x;\"y" ;flag;c="";=5;d=e=f ;a=2;z="open`
	for name, want := range map[string]string{
		"a": "1", "b": `x;\"y`, "c": "", "d": "e=f", "z": `"open`,
	} {
		if v, ok := Param([]byte(params), name); string(v) != want || !ok || v == nil {
			t.Errorf("%s is %q, %v", name, v, ok)
		}
	}
	if v, ok := Param([]byte(params), "FLAG"); v != nil || !ok {
		t.Errorf("flag is %q, %v", v, ok)
	}
	if _, ok := Param([]byte(params), "none"); ok {
		t.Error("a parameter that is not there")
	}
	if v, ok := Param([]byte("a=1;b=2"), "a"); string(v) != "1" || !ok {
		t.Error("the first semicolon is not optional")
	}
}

func TestNextVia(t *testing.T) {
	for _, c := range []struct {
		text, transport, host string
		port                  int
		branch, received      string
		rport                 int
		cookie                bool
	}{
		{"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK77", "UDP", "192.0.2.1", 5060, "z9hG4bK77", "", 0, true},
		{"SIP/2.0/tcp host;branch=z9hG4bK", "tcp", "host", 0, "z9hG4bK", "", 0, false},
		{"SIP/2.0/UDP host", "UDP", "host", 0, "", "", 0, false},
		{"SIP/2.0/UDP host:5060", "UDP", "host", 5060, "", "", 0, false},
		{"SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bK1;received=[2001:db8::2]", "TLS", "[2001:db8::1]", 5061, "z9hG4bK1",
			"[2001:db8::2]", 0, true},
		{"SIP/2.0/TLS [2001:db8::1];branch=1", "TLS", "[2001:db8::1]", 0, "1", "", 0, false},
		{"SIP / 2.0\r\n /UDP\r\n   h : 5070 ;\r\n branch = z9hG4bKa ; rport = 9", "UDP", "h", 5070, "z9hG4bKa", "", 9, true},
		{"SIP/2.0/UDP h;rport;branch=z9hG4bKa;received=192.0.2.9", "UDP", "h", 0, "z9hG4bKa", "192.0.2.9", 0, true},
		{"SIP/2.0/UDP h;hidden;BRANCH=1;branch=2", "UDP", "h", 0, "1", "", 0, false},
		{"SIP/2.0/UNKNOWN h:99999;branch=1", "UNKNOWN", "h", 0, "1", "", 0, false},
		{"SIP/2.0/UDP", "UDP", "", 0, "", "", 0, false},
		{"SIP/2.0/UDP ;branch=1", "UDP", "", 0, "1", "", 0, false},
		{"SIP/2.0/UDP [::1;branch=1", "UDP", "", 0, "1", "", 0, false},
		{"nonsense", "", "", 0, "", "", 0, false},
	} {
		for _, tail := range []string{"", ",", " , SIP/2.0/UDP last;branch=9"} {
			v, rest := NextVia([]byte(c.text + tail))
			if string(v.Transport) != c.transport || string(v.Host) != c.host || v.Port != c.port ||
				string(v.Branch) != c.branch || string(v.Received) != c.received || v.RPort != c.rport || v.HasCookie() != c.cookie {
				t.Errorf("%q: %s %s:%d branch %q received %q rport %d", c.text+tail, v.Transport, v.Host, v.Port, v.Branch, v.Received, v.RPort)
			}
			if len(tail) > 1 {
				if last, _ := NextVia(rest); string(last.Host) != "last" {
					t.Errorf("%q: behind it is %q", c.text+tail, rest)
				}
			}
		}
	}
}

func TestTopViaOfList(t *testing.T) {
	m := parse(t, "SIP/2.0 200 OK\nv: SIP/2.0/TCP one;branch=1, SIP/2.0/UDP two;branch=2\nVia: SIP/2.0/UDP three\n\n")
	if v, ok := m.TopVia(); string(v.Host) != "one" || string(v.Branch) != "1" || !ok || m.Count(HeaderVia) != 2 {
		t.Errorf("topmost Via %s;branch=%s, %v", v.Host, v.Branch, ok)
	}
}

func TestParseURI(t *testing.T) {
	for _, c := range []struct {
		text, scheme, user, host string
		port                     int
		params, headers          string
		ok                       bool
	}{
		{"sip:alice@example.com", "sip", "alice", "example.com", 0, "", "", true},
		{"SIPS:alice:secret@example.com:5061;transport=tcp;lr?Subject=x&to=y", "SIPS", "alice:secret", "example.com", 5061,
			";transport=tcp;lr", "Subject=x&to=y", true},
		{"sip:example.com", "sip", "", "example.com", 0, "", "", true},
		{"sip:[2001:db8::1]:5060", "sip", "", "[2001:db8::1]", 5060, "", "", true},
		{"sip:a@[2001:db8::1]", "sip", "a", "[2001:db8::1]", 0, "", "", true},
		{"sip:user;par=u%40example.net@example.com", "sip", "user;par=u%40example.net", "example.com", 0, "", "", true},
		{"sip:1~(x)$/crazy?,/;;*:&it@example.com", "sip", "1~(x)$/crazy?,/;;*:&it", "example.com", 0, "", "", true},
		{"sip: UserB@there.com", "sip", "UserB", "there.com", 0, "", "", true},
		{"sip:UserB@ there.com", "sip", "UserB", "there.com", 0, "", "", true},
		{"<sip:a@b>", "sip", "a", "b", 0, "", "", true},
		{"tel:+49-30-1;phone-context=x", "tel", "+49-30-1", "", 0, ";phone-context=x", "", true},
		{"urn:service:sos", "urn", "service:sos", "", 0, "", "", true},
		{"nobodyKnowsThisScheme:totallyopaquecontent", "nobodyKnowsThisScheme", "totallyopaquecontent", "", 0, "", "", true},
		{"sip:a@b:0", "sip", "a", "b", 0, "", "", true},
		{"sip:a@b:x", "sip", "a", "b", 0, "", "", false},
		{"sip:a@", "sip", "a", "", 0, "", "", false},
		{"sip:@b", "sip", "", "b", 0, "", "", false},
		{"sip:", "sip", "", "", 0, "", "", false},
		{"sip:[::1", "sip", "", "[::1", 0, "", "", false},
		{"tel:", "tel", "", "", 0, "", "", false},
		{"a@b", "", "", "", 0, "", "", false},
		{"*", "", "", "", 0, "", "", false},
		{"", "", "", "", 0, "", "", false},
	} {
		u, ok := ParseURI([]byte(c.text))
		if string(u.Scheme) != c.scheme || string(u.User) != c.user || string(u.Host) != c.host || u.Port != c.port ||
			string(u.Params) != c.params || string(u.Headers) != c.headers || ok != c.ok {
			t.Errorf("%q: %s %q %q:%d %q %q %v", c.text, u.Scheme, u.User, u.Host, u.Port, u.Params, u.Headers, ok)
		}
	}
	if u, _ := ParseURI([]byte("sip:a@b;Opaque=\"user:epid:x\";gruu")); string(u.Param("opaque")) != "user:epid:x" || !u.IsSIP() {
		t.Errorf("opaque is %q", u.Param("opaque"))
	}
}

// Check adds what only the values show; the torture messages have the rest.
func TestCheck(t *testing.T) {
	for text, want := range map[string]string{
		"":                                             "",
		"Contact: *\n":                                 "",
		"Contact: <sip:a>, <sip:b>;q=0.1\n":            "",
		"Contact: <sip:a>, <sip:b\n":                   "bad_contact",
		"Contact: <sip:a>;expires=x\n":                 "bad_contact",
		"Max-Forwards: 256\n":                          "bad_max_forwards",
		"Expires: 4294967295\n":                        "",
		"Expires: 4294967296\n":                        "bad_expires",
		"Expires: Thu, 01 Dec 1994 16:00:00 GMT\n":     "bad_expires",
		"Date: Sat, 13 Nov 2010 23:29:00 GMT\n":        "",
		"Date: Fri, 01 Jan 2010 16:00:00 EST\n":        "bad_date",
		"Warning: 307 isi.edu \"Session, more\"\n":     "",
		"Warning: 307 isi.edu no quotes\n":             "bad_warning",
		"Retry-After: 120 (in a meeting);duration=3\n": "",
		"Retry-After: soon\n":                          "bad_retry_after",
	} {
		m := parse(t, "OPTIONS sip:b@example.com SIP/2.0\n"+text+request)
		if got := m.Check().String(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
