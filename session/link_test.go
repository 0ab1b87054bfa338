package session

import (
	"fmt"
	"strings"
	"testing"

	"sipspan/internal/wire"
	"sipspan/session/link"
)

// FuzzLinks hands header fields and bodies to all that reads links. Nothing may panic or grow.
func FuzzLinks(f *testing.F) {
	for _, s := range []string{
		"Session-ID: ab;remote=cd", "P-Charging-Vector: icid-value=\"x\"", "Replaces: a@b;to-tag=1", "Diversion: <sip:x@y>, <tel:1>",
		"History-Info: <sip:x@y?Reason=SIP%3Bcause%3D486>;index=1,<sip:z@y>", "Refer-To: <sip:c@d?Replaces=a%40b%3Bto-tag%3D1>",
		"Refer-To: tel:+4930", "Also: X <sip:x@y>", "Contact: <sip:m@x>;isfocus", "Event: dialog", "Target-Dialog: a;b",
		"Content-Type: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 x\r\nm=audio 1\r\nc=\r\n",
	} {
		f.Add([]byte(s))
	}
	methods := []string{"INVITE", "REFER", "BYE", "SUBSCRIBE"}
	f.Fuzz(func(t *testing.T, text []byte) {
		h := newHarness(t, 1, nil)
		for i, method := range methods {
			m := parseFlowLine(t, fmt.Sprintf("%d a>b %s %d to=t", i, method, i+1))
			head, _, _ := strings.Cut(string(m.raw), "Content-Length")
			m.raw = append([]byte(head), text...)
			m.raw = append(m.raw, "\r\n\r\n"...)
			h.handle(&m)
		}
		tr := h.trackers[0]
		if n := peek(tr.group(wire.TableHash([]byte("c1")), []byte("c1")).Call, "link", "keys").Len(); n > link.MaxKeys {
			t.Errorf("%d keys", n)
		}
		h.close()
		checkForgotten(t, h)
	})
}
