package sip

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// reassemble feeds the pieces of a stream to a Framer as a reader does and returns the messages that come out. It fails the
// test when the Framer asks for bytes that are not there or takes more than it has.
func reassemble(t testing.TB, pieces ...[]byte) (messages []string) {
	messages, _ = frameAll(t, pieces...)
	return messages
}

// frameAll is reassemble, and returns how many bytes were looked at.
func frameAll(t testing.TB, pieces ...[]byte) (messages []string, looked int) {
	var f Framer
	var kept []byte
	for _, piece := range pieces {
		kept = append(kept, piece...)
		for {
			n, kind := f.Frame(kept)
			if n < 0 || n > len(kept) || (kind == FrameNeed) && n != 0 || n == 0 && kind != FrameNeed && kind != FrameNotSIP {
				t.Fatalf("Frame takes %d of %d bytes, %v", n, len(kept), kind)
			}
			if n == 0 {
				break
			}
			if kind == FrameComplete || kind == FrameHead {
				messages = append(messages, string(kept[:n]))
				if got, want := f.CallID(kept[:n]), PeekCallID(kept[:n]); !bytes.Equal(got, want) {
					t.Fatalf("Call-ID %q of %q, want %q", got, kept[:n], want)
				}
			}
			kept = kept[n:]
			if f.Idle() {
				f = Framer{looked: f.looked}
			}
		}
	}
	return messages, f.looked
}

// message makes a message with a body; extra is the length field and other header fields.
func message(start, extra, body string) string {
	return start + "\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\nCall-ID: 1\r\n" + extra + "\r\n" + body
}

const (
	optionsLine = "OPTIONS sip:b@example.com SIP/2.0"
	okLine      = "SIP/2.0 200 OK"
	sdpBody     = "v=0\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\n"
)

