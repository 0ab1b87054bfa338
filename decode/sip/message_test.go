package sip

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// parse reads text with its line feeds made CRLF.
func parse(t *testing.T, text string) *Message {
	t.Helper()
	m := new(Message)
	if err := m.Parse([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		t.Fatalf("%v: %q", err, text)
	}
	return m
}

// request is a whole request; other header fields go in front of it.
const request = `Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
From: <sip:a@example.com>;tag=1
To: <sip:b@example.com>
Call-ID: 1@example.com
CSeq: 1 OPTIONS
Content-Length: 0

`

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

// Every known name is found in its usual spelling, in any case and with white space before the colon, and so is its
// compact form.
func TestHeaderNames(t *testing.T) {
	compact := make(map[HeaderID]string)
	for _, c := range compactNames {
		compact[c.id] = string(c.name)
	}
	for id := HeaderOther + 1; int(id) < NumHeaders; id++ {
		spellings := []string{id.String(), strings.ToUpper(id.String()), strings.ToLower(id.String()), id.String() + " ",
			id.String() + "\t "}
		if c, ok := compact[id]; ok {
			spellings = append(spellings, c, strings.ToUpper(c), c+" ")
		}
		for _, name := range spellings {
			for _, value := range []string{"v", "", "0123456789abcdef"} {
				m := parse(t, "OPTIONS sip:b@example.com SIP/2.0\nZz: y\n"+name+": "+value+"\n\n")
				if got := m.Header(id); string(got) != value || got == nil || m.Count(id) != 1 || m.ID(1) != id {
					t.Errorf("%q: %q is %q", id, name, got)
				}
				if got := string(m.Name(1)); got != strings.TrimRight(name, " \t") {
					t.Errorf("%q: named %q", name, got)
				}
			}
			if got := LookupHeader([]byte(strings.TrimRight(name, " \t"))); got != id {
				t.Errorf("%q is %q", name, got)
			}
		}
		// What differs in one byte is another name.
		name := []byte(id.String())
		for i := range name {
			other := bytes.Clone(name)
			other[i] ^= 0x07
			if LookupHeader(other) == id {
				t.Errorf("%q taken for %q", other, name)
			}
		}
	}
}

func TestHeaderFields(t *testing.T) {
	for _, c := range []struct {
		name, text string // the header fields in front of a whole request
		id         HeaderID
		values     []string
		faults     string
	}{
		{"plain", "Subject: lunch\n", HeaderSubject, []string{"lunch"}, ""},
		{"no space", "Subject:lunch\n", HeaderSubject, []string{"lunch"}, ""},
		{"much space", "Subject \t:\t  lunch  \t\n", HeaderSubject, []string{"lunch"}, ""},
		{"colon in value", "Subject: a:b: c\n", HeaderSubject, []string{"a:b: c"}, ""},
		{"empty", "Subject:\n", HeaderSubject, []string{""}, ""},
		{"fold", "Subject: lunch\n at\n\tone\n", HeaderSubject, []string{"lunch\r\n at\r\n\tone"}, ""},
		{"value in the fold", "Subject:\n lunch\n", HeaderSubject, []string{"lunch"}, ""},
		{"fold with nothing", "Subject: lunch\n \n", HeaderSubject, []string{"lunch"}, ""},
		{"repeated", "Route: <sip:a>\nSubject: x\nroute: <sip:b>, <sip:c>\n", HeaderRoute,
			[]string{"<sip:a>", "<sip:b>, <sip:c>"}, ""},
		{"long and compact", "Supported: a\nk: b\n", HeaderSupported, []string{"a", "b"}, ""},
		{"binary", "Subject: \x00\x01\xff\xfe\n", HeaderSubject, []string{"\x00\x01\xff\xfe"}, ""},
		{"UTF-8", "Subject: Mittagessen für zwölf\n", HeaderSubject, []string{"Mittagessen für zwölf"}, ""},
		{"CR inside", "Subject: a\rb\n", HeaderSubject, []string{"a\rb"}, ""},
		{"no colon", "this is no header field\nSubject: x\n", HeaderSubject, []string{"x"}, "header_without_colon"},
		{"short without colon", "x\nSubject: x\n", HeaderSubject, []string{"x"}, "header_without_colon"},
		{"colon in the next line only", "Short\nl: 0\n", HeaderContentLength, []string{"0", "0"}, "header_without_colon"},
		{"no name", ": x\n", HeaderSubject, nil, "bad_header_name"},
		{"space in the name", "User Agent: x\n", HeaderUserAgent, []string{"x"}, "bad_header_name"},
		{"space for the hyphen", "Content Length:0\n", HeaderContentLength, []string{"0", "0"}, "bad_header_name"},
		{"odd name", "X(y): x\n", HeaderOther, []string{"x"}, "bad_header_name"},
		{"unknown names", "X-One: 1\nX-Two: 2\n", HeaderOther, []string{"1", "2"}, ""},
		{"two Call-IDs", "Call-Id: 2@example.com\n", HeaderCallID, []string{"2@example.com", "1@example.com"}, "duplicate_call_id"},
		{"two CSeqs", "CSEQ: 1 OPTIONS\n", HeaderCSeq, []string{"1 OPTIONS", "1 OPTIONS"}, "duplicate_cseq"},
		{"two Froms", "f: <sip:x@y>;tag=2\n", HeaderFrom, []string{"<sip:x@y>;tag=2", "<sip:a@example.com>;tag=1"}, "duplicate_from"},
		{"two Tos", "t: <sip:x@y>\n", HeaderTo, []string{"<sip:x@y>", "<sip:b@example.com>"}, "duplicate_to"},
		{"two lengths alike", "l: 0\n", HeaderContentLength, []string{"0", "0"}, ""},
		{"two lengths", "l: 000\n", HeaderContentLength, []string{"000", "0"}, "duplicate_content_length"},
		{"huge length", "l: 99999999999999999999999\n", HeaderContentLength, []string{"99999999999999999999999", "0"},
			"bad_content_length,duplicate_content_length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := parse(t, "OPTIONS sip:b@example.com SIP/2.0\n"+c.text+request)
			var values []string
			for i := m.First(c.id); i >= 0; i = m.Next(i) {
				values = append(values, string(m.Value(i)))
			}
			if fmt.Sprintf("%q", values) != fmt.Sprintf("%q", c.values) || m.Count(c.id) != len(c.values) {
				t.Errorf("values %q, want %q", values, c.values)
			}
			if got := m.Faults.String(); got != c.faults {
				t.Errorf("faults %q, want %q", got, c.faults)
			}
			if got := PeekCallID(m.Raw()); !bytes.Equal(got, m.CallID()) {
				t.Errorf("peeked %q, want %q", got, m.CallID())
			}
			lf := new(Message)
			if err := lf.Parse(bytes.ReplaceAll(m.Raw(), []byte("\r\n"), []byte("\n"))); err != nil || lf.Faults != m.Faults || lf.Len() != m.Len() {
				t.Errorf("with LF only: %v, faults %v, %d fields", err, lf.Faults, lf.Len())
			}
		})
	}
}

