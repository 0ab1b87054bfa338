package sip

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParts(t *testing.T) {
	for _, c := range []struct {
		name, contentType, body string
		want                    []string // content type, content ID and body of each part
	}{
		{"single", "application/sdp", "v=0\n", []string{"application/sdp||v=0\n"}},
		{"without type", "", "text", []string{"||text"}},
		{"empty", "application/sdp", "", nil},
		{"two", "multipart/mixed;boundary=b1",
			"--b1\nContent-Type: application/sdp\n\nv=0\n--b1\nc: text/plain\nContent-ID: <1@x>\n\nhello\n--b1--\n",
			[]string{"application/sdp||v=0", "text/plain|1@x|hello"}},
		{"any case", "Multipart/Mixed ; Boundary=\"b 1\"", "--b 1\nCONTENT-TYPE:text/plain\n\nx\n--b 1--",
			[]string{"text/plain||x"}},
		{"preamble and epilogue", "multipart/mixed;boundary=b1", "to be ignored\n--b1\n\nx\n--b1--\nso is --b1\nthis\n",
			[]string{"||x"}},
		{"longer boundary inside", "multipart/mixed;boundary=b1", "--b1\n\n--b12\n--b1x--\n--b1\n\ny\n--b1--",
			[]string{"||--b12\n--b1x--", "||y"}},
		{"boundary inside a line", "multipart/mixed;boundary=b1", "--b1\n\nx --b1\n--b1--", []string{"||x --b1"}},
		{"white space behind", "multipart/mixed;boundary=b1", "--b1 \t\n\nx\n--b1-- \n", []string{"||x"}},
		{"not closed", "multipart/mixed;boundary=b1", "--b1\nc: a/b\n\nx\n--b1\n\ny", []string{"a/b||x", "||y"}},
		{"no empty line", "multipart/mixed;boundary=b1", "--b1\nno header\n--b1--", []string{"||no header"}},
		{"header only", "multipart/mixed;boundary=b1", "--b1\nc: a/b\n--b1--", []string{"a/b||"}},
		{"empty part", "multipart/mixed;boundary=b1", "--b1\n--b1\n\n--b1--", []string{"||", "||"}},
		{"delimiter only", "multipart/mixed;boundary=b1", "--b1", nil},
		{"no boundary given", "multipart/mixed", "--b1\n\nx\n--b1--\n", []string{"||x"}},
		{"no boundary at all", "multipart/mixed", "x\n", nil},
		{"boundary not found", "multipart/mixed;boundary=b1", "x\n", nil},
	} {
		for _, lineBreak := range []string{"\n", "\r\n"} {
			body := strings.ReplaceAll(c.body, "\n", lineBreak)
			var got []string
			parts := Parts([]byte(c.contentType), []byte(body))
			for p, ok := parts.Next(); ok; p, ok = parts.Next() {
				got = append(got, string(p.ContentType)+"|"+string(p.ContentID)+"|"+strings.ReplaceAll(string(p.Body), lineBreak, "\n"))
			}
			if strings.Join(got, "\n;") != strings.Join(c.want, "\n;") || len(got) != len(c.want) {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
	}
}

func TestNestedParts(t *testing.T) {
	outer := Parts([]byte("multipart/mixed;boundary=o"),
		[]byte("--o\r\nContent-Type: multipart/alternative;boundary=oi\r\n\r\n--oi\r\n\r\n1\r\n--oi\r\n\r\n2\r\n--oi--\r\n--o\r\n\r\n3\r\n--o--"))
	var got []string
	for p, ok := outer.Next(); ok; p, ok = outer.Next() {
		inner := Parts(p.ContentType, p.Body)
		for q, ok := inner.Next(); ok; q, ok = inner.Next() {
			got = append(got, string(q.Body))
		}
	}
	if strings.Join(got, ",") != "1,2,3" {
		t.Errorf("parts %q", got)
	}
}

// The multi-part message of RFC 4475 section 3.1.1.11: a text and a binary signature that holds line feeds.
func TestTortureParts(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(captures(t), "..", "rfc", "rfc4475-torture", "mpart01.dat"))
	if err != nil {
		t.Fatal(err)
	}
	var m Message
	if err := m.Parse(raw); err != nil {
		t.Fatal(err)
	}
	var types, bodies []string
	parts := Parts(m.ContentType(), m.Body())
	for p, ok := parts.Next(); ok; p, ok = parts.Next() {
		types, bodies = append(types, string(p.ContentType)), append(bodies, string(p.Body))
	}
	if len(types) != 2 || types[0] != "text/plain" || bodies[0] != "Hello" || types[1] != "application/octet-stream" {
		t.Fatalf("parts %q with bodies %q", types, bodies)
	}
	if b := bodies[1]; len(b) < 200 || b[0] != '0' || b[1] != 0x82 {
		t.Errorf("the binary part is %q", b)
	}
}

func TestMediaTypeIs(t *testing.T) {
	for text, want := range map[string]bool{
		"application/sdp":                   true,
		"Application/SDP; charset=\"utf8\"": true,
		"application/sdp ;x":                true,
		"application/sdpx":                  false,
		"":                                  false,
	} {
		if MediaTypeIs([]byte(text), "application/sdp") != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