func withLength(start, contentType, body string) string {
	return message(start, fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", contentType, len(body)), body)
}

// Streams with what is in them. Each is cut at every byte, into single bytes and at random, and the messages that come
// out must be these.
var streams = []struct {
	name     string
	stream   string
	messages []string
}{
	{"one", withLength(optionsLine, "a/b", ""), []string{withLength(optionsLine, "a/b", "")}},
	{"two", withLength(optionsLine, "application/sdp", sdpBody) + withLength(okLine, "text/plain", "hello"),
		[]string{withLength(optionsLine, "application/sdp", sdpBody), withLength(okLine, "text/plain", "hello")}},
	{"keep-alives", "\r\n\r\n" + withLength(optionsLine, "a/b", "x") + "\r\n\r\n\r\n" + withLength(okLine, "a/b", "") + "\r\n",
		[]string{withLength(optionsLine, "a/b", "x"), withLength(okLine, "a/b", "")}},
	{"compact, folded, spaced", message(optionsLine, "L \t:\r\n  3\r\n", "abc") + message(okLine, "Content Length:1\r\n", "x") +
		message(okLine, "CONTENT-LENGTH: 0\r\nl: 5\r\n", ""),
		[]string{message(optionsLine, "L \t:\r\n  3\r\n", "abc"), message(okLine, "Content Length:1\r\n", "x"),
			message(okLine, "CONTENT-LENGTH: 0\r\nl: 5\r\n", "")}},
	{"LF only", strings.ReplaceAll(message(optionsLine, "l: 1\r\n", "x")+message(okLine, "l: 0\r\n", ""), "\r\n", "\n"),
		[]string{strings.ReplaceAll(message(optionsLine, "l: 1\r\n", "x"), "\r\n", "\n"),
			strings.ReplaceAll(message(okLine, "l: 0\r\n", ""), "\r\n", "\n")}},
	{"without length", message(optionsLine, "", "") + message(okLine, "", ""),
		[]string{message(optionsLine, "", ""), message(okLine, "", "")}},
	{"without length, with body", message(optionsLine, "", sdpBody) + message(okLine, "", ""),
		[]string{message(optionsLine, "", ""), message(okLine, "", "")}},
	{"bad length, with body", message(optionsLine, "l: x\r\n", sdpBody) + message(okLine, "l: 99999999\r\n", ""),
		[]string{message(optionsLine, "l: x\r\n", ""), message(okLine, "l: 99999999\r\n", "")}},
	{"length too small", message(optionsLine, "c: application/sdp\r\nl: 5\r\n", sdpBody) + message(okLine, "l: 0\r\n", ""),
		[]string{message(optionsLine, "c: application/sdp\r\nl: 5\r\n", "v=0\r\n"), message(okLine, "l: 0\r\n", "")}},
	{"length two too large", message(optionsLine, "c: application/sdp\r\nl: 38\r\n", sdpBody) + message(okLine, "l: 0\r\n", ""),
		[]string{message(optionsLine, "c: application/sdp\r\nl: 38\r\n", sdpBody), message(okLine, "l: 0\r\n", "")}},
	{"length far too large", message(optionsLine, "c: application/sdp\r\nl: 3800\r\n", sdpBody) + message(okLine, "l: 0\r\n", ""),
		[]string{message(optionsLine, "c: application/sdp\r\nl: 3800\r\n", sdpBody), message(okLine, "l: 0\r\n", "")}},
	{"body without line break behind it", message(optionsLine, "", "<presence/>") + message("NOTIFY sip:a SIP/2.0", "l: 0\r\n", "") +
		message(okLine, "", "<x/>") + message(okLine, "l: 0\r\n", ""),
		[]string{message(optionsLine, "", ""), message("NOTIFY sip:a SIP/2.0", "l: 0\r\n", ""), message(okLine, "", ""),
			message(okLine, "l: 0\r\n", "")}},
	{"a message inside a message", withLength(optionsLine, "message/sip", withLength(okLine, "a/b", "x")) + withLength(okLine, "a/b", ""),
		[]string{withLength(optionsLine, "message/sip", withLength(okLine, "a/b", "x")), withLength(okLine, "a/b", "")}},
	{"the middle of a message first", "ag=1\r\nVia: SIP/2.0/TCP x\r\nCall-ID: 0\r\n\r\n" + sdpBody + withLength(okLine, "a/b", ""),
		[]string{withLength(okLine, "a/b", "")}},
	{"malformed between", withLength(optionsLine, "a/b", "") + message("INVITE  sip:b SIP/2.0", "l: 1\r\n", "x") + withLength(okLine, "a/b", ""),
		[]string{withLength(optionsLine, "a/b", ""), message("INVITE  sip:b SIP/2.0", "l: 1\r\n", "x"), withLength(okLine, "a/b", "")}},
	{"odd space in the start line", message("ACK sip: UserB@there.com SIP/2.0", "l: 0\r\n", ""),
		[]string{message("ACK sip: UserB@there.com SIP/2.0", "l: 0\r\n", "")}},
	{"unknown method", withLength("X!y sip:b SIP/2.0", "a/b", ""), []string{withLength("X!y sip:b SIP/2.0", "a/b", "")}},
	{"binary between", withLength(optionsLine, "a/b", "") + "\x00\x01\xffjunk" + withLength("BENOTIFY sip:b SIP/2.0", "a/b", "z"),
		[]string{withLength(optionsLine, "a/b", ""), withLength("BENOTIFY sip:b SIP/2.0", "a/b", "z")}},
	{"a word that is no method", withLength(optionsLine, "a/b", "") + strings.Repeat("x", 200) + withLength(optionsLine, "a/b", ""),
		[]string{withLength(optionsLine, "a/b", ""), withLength(optionsLine, "a/b", "")}},
	{"a tunnel with a few bytes before each message", "\x01\xabSip0" + withLength(optionsLine, "a/b", "x") + "\x00\xc4Sip0" + withLength(okLine, "a/b", ""),
		[]string{withLength(optionsLine, "a/b", "x"), withLength(okLine, "a/b", "")}},
	{"never ends", message(optionsLine, "l: 100\r\n", "too short"), nil},
}

func TestFrame(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range streams {
		t.Run(c.name, func(t *testing.T) {
			stream := []byte(c.stream)
			same := func(how string, pieces ...[]byte) {
				t.Helper()
				if got := reassemble(t, pieces...); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.messages) {
					t.Fatalf("%s:\n got %q\nwant %q", how, got, c.messages)
				}
			}
			same("whole", stream)
			for i := range stream {
				same(fmt.Sprintf("cut at %d", i), stream[:i], stream[i:])
			}
			var single [][]byte
			for i := range stream {
				single = append(single, stream[i:i+1])
			}
			same("byte by byte", single...)
			for range 50 {
				var pieces [][]byte
				for rest := stream; len(rest) > 0; {
					n := 1 + random.IntN(min(len(rest), 100))
					pieces, rest = append(pieces, rest[:n]), rest[n:]
				}
				same("at random", pieces...)
			}
		})
	}
}

