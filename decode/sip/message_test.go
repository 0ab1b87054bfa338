package sip

import (
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
