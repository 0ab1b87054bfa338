package sip

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

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