// All streams behind each other give the messages of all: no message takes the next with it.
func TestFrameRow(t *testing.T) {
	var all []byte
	var want []string
	for _, c := range streams[:len(streams)-1] {
		all = append(all, c.stream...)
		want = append(want, c.messages...)
	}
	if got := reassemble(t, all); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%d messages, want %d", len(got), len(want))
	}
}

// What Frame cuts, Parse reads with nothing left over.
func TestFrameAgreesWithParse(t *testing.T) {
	var m Message
	for _, c := range streams {
		for _, text := range reassemble(t, []byte(c.stream)) {
			err := m.ParseStream([]byte(text))
			if (err == nil) != (Detect([]byte(text)) == SIP) {
				t.Errorf("%s: %v: %q", c.name, err, text)
			}
			if m.Faults.Has(FaultTrailingBytes) || m.Faults.Has(FaultMissingEmptyLine) {
				t.Errorf("%s: faults %v: %q", c.name, m.Faults, text)
			}
		}
	}
}

func TestFrameNotSIP(t *testing.T) {
	for _, text := range []string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"OPTIONS rtsp://192.0.2.1/stream RTSP/1.0\r\nCSeq: 1\r\n\r\n",
		"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"MSRP a786hjs2 SEND\r\n",
		"\x00\x01\x00\x00\x21\x12\xa4\x42",
	} {
		if n, kind := Frame([]byte(text)); kind != FrameNotSIP && kind != FrameOther {
			t.Errorf("%q: %d, %v", text, n, kind)
		}
		if Detect([]byte(text)) != NotSIP {
			t.Errorf("%q: Detect says %v", text, Detect([]byte(text)))
		}
	}
}

// Nothing makes Frame wait for ever: header fields and lines without end are given up.
func TestFrameLimits(t *testing.T) {
	for name, c := range map[string]struct {
		head, fill string
	}{
		"start line":       {"INVITE sip:", "x"},
		"method":           {"", "x"},
		"one header field": {optionsLine + "\r\nSubject: ", "x"},
		"header fields":    {optionsLine + "\r\n", "a: b\r\n"},
		"words":            {"", "word "},
		"lines":            {"", "a line\r\n"},
	} {
		text := []byte(c.head + strings.Repeat(c.fill, (MaxHeaderBytes+maxStartLine)/len(c.fill)))
		if n, kind := Frame(text); n == 0 || kind == FrameNeed {
			t.Errorf("%s: %d bytes and Frame says %v", name, len(text), kind)
		}
		last := "\r\n" + withLength(okLine, "a/b", "")
		if got := reassemble(t, text, []byte(last)); len(got) == 0 || got[len(got)-1] != last[2:] {
			t.Errorf("%s: the message behind it is lost", name)
		}
	}
	if n, kind := Frame([]byte(message(optionsLine, fmt.Sprintf("l: %d\r\n", MaxBodyBytes+1), ""))); kind != FrameHead || n == 0 {
		t.Errorf("a body beyond the limit is waited for: %d, %v", n, kind)
	}
	if _, kind := Frame([]byte(message(optionsLine, fmt.Sprintf("l: %d\r\n", MaxBodyBytes), ""))); kind != FrameNeed {
		t.Errorf("a body at the limit is not waited for: %v", kind)
	}
}

func TestFrameEmpty(t *testing.T) {
	if n, kind := Frame(nil); n != 0 || kind != FrameNeed {
		t.Errorf("%d, %v", n, kind)
	}
	if n, kind := Frame(bytes.Repeat([]byte("\r\n"), 3)); n != 6 || kind != FrameKeepAlive {
		t.Errorf("%d, %v", n, kind)
	}
}
