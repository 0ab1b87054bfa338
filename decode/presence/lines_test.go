package presence

import "testing"

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		contentType, body string
		want              State
		none              bool
	}{
		{"message/sipfrag;version=2.0", "SIP/2.0 200 OK\r\nTo: x\r\n", State{Value: "200", Detail: "OK"}, false},
		{"message/sipfrag", "SIP/2.0 603\r\n", State{Value: "603"}, false},
		{"message/sipfrag", "SIP/2.0 20x OK", State{}, true},
		{"message/sipfrag", "SIP/2.0 2000 OK", State{}, true},
		{"message/sipfrag", "INVITE sip:a SIP/2.0", State{}, true},
		{"message/sipfrag", "SIP/2.0 20", State{}, true},
		{"application/call-completion", "cc-state: Ready\r\ncc-URI: sip:m@example.com\r\nx", State{Value: "ready", Entity: "sip:m@example.com"}, false},
		{"application/conference-info+xml", `<conference-info entity="sip:c@example.com"><users><user entity="sip:a@example.com"><endpoint><status>pending</status></endpoint></user></users></conference-info>`,
			State{Entity: "sip:a@example.com", Value: "pending"}, false},
		{"application/conference-info+xml", `<conference-info><users state="partial"><user entity="sip:a@example.com" state="deleted"/></users></conference-info>`,
			State{Entity: "sip:a@example.com", Value: "disconnected"}, false},
		{"application/resource-lists+xml", `<resource-lists><list><list><entry uri="sip:a@example.com"/></list></list></resource-lists>`,
			State{Entity: "sip:a@example.com"}, false},
	} {
		got, err := Parse([]byte(tt.contentType), []byte(tt.body))
		switch {
		case err != nil:
			t.Errorf("%s: %v", tt.body, err)
		case tt.none && len(got) != 0:
			t.Errorf("%s: %v", tt.body, got)
		case !tt.none && (len(got) != 1 || len(got[0].States) != 1 || got[0].States[0] != tt.want):
			t.Errorf("%s: %+v, want %+v", tt.body, got, tt.want)
		}
	}
}
