package sip

import "testing"

func TestSameURI(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"sip:bob@biloxi.example.com", "sip:bob@biloxi.example.com", true},
		{"sip:%61lice@atlanta.example.com;transport=TCP", "sip:alice@AtLanTa.example.com;Transport=tcp", true},
		{"sip:carol@chicago.example.com", "sip:carol@chicago.example.com;newparam=5", true},
		{"sip:carol@chicago.example.com;newparam=5", "sip:carol@chicago.example.com;security=on", true},
		{"SIP:ALICE@atlanta.example.com", "sip:alice@atlanta.example.com", false},
		{"sip:bob@biloxi.example.com", "sip:bob@biloxi.example.com:5060", false},
		{"sip:bob@biloxi.example.com", "sip:bob@biloxi.example.com;transport=udp", false},
		{"sip:bob@biloxi.example.com;line=1", "sip:bob@biloxi.example.com;line=2", false},
		{"sip:bob@biloxi.example.com", "sips:bob@biloxi.example.com", false},
		{"sip:bob@[2001:db8::1]:5070", "sip:bob@[2001:DB8::1]:5070", true},
		{"sip:bob%4", "sip:bob%4", true},
		{"", "sip:bob@biloxi.example.com", false},
	} {
		if got := SameURI([]byte(tt.a), []byte(tt.b)); got != tt.same {
			t.Errorf("%q and %q: %v", tt.a, tt.b, got)
		}
		if got := SameURI([]byte(tt.b), []byte(tt.a)); got != tt.same {
			t.Errorf("%q and %q: %v", tt.b, tt.a, got)
		}
	}
}

func TestHasScheme(t *testing.T) {
	for uri, want := range map[string]bool{"tel:1": true, "TEL:1": true, "tel": false, "telx:1": false, "": false} {
		if HasScheme([]byte(uri), "tel:") != want {
			t.Errorf("%q: %v", uri, !want)
		}
	}
}
