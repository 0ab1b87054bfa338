package call

import "testing"

func TestForwardsTo(t *testing.T) {
	for _, test := range []struct {
		called, target string
		want           bool
	}{
		{"sip:bob@example.com", "sip:carol@example.com", false},
		{"sip:bob@ss1.example.net", "sip:carol@example.com", false}, // an alias, for all that shows
		{"sip:bob@example.com", "sip:+15550100@gw;user=phone", true},
		{"sip:bob@example.com", "tel:+15550100", false}, // it may be his number
		{"sip:bob@example.com", "sip:+15550100@example.com;user=phone", false},
		{"sip:bob@example.com", "sip:+15550100@gw.example.com;user=phone", false},
		{"sip:bob@example.com", "sip:+15550100@notexample.com;user=phone", true},
		{"sip:bob@example.com", "sip:+15550100@192.0.2.4;user=phone", false},
		{"sip:bob@example.com", "sip:7773660,phone-context=p1234@192.0.2.4;user=phone", true},
		{"sip:bob@example.com", "sip:7773660,phone-context=p1234@gw;user=phone", true},
		{"sip:bob@example.com", "sip:bob@192.0.2.4", false},
		{"sip:Bob@example.com", "sip:bob@example.com", false},
		{"sip:bob@example.com", "sip:bob-0x55e1@example.com", false},
		{"sip:bob@example.com", "sip:carol@192.0.2.4", false}, // may be a contact of bob
		{"sip:bob@example.com", "sip:carol@[2001:db8::4]", false},
		{"sip:bob@example.com", "sip:a8342043f@example.com;gr", false},
		{"sip:bob@example.com", "sip:k7gq@df7jal23ls0d.invalid", false},
		{"sip:bob@example.com", "sip:192.0.2.4", false},
		{"sip:bob@example.com", "sip:200@example.com", false}, // an alias
		{"sip:+49301234567@example.com", "sip:0301234567@gw;user=phone", false},
		{"sip:100@example.com", "sip:200@example.com", false}, // a dial plan
		{"sip:+18005550100@example.com", "sip:bob@example.com", false},
		{"sip:carol@example.com", "sip:bob@example.com", false}, // back to whom the To names
		{"nonsense", "sip:carol@example.com", false},
		{"sip:bob@example.com", "", false},
	} {
		c := &Call{}
		c.toURI = c.text.Add([]byte("sip:bob@example.com"))
		if got := c.forwardsTo([]byte(test.called), []byte(test.target)); got != test.want {
			t.Errorf("%s to %s: %v, want %v", test.called, test.target, got, test.want)
		}
	}
}
