package sip

import (
	"fmt"
	"strings"
	"testing"
)

// A body beyond MaxBodyBytes is passed over: the message before it comes out without it, and those behind it whole, whether
// its length is right, too large or too small, and however the stream is cut.
func TestFrameLargeBody(t *testing.T) {
	next := withLength(okLine, "a/b", "") + withLength(optionsLine, "a/b", "x")
	behind := []string{withLength(okLine, "a/b", ""), withLength(optionsLine, "a/b", "x")}
	head := func(contentType string, length int) string {
		return message(optionsLine, fmt.Sprintf("c: %s\r\nl: %d\r\n", contentType, length), "")
	}
	const size = MaxBodyBytes + 40_000
	token, lines := strings.Repeat("QUJD", size/4), strings.Repeat("a line\r\n", size/8)
	quoted := strings.Repeat(withLength(okLine, "a/b", ""), size/80)
	for name, c := range map[string]struct {
		contentType, body string
		length            int
	}{
		"one line":                    {"application/octet-stream", token, len(token)},
		"lines":                       {"application/xml", lines, len(lines)},
		"a type that is not searched": {"text/plain", lines, len(lines)},
		"messages in it":              {"multipart/mixed", quoted, len(quoted)},
		"length too large":            {"application/xml", lines, len(lines) + 1_000_000},
		"length too small":            {"application/xml", lines, len(lines) - 20_000},
		"length of a liar":            {"application/xml", lines, 1 << 40},
		"one line, length of a liar":  {"application/octet-stream", token, 1 << 40},
	} {
		first := head(c.contentType, c.length)
		stream := []byte(first + c.body + next)
		want := fmt.Sprintf("%.200q", append([]string{first}, behind...))
		for _, piece := range []int{len(stream), 1460, 61} {
			var pieces [][]byte
			for rest := stream; len(rest) > 0; {
				n := min(piece, len(rest))
				pieces, rest = append(pieces, rest[:n]), rest[n:]
			}
			if got := reassemble(t, pieces...); fmt.Sprintf("%.200q", got) != want {
				t.Errorf("%s, pieces of %d: %d messages\n got %.300q\nwant %s", name, piece, len(got), got, want)
			}
		}
	}
}

// What is lost within such a body leaves it as long as it was.
func TestFrameLost(t *testing.T) {
	const size = MaxBodyBytes + 40_000
	for _, contentType := range []string{"application/x", "text/plain"} {
		var f Framer
		n, kind := f.Frame([]byte(message(optionsLine, fmt.Sprintf("c: %s\r\nl: %d\r\n", contentType, size), "")))
		if kind != FrameHead {
			t.Fatal(n, kind)
		}
		f.Lost(size - 100)
		rest := []byte(strings.Repeat("y", 100) + withLength(okLine, "a/b", ""))
		if n, kind := f.Frame(rest); n != 100 || kind != FrameBody {
			t.Errorf("%s: %d, %v", contentType, n, kind)
		}
		if n, kind := f.Frame(rest[100:]); kind != FrameComplete || n != len(rest)-100 {
			t.Errorf("%s: %d, %v", contentType, n, kind)
		}
	}
}

// TestFrameIsLinear brings streams byte by byte: the bytes that are looked at are a small multiple of those that came,
// which is the same for twice the stream.
func TestFrameIsLinear(t *testing.T) {
	for name, c := range map[string]struct{ head, fill string }{
		"body":                    {message(optionsLine, "l: 200000\r\n", ""), "x"},
		"body of lines":           {message(optionsLine, "l: 200000\r\n", ""), "a line\r\n"},
		"body with a version":     {message(optionsLine, "l: 200000\r\n", "SIP/2.0"), "a line\r\n"},
		"a version on one line":   {message(optionsLine, "l: 200000\r\n", "SIP/2.0"), "x"},
		"versions":                {message(optionsLine, "l: 200000\r\n", ""), " SIP/2.0 "},
		"body in quotes":          {message(optionsLine, "c: text/plain\r\nl: 200000\r\n", ""), "SIP/2.0 200 OK\r\n"},
		"SDP":                     {message(optionsLine, "c: application/sdp\r\nl: 200000\r\n", ""), "a=x\r\n"},
		"body that is passed":     {message(optionsLine, "l: 2000000\r\n", ""), "x"},
		"lines that are passed":   {message(optionsLine, "l: 2000000\r\n", ""), "a line\r\n"},
		"header field":            {optionsLine + "\r\nSubject: ", "x"},
		"folds":                   {optionsLine + "\r\nContent-Length: ", "\r\n x"},
		"header fields":           {optionsLine + "\r\n", "a: b\r\n"},
		"lengths":                 {optionsLine + "\r\n", "l: 1\r\n"},
		"start line":              {"INVITE sip:", "x"},
		"garbage":                 {"", "!"},
		"garbage of lines":        {"", "!!!\r\n"},
		"words":                   {"", "INVITE "},
		"binary":                  {"", "\x00"},
		"keep-alives":             {"", "\r\n"},
		"another protocol":        {"GET ", "x"},
		"what a tunnel may begin": {"\x00 sip:", "x"},
	} {
		cost := func(size int) float64 {
			stream := []byte(c.head + strings.Repeat(c.fill, size/len(c.fill)))
			var pieces [][]byte
			for i := range stream {
				pieces = append(pieces, stream[i:i+1])
			}
			_, looked := frameAll(t, pieces...)
			return float64(looked) / float64(len(stream))
		}
		if small, large := cost(20_000), cost(40_000); large > 4 || large > small*1.2 {
			t.Errorf("%s: %.1f bytes looked at for each of 20 kB, %.1f of 40 kB", name, small, large)
		}
	}
}
