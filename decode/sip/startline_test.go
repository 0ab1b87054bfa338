package sip

import (
	"errors"
	"strings"
	"testing"
)

func TestStartLine(t *testing.T) {
	for _, c := range []struct {
		line        string
		kind        Kind
		fault       string
		method      string
		status      int
		uri, reason string
		known       Method
	}{
		{line: "INVITE sip:b@example.com SIP/2.0", kind: SIP, method: "INVITE", known: INVITE, uri: "sip:b@example.com"},
		{line: "INVITE sip:b@example.com sip/2.0", kind: SIP, method: "INVITE", known: INVITE, uri: "sip:b@example.com"},
		{line: "invite sip:b@example.com SIP/2.0", kind: SIP, method: "invite", uri: "sip:b@example.com"},
		{line: "X-foo.bar tel:+1 SIP/2.0", kind: SIP, method: "X-foo.bar", uri: "tel:+1"},
		{line: "ACK sip: UserB@there.com SIP/2.0", kind: SIP, fault: "space_in_request_uri", method: "ACK", known: ACK,
			uri: "sip: UserB@there.com"},
		{line: "INVITE sip:UserB1@ there.com SIP/2.0", kind: SIP, fault: "space_in_request_uri", method: "INVITE",
			known: INVITE, uri: "sip:UserB1@ there.com"},
		{line: "INVITE <sip:b@example.com> SIP/2.0", kind: SIP, method: "INVITE", known: INVITE, uri: "<sip:b@example.com>"},
		{line: "OPTIONS * SIP/2.0", kind: SIP, method: "OPTIONS", known: OPTIONS, uri: "*"},
		{line: "SIP/2.0 200 OK", kind: SIP, status: 200, reason: "OK"},
		{line: "sip/2.0 200 OK", kind: SIP, status: 200, reason: "OK"},
		{line: "SIP/2.0 699 A b c ", kind: SIP, status: 699, reason: "A b c "},
		{line: "SIP/2.0 100 ", kind: SIP, status: 100},
		{line: "SIP/2.0 100", kind: SIP, status: 100},

		{line: "INVITE sip: b@ c SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE sip:b @c SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE  sip:b@c SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE sip:b@c  SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE sip:b@c SIP/2.0 ", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE\tsip:b@c SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE sip:b\tc SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE sip:b@c; lr SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE sip:b@c", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "INVITE sip:b@c SIP/7.0", kind: Malformed, fault: "bad_version"},
		{line: "INVITE sip:b@c SIP/2.00", kind: Malformed, fault: "bad_version"},
		{line: "SIP/2.0  486 Busy Here", kind: Malformed, fault: "bad_start_line"},
		{line: "SIP/2.0 4294967301 better not", kind: Malformed, fault: "bad_start_line"},
		{line: "SIP/2.0 700 Beyond", kind: Malformed, fault: "bad_start_line"},
		{line: "SIP/2.0 099 Below", kind: Malformed, fault: "bad_start_line"},
		{line: "SIP/2.0 20x OK", kind: Malformed, fault: "bad_start_line"},
		{line: "SIP/2.0 200OK", kind: Malformed, fault: "bad_start_line"},
		{line: "SIP/2.0", kind: Malformed, fault: "bad_start_line"},
		{line: "SIP/3.0 200 OK", kind: Malformed, fault: "bad_version"},
		{line: "SIP/2.01 200 OK", kind: Malformed, fault: "bad_version"},

		{line: "NOTIFY * HTTP/1.1"},
		{line: "M-SEARCH * HTTP/1.1"},
		{line: "OPTIONS * HTTP/1.1"},
		{line: "OPTIONS sip:b@c HTTP/1.1"},
		{line: "GET / HTTP/1.1"},
		{line: "HTTP/1.1 200 OK"},
		{line: "RTSP/1.0 200 OK"},
		{line: "OPTIONS rtsp://192.0.2.1/stream RTSP/1.0"},
		{line: "OPTIONS rtsp://192.0.2.1/stream"},
		{line: "MSRP d93kswow SEND"},
		{line: "INVITE"},
		{line: "INVITE "},
		{line: "SIP/"},
		{line: "SIP/x 200"},
		{line: "SIP"},
		{line: "sip:b@example.com"},
		{line: "the quick brown fox"},
		{line: "\x80\x08\x12\x34"},
		{line: "\x16\x03\x01\x02\x00"},
		{line: "\x00\x01\x00\x00\x21\x12\xa4\x42"},
	} {
		for _, lineBreak := range []string{"\r\n", "\n", ""} {
			raw := []byte(c.line + lineBreak)
			m := new(Message)
			err := m.Parse(raw)
			if got := Detect(raw); got != c.kind {
				t.Errorf("%q: Detect says %v, want %v", raw, got, c.kind)
			}
			want := map[Kind]error{SIP: nil, Malformed: ErrStartLine, NotSIP: ErrNotSIP}[c.kind]
			if !errors.Is(err, want) {
				t.Errorf("%q: Parse says %v, want %v", raw, err, want)
			}
			var reasons []string
			m.Faults.Each(func(f Fault) {
				if f <= FaultSpaceInRequestURI {
					reasons = append(reasons, f.String())
				}
			})
			if got := strings.Join(reasons, ","); got != c.fault {
				t.Errorf("%q: faults %q, want %q", raw, got, c.fault)
			}
			if string(m.MethodName()) != c.method || m.Method != c.known || m.Status != c.status ||
				string(m.RequestURI()) != c.uri || string(m.ReasonPhrase()) != c.reason || m.Request != (c.method != "") {
				t.Errorf("%q: read as %q %v %q, %d %q", raw, m.MethodName(), m.Method, m.RequestURI(), m.Status, m.ReasonPhrase())
			}
		}
	}
}

func TestDetectKeepAlive(t *testing.T) {
	for text, want := range map[string]Kind{
		"":                              KeepAlive,
		"\r\n\r\n":                      KeepAlive,
		"\r\n":                          KeepAlive,
		"\n":                            KeepAlive,
		"\x00":                          KeepAlive,
		"\x00\x00\x00\x00":              KeepAlive,
		"\x00\x00\r\n":                  KeepAlive,
		"\x00\x01":                      NotSIP,
		"x":                             NotSIP,
		" \r\n":                         NotSIP,
		"\r\n\r\nBYE sip:a@b SIP/2.0\r": SIP,
	} {
		if got := Detect([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestCanBegin compares CanBegin with Detect for every first byte.
func TestCanBegin(t *testing.T) {
	for c := range 256 {
		begins := false
		for _, rest := range []string{"", "OPTIONS sip:b SIP/2.0\r\n", "IP/2.0 200 OK\r\n", "\r\n", "\x00"} {
			begins = begins || Detect(append([]byte{byte(c)}, rest...)) != NotSIP
		}
		if got := CanBegin(byte(c)); got != begins {
			t.Errorf("%#x: %v, want %v", c, got, begins)
		}
	}
}

func TestMayBegin(t *testing.T) {
	for text, want := range map[string]bool{
		"OPTIONS sip:b SIP/2.0\r\n": true, "SIP/2.0 200 OK\r\n": true, "sip/2.0 200 OK\r\n": true, "A b": true, "NOTIFY\tb": true,
		"\r\n\r\n": true, "\r\nBYE b": true, "\x00\x00": true, "": true,
		"OPTIONS": false, "OPTIONS\r\n": false, "OPT\x01IONS ": false, "<13>syslog": false, "\x80\x08": false, "ab/c": false, "@A\x02": false,
	} {
		if got := MayBegin([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		if !want && Detect([]byte(text)) != NotSIP {
			t.Errorf("%q is %v", text, Detect([]byte(text)))
		}
	}
}
