package sdp

import "bytes"

// keys are how the lines of a session description begin that hold keys or passwords, and after which mark these begin.
var keys = []struct {
	prefix, after string
}{
	{"a=crypto:", "inline:"}, // RFC 4568
	{"a=key-mgmt:", " "},     // RFC 4567
	{"a=ice-pwd:", ":"},      // RFC 8839
	{"k=", "="},              // RFC 8866 section 5.12
}

// BlankKeys overwrites in a SIP message the keys of media and the passwords of ICE, byte by byte with an x, so that lengths and line breaks stay. Session
// descriptions may be parts of a body, so all lines after the header fields are looked at. It changes the bytes it is given.
func BlankKeys(b []byte) {
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
			if !bytes.EqualFold(line[:min(len(line), len(k.prefix))], []byte(k.prefix)) {
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