func TestHeaderNamed(t *testing.T) {
	m := parse(t, "OPTIONS sip:b@example.com SIP/2.0\nX-Mine: 1\nx-mine: 2\n"+request)
	if got := string(m.HeaderNamed("x-MINE")); got != "1" {
		t.Errorf("X-Mine is %q", got)
	}
	if m.HeaderNamed("X-Yours") != nil {
		t.Error("X-Yours is there")
	}
}

func TestUnfold(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		"plain  text":         "plain  text",
		"a\r\n b":             "a b",
		"a \t\r\n \t b\n\tc ": "a b c ",
	} {
		if got := string(Unfold(nil, []byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCSeq(t *testing.T) {
	for _, c := range []struct {
		value  string
		n      uint32
		method Method
		ok     bool
		faults string
	}{
		{"1 OPTIONS", 1, OPTIONS, true, ""},
		{"0009\n  OPTIONS", 9, OPTIONS, true, ""},
		{"2147483647 OPTIONS", 1<<31 - 1, OPTIONS, true, ""},
		{"2147483648 OPTIONS", 1 << 31, OPTIONS, true, "cseq_out_of_range"},
		{"4294967295 OPTIONS", 1<<32 - 1, OPTIONS, true, "cseq_out_of_range"},
		{"4294967296 OPTIONS", 1<<32 - 1, OPTIONS, false, "cseq_out_of_range"},
		{"36893488147419103232 OPTIONS", 1<<32 - 1, OPTIONS, false, "cseq_out_of_range"},
		{"1 BYE", 1, BYE, true, "cseq_method_mismatch"},
		{"1 options", 1, MethodOther, true, "cseq_method_mismatch"},
		{"1", 1, MethodOther, false, "bad_cseq"},
		{"OPTIONS", 0, OPTIONS, false, "bad_cseq"},
		{"1OPTIONS", 1, OPTIONS, true, "bad_cseq"},
		{"", 0, MethodOther, false, "bad_cseq"},
	} {
		m := parse(t, "OPTIONS sip:b@example.com SIP/2.0\n"+strings.Replace(request, "1 OPTIONS", c.value, 1))
		n, method, ok := m.CSeq()
		if n != c.n || method != c.method || ok != c.ok || m.Faults.String() != c.faults {
			t.Errorf("%q: %d %v %v, faults %v", c.value, n, method, ok, m.Faults)
		}
		m = parse(t, "SIP/2.0 200 OK\n"+strings.Replace(request, "1 OPTIONS", c.value, 1))
		if n, method, ok := m.CSeq(); n != c.n || method != c.method || ok != c.ok || m.Method != c.method {
			t.Errorf("%q in a response: %d %v %v, method %v", c.value, n, method, ok, m.Method)
		}
	}
	if m := parse(t, "SIP/2.0 200 OK\nCSeq: 7 FOO\n\n"); m.Method != MethodOther || string(m.MethodName()) != "FOO" {
		t.Errorf("method of a response is %v, %q", m.Method, m.MethodName())
	}
}

func TestBody(t *testing.T) {
	const head = "OPTIONS sip:b@example.com SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nf: <sip:a>;tag=1\nt: <sip:b>\n" +
		"i: 1\nCSeq: 1 OPTIONS\n"
	for _, c := range []struct {
		name, text, body, faults string
	}{
		{"exact", "l: 4\n\nbody", "body", ""},
		{"without length", "\nbody", "body", ""},
		{"none", "\n", "", ""},
		{"trailing", "l: 2\n\nbody", "bo", "trailing_bytes"},
		{"beyond", "l: 9\n\nbody", "body", "content_length_beyond_packet"},
		{"negative", "l: -1\n\nbody", "body", "bad_content_length"},
		{"no number", "l: many\n\nbody", "body", "bad_content_length"},
		{"empty length", "l:\n\nbody", "body", "bad_content_length"},
		{"no empty line", "l: 0\n", "", "missing_empty_line"},
		{"cut in a value", "Subject: lun", "", "missing_empty_line"},
		{"cut in a name", "Subj", "", "header_without_colon,missing_empty_line"},
		{"cut behind CR", "l: 4\n\r", "", "missing_empty_line,content_length_beyond_packet"},
	} {
		m := parse(t, head+c.text)
		if string(m.Body()) != c.body || m.Faults.String() != c.faults {
			t.Errorf("%s: body %q, faults %v, want %q, %s", c.name, m.Body(), m.Faults, c.body, c.faults)
		}
	}
	m := new(Message)
	_ = m.ParseStream([]byte(strings.ReplaceAll(head+"\n", "\n", "\r\n")))
	if m.Faults != FaultMissingContentLength.set() {
		t.Errorf("without length in a stream: faults %v", m.Faults)
	}
}

func TestMissingHeaders(t *testing.T) {
	m := parse(t, "SIP/2.0 200 OK\n\n")
	if got, want := m.Faults.String(), "missing_via,missing_from,missing_to,missing_call_id,missing_cseq"; got != want {
		t.Errorf("faults %q, want %q", got, want)
	}
	if m.CallID() != nil || m.From().URI != nil || m.To().Tag() != nil || m.First(HeaderVia) != -1 || m.ContentType() != nil {
		t.Error("what is missing is not nil")
	}
	if _, ok := m.TopVia(); ok {
		t.Error("a Via where there is none")
	}
	if _, ok := m.Contact(); ok {
		t.Error("a Contact where there is none")
	}
	if _, ok := m.ContentLength(); ok {
		t.Error("a Content-Length where there is none")
	}
}

// More header fields than a Message has room for are kept too, up to a limit.
func TestManyHeaders(t *testing.T) {
	m := new(Message)
	for _, n := range []int{1, inlineHeaders - 7, inlineHeaders - 6, 1000, MaxHeaders, 3} {
		var b strings.Builder
		b.WriteString("OPTIONS sip:b@example.com SIP/2.0\n")
		for i := range n {
			fmt.Fprintf(&b, "Route: <sip:%d>\n", i)
		}
		if err := m.Parse([]byte(b.String() + request)); err != nil {
			t.Fatal(err)
		}
		kept := min(n+6, MaxHeaders)
		if m.Len() != kept || m.Faults.Has(FaultTooManyHeaders) != (n+6 > MaxHeaders) {
			t.Errorf("%d header fields, %d kept, faults %v", n+6, m.Len(), m.Faults)
		}
		i := 0
		for f := m.First(HeaderRoute); f >= 0; f = m.Next(f) {
			if want := fmt.Sprintf("<sip:%d>", i); string(m.Value(f)) != want {
				t.Fatalf("Route %d of %d is %q", i, n, m.Value(f))
			}
			i++
		}
		if i != n {
			t.Errorf("%d of %d Routes", i, n)
		}
		if n < MaxHeaders-6 && string(m.CallID()) != "1@example.com" {
			t.Errorf("behind %d others the Call-ID is %q", n, m.CallID())
		}
	}
}

// A Message carries nothing from one Parse to the next.
func TestReuse(t *testing.T) {
	m := new(Message)
	for range 2 {
		for _, c := range benchMessages {
			fresh := new(Message)
			_ = fresh.Parse([]byte(c.text))
			_ = m.Parse([]byte(c.text))
			if a, b := describe(fresh), describe(m); a != b {
				t.Errorf("%s reads differently the second time:\n%s\n%s", c.name, a, b)
			}
		}
		for _, text := range []string{"", "junk", "INVITE  sip:x SIP/2.0\r\n"} {
			if m.Parse([]byte(text)) == nil || m.Len() != 0 || m.CallID() != nil || len(m.Body()) != 0 || m.MethodName() != nil {
				t.Errorf("something is left behind %q", text)
			}
		}
	}
}

// describe lists everything that a message says.
func describe(m *Message) string {
	var b strings.Builder
	n, method, ok := m.CSeq()
	fmt.Fprintf(&b, "%v %v %q %q %d %q %v | %d %v %v | %q\n", m.Request, m.Method, m.MethodName(), m.RequestURI(), m.Status,
		m.ReasonPhrase(), m.Faults, n, method, ok, m.Body())
	for i := range m.Len() {
		fmt.Fprintf(&b, "%v %q %q\n", m.ID(i), m.Name(i), m.Value(i))
	}
	fmt.Fprintf(&b, "%q %q\n", m.From(), m.To())
	contact, _ := m.Contact()
	via, _ := m.TopVia()
	fmt.Fprintf(&b, "%q %s %s %q %d %d %q %q\n", contact, via.Transport, via.Host, via.Branch, via.Port, via.RPort, via.Received, via.Params)
	return b.String()
}

func TestNoAllocations(t *testing.T) {
	m := new(Message)
	for _, c := range benchMessages {
		raw := []byte(c.text)
		for what, f := range map[string]func(){
			"Parse":      func() { _ = m.Parse(raw) },
			"accessors":  func() { sink += askAll(m) },
			"Check":      func() { sink += int(m.Check()) },
			"Detect":     func() { sink += int(Detect(raw)) },
			"Frame":      func() { n, _ := Frame(raw); sink += n },
			"PeekCallID": func() { sink += len(PeekCallID(raw)) },
			"HeaderNamed": func() {
				sink += len(m.HeaderNamed("x-unknown"))
			},
			"Contact": func() { a, _ := m.Contact(); u, _ := ParseURI(a.URI); sink += len(u.Host) },
			"Parts": func() {
				parts := Parts(m.ContentType(), m.Body())
				for p, ok := parts.Next(); ok; p, ok = parts.Next() {
					sink += len(p.Body)
				}
			},
		} {
			_ = m.Parse(raw)
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("%s of %s: %v allocations", what, c.name, n)
			}
		}
	}
	// Beyond 64 header fields there is an allocation once, and none after.
	raw := []byte("OPTIONS sip:b@example.com SIP/2.0\n" + strings.Repeat("Route: <sip:a>\n", 200) + request)
	if n := testing.AllocsPerRun(100, func() { _ = m.Parse(raw) }); n != 0 {
		t.Errorf("Parse of 200 header fields: %v allocations", n)
	}
}

func TestNames(t *testing.T) {
	seen := make(map[string]bool)
	for f := range Fault(NumFaults) {
		if f.String() == "" || seen[f.String()] || strings.ToLower(f.String()) != f.String() {
			t.Errorf("fault %d has the name %q", f, f)
		}
		seen[f.String()] = true
	}
	for m := range Method(NumMethods) {
		if got := ParseMethod([]byte(m.String())); got != m {
			t.Errorf("%v reads as %v", m, got)
		}
	}
	if Fault(NumFaults).String() != "unknown" || Method(NumMethods).String() != "OTHER" || HeaderID(NumHeaders).String() != "" {
		t.Error("a value beyond its set has a name")
	}
}
