package ladder

import (
	"bytes"

	"sipspan/decode/sip"
	"sipspan/view/plain"
)

// quote returns a message for people, without what proves that somebody has a password, without keys of media, digits that were pressed
// and, unless showText is true, what was written in a MESSAGE.
func quote(raw []byte, showText bool) string {
	own := bytes.Clone(raw)
	sip.Blank(own, showText)
	blankKeys(own)
	return plain.Lines(own)
}

// keys are how the lines of a session description begin that hold keys or passwords, and after which mark these begin.
var keys = []struct {
	prefix, after string
}{
	{"a=crypto:", "inline:"}, // RFC 4568
	{"a=key-mgmt:", " "},     // RFC 4567
	{"a=ice-pwd:", ":"},      // RFC 8839
	{"k=", "="},              // RFC 8866 section 5.12
}

// blankKeys overwrites keys of media. Session descriptions may be parts of a body, so all lines after the header fields are looked at.
func blankKeys(b []byte) {
	_, body, ok := bytes.Cut(b, []byte("\n\r\n"))
	if !ok {
		if _, body, ok = bytes.Cut(b, []byte("\n\n")); !ok {
			return
		}
	}
	for len(body) > 0 {
		line := body
		if end := bytes.IndexByte(body, '\n'); end >= 0 {
			line, body = body[:end], body[end+1:]
		} else {
			body = nil
		}
		for _, k := range keys {
			if !bytes.HasPrefix(bytes.ToLower(line[:min(len(line), len(k.prefix))]), []byte(k.prefix)) {
				continue
			}
			if at := bytes.Index(line, []byte(k.after)); at >= 0 {
				overwrite(line[at+len(k.after):])
			}
		}
	}
}

func overwrite(b []byte) {
	for i, c := range b {
		if c != '\r' && c != ' ' && c != '\t' {
			b[i] = 'x'
		}
	}
}
