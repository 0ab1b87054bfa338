package tracelog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"sipspan/capture"
	"sipspan/internal/wire"
)

// logs returns the trace logs of the golden scenarios by name.
func logs(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../testdata/golden/trace-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no trace logs: %v", err)
	}
	all := make(map[string][]byte)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = txtar.Parse(text).Files[0].Data
	}
	return all
}

// render reads all messages of a text, as a test compares them.
func render(src io.Reader) (out string, messages int, err error) {
	var b strings.Builder
	r := New(src)
	for {
		var f capture.Frame
		if err := r.Next(&f); err != nil {
			return b.String(), messages, err
		}
		messages++
		var m wire.Meta
		text, ok := wire.ReadPDU(f.Data, &m)
		if !ok || f.Link != capture.LinkUpperPDU || f.Length != len(text) {
			return b.String(), messages, fmt.Errorf("message %d is no exported PDU of %d bytes", messages, f.Length)
		}
		if len(text) > 4*maxMessage {
			return b.String(), messages, fmt.Errorf("message %d has %d bytes", messages, len(text))
		}
		fmt.Fprintf(&b, "%d %d %d %v %v %v %v %v\n%s\n", f.Number, f.Time, f.Clock, f.Begins, m.Src, m.Dst, m.Transport, m.Flags.AppendNames(nil), text)
	}
}

// TestChunksDoNotMatter reads every log in pieces of all kinds: what comes out is the same.
func TestChunksDoNotMatter(t *testing.T) {
	for name, text := range logs(t) {
		want, n, err := render(bytes.NewReader(text))
		if n == 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%s: %d messages, %v", name, n, err)
		}
		for kind, r := range map[string]io.Reader{
			"one byte": iotest.OneByteReader(bytes.NewReader(text)), "half": iotest.HalfReader(bytes.NewReader(text)),
			"data with error": iotest.DataErrReader(bytes.NewReader(text)),
		} {
			if got, _, _ := render(r); got != want {
				t.Errorf("%s read by %s differs", name, kind)
			}
		}
	}
}

