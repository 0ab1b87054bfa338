package sip

import "testing"

// TestPeekMethod compares with the parser.
func TestPeekMethod(t *testing.T) {
	for text, want := range map[string]Method{
		"\r\nINVITE sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n":                           INVITE,
		"SIP/2.0 200 OK\r\nCall-ID: CSeq: 1 BYE\r\ncseq :\r\n 7\r\n  REGISTER\r\n\r\n": REGISTER,
		"SIP/2.0 200 OK\nCSeq: 1\tBYE":                                                 BYE,
		"SIP/2.0 200 OK\r\n\r\nCSeq: 1 BYE\r\n":                                        MethodOther,
		"SIP/2.0 200 OK":                                                               MethodOther,
		"HELLO\r\n\r\n":                                                                MethodOther,
		"":                                                                             MethodOther,
	} {
		if got := PeekMethod([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		var m Message
		if want != MethodOther && (m.Parse([]byte(text)) != nil || m.Method != want) {
			t.Errorf("%q: the parser finds %v", text, m.Method)
		}
	}
	response := []byte("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nCSeq: 1 BYE\r\n\r\n")
	if n := testing.AllocsPerRun(100, func() { PeekMethod(response) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
