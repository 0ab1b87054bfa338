package presence

import (
	"bytes"
	"strings"
)

// sipFragment reads the status line with which a REFER is reported on (RFC 3515 section 2.4.5). A fragment without one
// gives no state.
func sipFragment(body []byte) Document {
	d := newDocument(Fragment, "")
	line, _, _ := bytes.Cut(body, []byte("\n"))
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("SIP/2.0 "))
	if !ok || len(rest) < 3 || len(rest) > 3 && rest[3] != ' ' {
		return d
	}
	for _, c := range rest[:3] {
		if c < '0' || c > '9' {
			return d
		}
	}
	d.addState(State{Value: string(rest[:3]), Detail: plainText(rest[3:])})
	return d
}

// callCompletion reads RFC 6910 section 9.2: lines of the form "cc-state: queued".
func callCompletion(body []byte) Document {
	d := newDocument(CallCompletion, "")
	var s State
	for len(body) > 0 {
		var line []byte
		line, body, _ = bytes.Cut(body, []byte("\n"))
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		switch name = bytes.TrimSpace(name); {
		case bytes.EqualFold(name, []byte("cc-state")):
			s.Value = strings.ToLower(plainText(value))
		case bytes.EqualFold(name, []byte("cc-URI")):
			s.Entity = plainText(value)
		}
	}
	d.addState(s)
	return d
}

// plainText returns a copy of b as valid UTF-8, trimmed and cut to MaxText.
func plainText(b []byte) string {
	return cut(strings.ToValidUTF8(string(b[:min(len(b), 2*MaxText)]), "\uFFFD"))
}