// TestLineEndsDoNotMatter gives every log the line ends of Windows.
func TestLineEndsDoNotMatter(t *testing.T) {
	for name, text := range logs(t) {
		want, _, _ := render(bytes.NewReader(text))
		if got, _, _ := render(bytes.NewReader(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))); got != want {
			t.Errorf("%s with CR LF differs", name)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, text := range logs(f) {
		f.Add(text)
		f.Add(text[:len(text)*2/3])
	}
	f.Add([]byte("\xff\xfeI\x00N\x00"))
	f.Add([]byte("F1 INVITE A -> B\nINVITE sip:b SIP/2.0\nVia: SIP/2.0/UDP a\nCall-ID: 1\n\nF1\nACK sip:b\nSIP/2.0\nVia: x\nFrom: y\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		want, n, err := render(bytes.NewReader(text))
		if cut := new(capture.InputError); !errors.Is(err, io.EOF) && !errors.As(err, &cut) {
			t.Fatalf("after %d messages: %v", n, err)
		}
		if n > len(text)/16+1 {
			t.Fatalf("%d messages in %d bytes", n, len(text))
		}
		if got, _, _ := render(iotest.HalfReader(bytes.NewReader(text))); got != want {
			t.Fatal("read in pieces, it differs")
		}
	})
}

func TestStamp(t *testing.T) {
	utc := time.Date(2026, 11, 21, 9, 30, 0, 500e6, time.UTC).UnixNano()
	day := int64(24 * time.Hour)
	for _, tt := range []struct {
		text string
		want stamp
		rest string
	}{
		{"2026-11-21 09:30:00.5 x", stamp{at: utc, local: true}, "x"},
		{"[2026-11-21T09:30:00,500Z] x", stamp{at: utc}, "x"},
		{"2026-11-21T10:30:00.5+01:00 x", stamp{at: utc}, "x"},
		{"2026-11-21 04:30:00.5 -0500 x", stamp{at: utc}, "x"},
		{"2026/11/21 09:30:00.500000 x", stamp{at: utc, local: true}, "x"},
		{"11/21/2026-09:30:00.500.0009935d (SIPStack)", stamp{at: utc, local: true}, ".0009935d (SIPStack)"},
		{"11/21/2026|09:30:00.500 418:D8 INFO", stamp{at: utc, local: true}, "418:D8 INFO"},
		{"Nov 21, 2026 09:30:00.5 UTC", stamp{at: utc}, ""},
		{"Jan  2 00:00:01 host", stamp{at: day + int64(time.Second), clock: capture.ClockUndated}, "host"},
		{"09:30:00.5:", stamp{at: int64(9*time.Hour + 30*time.Minute + 500*time.Millisecond), clock: capture.ClockUndated, day: true}, ":"},
		{"2026-13-21 09:30:00", noStamp, "2026-13-21 09:30:00"},
		{"2026-11-21 29:30:00", noStamp, "2026-11-21 29:30:00"},
		{"99:30:00 is no time", noStamp, "99:30:00 is no time"},
		{"Nox 21 09:30:00", noStamp, "Nox 21 09:30:00"},
		{"", noStamp, ""},
	} {
		got, rest, ok := readStamp([]byte(tt.text))
		if got != tt.want || string(rest) != tt.rest || ok != tt.want.known() {
			t.Errorf("%q: %+v, rest %q, %v", tt.text, got, rest, ok)
		}
	}
}

// TestStampAfterMidnight reads times of day that begin anew.
func TestStampAfterMidnight(t *testing.T) {
	s, _, _ := readStamp([]byte("00:00:01"))
	s.wrap(int64(23*time.Hour + 59*time.Minute))
	if want := int64(24*time.Hour + time.Second); s.at != want {
		t.Errorf("%v after midnight", time.Duration(s.at))
	}
	s, _, _ = readStamp([]byte("Jan  1 00:00:00"))
	s.wrap(364 * int64(24*time.Hour))
	if want := 366 * int64(24*time.Hour); s.at != want {
		t.Errorf("%v after new year", time.Duration(s.at))
	}
}

func TestStartLine(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"INVITE sip:bob@example.com SIP/2.0", "INVITE sip:bob@example.com SIP/2.0"},
		{"   SIP/2.0 200 OK", "SIP/2.0 200 OK"},
		{"INFO: <script>: BYE sip:a SIP/2.0", "BYE sip:a SIP/2.0"},
		{"01/05/2010|14:00:47.889 418:D8 INFO :: SIP/2.0 183 Session Progress", "SIP/2.0 183 Session Progress"},
		{"ACK sip: UserB@there.com SIP/2.0", "ACK sip: UserB@there.com SIP/2.0"},
		{"SUBSCRIBE sip:[email protected] SIP/2.0", "SUBSCRIBE sip:[email protected] SIP/2.0"},
		{"The server answers SIP/2.0 200 OK at once", ""},
		{"Note the Request-URI of an INVITE sip:x SIP/2.0", ""},
		{"Via: SIP/2.0/UDP 192.0.2.1", ""},
		{"SIP/2.0 is the version", ""},
		{"SIP/2.0", ""},
		{"", ""},
	} {
		got, ok := startLine([]byte(tt.line))
		if string(got) != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: %q, %v", tt.line, got, ok)
		}
	}
}

const options = "OPTIONS sip:bob@example.com SIP/2.0\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\nTo: <sip:bob@example.com>\nCall-ID: 1\nCSeq: 1 OPTIONS\n"

