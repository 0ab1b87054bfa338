package record_test

import (
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"sipspan/record"
)

// wireTexts are what is known to be awkward.
var wireTexts = []string{
	"", "plain", `quo"te`, `back\slash`, `\xff`, `\x5c`, `\\xff`, `\x`, `\xf`, `\xZZ`, "\xff", "\\\xff", "\\x\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\xc0\x80", "tab\tnl\ncr\rnul\x00del\x7f", "å∫ç😀", "\ufffd", "\u2028\u2029", "=1+1", "+49 30", "-", "@x", "a b;c", ";", " ", "<script>&",
}

var escaped = regexp.MustCompile(`\\x[0-9a-fA-F]{2}`)

// unescape undoes the escapes as the documentation says.
func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		b, _ := hex.DecodeString(e[2:])
		return string(b)
	})
}

func checkString(t *testing.T, s string) {
	t.Helper()
	out := (&record.Call{RequestURI: s}).AppendJSON(nil)
	if !utf8.Valid(out) {
		t.Errorf("%q: output is not UTF-8: %q", s, out)
	}
	var got struct {
		RequestURI *string `json:"request_uri"`
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%q: %v in %q", s, err, out)
	}
	switch {
	case s == "":
		if got.RequestURI != nil {
			t.Errorf("unknown is not absent: %s", out)
		}
	case got.RequestURI == nil:
		t.Errorf("%q is absent", s)
	case unescape(*got.RequestURI) != s:
		t.Errorf("%q came back as %q", s, unescape(*got.RequestURI))
	}
}

func TestJSONString(t *testing.T) {
	for _, s := range wireTexts {
		checkString(t, s)
	}
}

func FuzzJSONString(f *testing.F) {
	for _, s := range wireTexts {
		f.Add(s)
	}
	f.Fuzz(checkString)
}

func TestText(t *testing.T) {
	for s, want := range map[string]string{
		"plain": "plain", "å": "å", "\xff": `\xff`, "a\nb": `a\x0ab`, `C:\x41`: `C:\x5cx41`, `C:\dir`: `C:\dir`,
		"a\u009b31m": `a\xc2\x9b31m`, "\x7f": `\x7f`, "\u00a0": "\u00a0",
	} {
		if got := record.Text(s); got != want {
			t.Errorf("Text(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestVisible(t *testing.T) {
	if got, want := record.Visible("a\x1b[31m\u009bm\u202eb\xff å"), `a\x1b[31m\xc2\x9bm`+"\ufffdb"+`\xff å`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNoControlCharactersInJSON checks that no byte of a record makes a terminal do something.
func TestNoControlCharactersInJSON(t *testing.T) {
	line := (&record.Call{Header: record.Header{CallID: "a\x1b[31m\u009b31m\u0085"}}).AppendJSON(nil)
	if want := `"call_id":"a\u001b[31m\u009b31m\u0085"`; !strings.Contains(string(line), want) {
		t.Errorf("%s does not contain %s", line, want)
	}
}
