package link

import "testing"

func TestIdentify(t *testing.T) {
	for _, test := range []struct {
		a, b            string
		sameAOR, sameID bool // the same address of record, the same user
	}{
		{"sip:alice@example.com", "sips:Alice@EXAMPLE.com:5061;transport=tls", true, true},
		{"sip:alice@example.com", "alice@example.com", true, true},
		{"sip:alice:secret@example.com?Subject=x", "sip:alice;ext=1@example.com>", true, true},
		{"sip:alice@example.com", "sip:alice@192.0.2.1", false, true},
		{"sip:alice@example.com", "sip:bob@example.com", false, false},
		{"sip:+49-30-123.4567@a.example", "tel:030(1234567)", false, true},
		{"sip:+49301234567;npdi@a.example;user=phone", "sip:1234567@a.example", false, true},
		{"sip:100@a.example", "sip:1100@a.example", false, false},
		{"sip:12@a.example", "sip:12@b.example", false, true},
		{"sip:pc.example.com", "sips:pc.example.com:5061", true, true},
		{"sip:pc.example.com", "sip:bob@pc.example.com", false, false},
		{"sip:bob@[2001:db8::1]:5062", "sip:bob@[2001:DB8::1];lr", true, true},
		{"", "", true, false},
	} {
		a, b := Identify([]byte(test.a)), Identify([]byte(test.b))
		if got := a.AOR == b.AOR; got != test.sameAOR {
			t.Errorf("%s and %s: same address of record: %v", test.a, test.b, got)
		}
		if got := a.SameUser(b); got != test.sameID {
			t.Errorf("%s and %s: same user: %v", test.a, test.b, got)
		}
	}
}

func TestPresentity(t *testing.T) {
	same := Presentity([]byte("sip:Bob@Example.com"))
	for _, uri := range []string{"pres:bob@example.com", "sips:bob@example.com;transport=tls", "bob@EXAMPLE.com"} {
		if Presentity([]byte(uri)) != same {
			t.Errorf("%s is somebody else", uri)
		}
	}
	for _, uri := range []string{"sip:bobby@example.com", "sip:bob@example.org", "urn:x:bob", ""} {
		if Presentity([]byte(uri)) == same {
			t.Errorf("%s is the same", uri)
		}
	}
}

func BenchmarkIdentify(b *testing.B) {
	uri := []byte("sip:+49301234567@example.com;user=phone")
	b.ReportAllocs()
	b.SetBytes(int64(len(uri)))
	for b.Loop() {
		Identify(uri)
	}
}