// TestMessages reads texts that are written in ways of their own. What is wanted is the text of all messages, with LF.
func TestMessages(t *testing.T) {
	body := "Content-Type: text/plain\nContent-Length: "
	for _, tt := range []struct{ name, text, want string }{
		{"text around", "As the trace shows:\n\n" + options + "\nThe server does not answer.\n", options + "\n"},
		{"two in a row without a gap", options + "Content-Length: 0\n" + options, options + "Content-Length: 0\n\n" + options + "\n"},
		{"prose at once", options + "Then nothing happens.\n", options + "\n"},
		{"broken after a comma", options + "Accept: application/sdp,\ntext/plain\n\n", options + "Accept: application/sdp, text/plain\n\n"},
		{"broken within a word", options + "Accept: application/\nsdp\n\n", options + "Accept: application/sdp\n\n"},
		{"broken within an address", options + "Route: <sip:p-\na.example.com:5060;lr>\n\n", options + "Route: <sip:p-a.example.com:5060;lr>\n\n"},
		{"broken request line", "ACK sip:bob@example.com;user=phone\n" + strings.Replace(options, "OPTIONS sip:bob@example.com ", "", 1) + "\n",
			strings.Replace(options, "OPTIONS sip:bob@example.com", "ACK sip:bob@example.com;user=phone", 1) + "\n"},
		{"a body and what follows", options + body + "5\n\nHello\nIt goes on.\n", options + body + "5\n\nHello"},
		{"a body with an empty line", options + body + "7\n\nA\n\nBC\nIt goes on.\n", options + body + "7\n\nA\n\nBC"},
		{"a body that is left out", options + body + "5\n\n" + options, options + body + "5\n\n" + options + "\n"},
		{"a message in a message", options + "Content-Type: message/sipfrag\nContent-Length: 14\n\nSIP/2.0 200 OK\nIt goes on.\n",
			options + "Content-Type: message/sipfrag\nContent-Length: 14\n\nSIP/2.0 200 OK"},
		{"a page that ends within", "Foo                [Page 1]\n" + strings.Replace(options, "To:", "\n\nDoe        Informational       [Page 7]\n\f\nRFC 9999      Flows      May 2026\n\n\nTo:", 1) + "\n", options + "\n"},
		{"no message", "INVITE sip:bob@example.com SIP/2.0\nis a request line.\n", ""},
		{"an empty line after the start line", strings.Replace(options, "\n", "\n\n", 1) + "\n", options + "\n"},
		{"a status line alone", "It is answered with\n\n   SIP/2.0 200 OK\n\nand that is all.\n" + options + "\n", options + "\n"},
		{"a rule in front", strings.Repeat("=", 40) + "\n" + options + "\nText.\n" + options + "\n", options + "\n" + options + "\n"},
		{"aligned by the journal", "Nov 21 09:30:00 proxy kamailio[1]: INFO: <script>: " + strings.ReplaceAll(strings.TrimSuffix(options, "\n"), "\n", "\n                                  ") + "\n\n", options + "\n"},
		{"non-breaking blanks", options + "\u00a0\nThis is Example: 1\n", options + "\n"},
	} {
		var got strings.Builder
		r := New(strings.NewReader(tt.text))
		for {
			var f capture.Frame
			if r.Next(&f) != nil {
				break
			}
			text, _ := wire.ReadPDU(f.Data, new(wire.Meta))
			got.WriteString(strings.ReplaceAll(string(text), "\r\n", "\n"))
		}
		if got.String() != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got.String(), tt.want)
		}
	}
}

// TestBounds reads lines and messages that never end: memory stays within limits, and what follows is read.
func TestBounds(t *testing.T) {
	long := strings.Repeat("x", 3*maxLine)
	text := options + "X-Long: " + long + "\n" + strings.Repeat("X-More: "+long[:4096]+"\n", 200) + "\n" + options + "\n"
	var f capture.Frame
	r := New(strings.NewReader(text))
	for n := 0; ; n++ {
		if err := r.Next(&f); err != nil {
			if n != 2 {
				t.Errorf("%d messages", n)
			}
			return
		}
		if len(f.Data) > 2*maxMessage {
			t.Errorf("a message of %d bytes", len(f.Data))
		}
	}
}

func TestIsText(t *testing.T) {
	for text, want := range map[string]bool{
		"a text": true, "\xef\xbb\xbfa text": true, "\xff\xfea\x00": true, "a\x00 \x00t\x00e\x00x\x00t\x00": true, "\x00a\x00 \x00t\x00e\x00x\x00t": true,
		"": false, "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00": false, "\x01\x02\x03\x04abc": false, "text\x00\x00with zeros": false,
	} {
		if IsText([]byte(text)) != want {
			t.Errorf("%q is a text: %v", text, !want)
		}
	}
}
