package sip

import (
	"bytes"
	"testing"
)

func TestBlank(t *testing.T) {
	message := func(method, fields, body string) string {
		return method + " sip:b@example.com SIP/2.0\r\nCall-ID: 1@a\r\nCSeq: 1 " + method + "\r\n" + fields + "\r\n" + body
	}
	for _, c := range []struct {
		name, method, fields, body string
		text                       bool
		wantFields, wantBody       string
	}{
		{
			name: "digest", method: "REGISTER",
			fields:     "Authorization: Digest username=\"a, response=b\", realm=\"r\",\r\n nonce=\"n\", response = \"6629fae49393a05397450978507c4ef1\", qop=auth, nc=00000001, cnonce=\"0a\"\r\n",
			wantFields: "Authorization: Digest username=\"a, response=b\", realm=\"r\",\r\n nonce=\"n\", response = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\", qop=auth, nc=00000001, cnonce=\"0a\"\r\n",
		},
		{
			name: "basic and bearer", method: "INVITE",
			fields:     "Proxy-Authorization: Basic cHJvYmU6czNjcmV0\r\nProxy-Authorization: Basic YTpiYw==\r\nAuthorization: Bearer abc.def-1\r\n",
			wantFields: "Proxy-Authorization: Basic xxxxxxxxxxxxxxxx\r\nProxy-Authorization: Basic xxxxxxxx\r\nAuthorization: Bearer xxxxxxxxx\r\n",
		},
		{
			name: "NTLM", method: "SUBSCRIBE",
			fields:     "Authorization: NTLM qop=\"auth\", opaque=\"11\", realm=\"SIP\", targetname=\"s\", gssapi-data=\"TlRMTVNT\", response=\"0100\", cnum=\"1\"\r\n",
			wantFields: "Authorization: NTLM qop=\"auth\", opaque=\"11\", realm=\"SIP\", targetname=\"s\", gssapi-data=\"xxxxxxxx\", response=\"xxxx\", cnum=\"1\"\r\n",
		},
		{
			name: "server's proof", method: "REGISTER",
			fields:     "Authentication-Info: nextnonce=\"1\", rspauth=\"ab\"\r\n",
			wantFields: "Authentication-Info: nextnonce=\"1\", rspauth=\"xx\"\r\n",
		},
		{
			name: "a user name that ends in a backslash", method: "REGISTER",
			fields:     "Authorization: Digest username=\"DOMAIN\\\", realm=\"r\", response=\"6629fae4\", nc=1\r\n",
			wantFields: "Authorization: Digest username=xxxxxxxxxx xxxxxxxxxx xxxxxxxxxxxxxxxxxxxx xxxx\r\n",
		},
		{
			name: "the same with a response without quotes", method: "REGISTER",
			fields:     "Authorization: Digest username=\"D\\\", response=6629fae4, realm=\", nc=1\r\n",
			wantFields: "Authorization: Digest username=\"xxxx xxxxxxxxxxxxxxxxxx xxxxxx\", nc=1\r\n",
		},
		{
			name: "a user name with quotes in it", method: "REGISTER",
			fields:     "Authorization: Digest username=\"\\\"a\\\"\", response=\"66\\\"\", nc=1\r\n",
			wantFields: "Authorization: Digest username=\"\\\"a\\\"\", response=\"xxxx\", nc=1\r\n",
		},
		{
			name: "a quote in a name", method: "REGISTER",
			fields:     "Authorization: D a\"=\",\r\n",
			wantFields: "Authorization: D xxxx,\r\n",
		},
		{
			name: "digits", method: "INFO", fields: "Content-Type: application/DTMF-relay\r\n", body: "Signal=5\r\nDuration=160\r\n",
			wantFields: "Content-Type: application/DTMF-relay\r\n", wantBody: "xxxxxxxx\r\nxxxxxxxxxxxx\r\n", text: true,
		},
		{name: "text", method: "MESSAGE", body: "See you\r\nat 9", wantBody: "xxx xxx\r\nxx x"},
		{name: "text that may be seen", method: "MESSAGE", body: "See you", wantBody: "See you", text: true},
		{name: "session description", method: "INVITE", fields: "Content-Type: application/sdp\r\n", wantFields: "Content-Type: application/sdp\r\n", body: "v=0\r\n", wantBody: "v=0\r\n"},
	} {
		raw := []byte(message(c.method, c.fields, c.body))
		Blank(raw, c.text)
		if want := message(c.method, c.wantFields, c.wantBody); string(raw) != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, raw, want)
		}
	}
}

// TestBlankUnparsed checks that credentials are overwritten in what is no whole message, too.
func TestBlankUnparsed(t *testing.T) {
	raw := []byte("REGISTER sip:b\r\nCall-ID: 1@a\r\nAuthorization : Digest response=\"66\",\r\n nc=1\r\nTo: <sip:b>\r\n\r\nSee you")
	if new(Message).Parse(raw) == nil {
		t.Fatal("it parses")
	}
	Blank(raw, false)
	want := "REGISTER sip:b\r\nCall-ID: 1@a\r\nAuthorization : xxxxxx xxxxxxxxxxxxxx\r\n xxxx\r\nTo: <sip:b>\r\n\r\nSee you"
	if string(raw) != want {
		t.Errorf("%q, want %q", raw, want)
	}
}

// FuzzBlank checks that a message stays the message it was, and that nothing is left to overwrite.
func FuzzBlank(f *testing.F) {
	seeds(f)
	f.Add([]byte("REGISTER sip:a SIP/2.0\r\nCall-ID: 1\r\nAuthorization: Digest response=\"a\\\"b\", x = , \"\r\n\r\n"))
	f.Add([]byte("REGISTER sip:a SIP/2.0\r\nCall-ID: 1\r\nAuthorization: D a\"=\",\r\n\r\n"))
	f.Add([]byte("REGISTER sip:a SIP/2.0\r\nCall-ID: 1\r\nAuthorization: D username=\"a\\\", response=\"b\"\r\n\r\n"))
	f.Add([]byte("INFO sip:a SIP/2.0\r\nAuthorization: Basic YQ==\r\nContent-Type: application/dtmf\r\n\r\n5"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		once := bytes.Clone(raw)
		Blank(once, false)
		if len(once) != len(raw) || bytes.Count(once, []byte("\n")) != bytes.Count(raw, []byte("\n")) {
			t.Fatalf("%q became %q", raw, once)
		}
		var before, after Message
		errBefore, errAfter := before.Parse(raw), after.Parse(once)
		if errBefore != errAfter || !bytes.Equal(before.CallID(), after.CallID()) || before.Method != after.Method || len(before.Body()) != len(after.Body()) {
			t.Fatalf("%q became %q", raw, once)
		}
		twice := bytes.Clone(once)
		Blank(twice, false)
		if !bytes.Equal(once, twice) {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}
