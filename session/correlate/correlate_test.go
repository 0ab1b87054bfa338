package correlate

import (
	"testing"

	"sipspan/record"
	"sipspan/session/link"
)

// TestOneNonceForTwoCalls has a server give the same nonce to two calls of one user. One of them tries again under its
// own Call-ID; the other never does, and must not be taken for its first try.
func TestOneNonceForTwoCalls(t *testing.T) {
	const second = int64(1e9)
	got := map[string]record.Disposition{}
	c := New(settings(), func(r record.Record) {
		if call, ok := r.(*record.Call); ok {
			got[call.CallID] = call.Disposition
		}
	})
	const alice, bob, carol = "sip:alice@example.com", "sip:bob@example.com", "sip:carol@example.com"
	seen := func(callID string, at int64, f link.Fact) {
		c.Announce(at, link.Announcement{CallID: callID, Time: at, Fact: f})
	}
	seen("gives up", 1*second, link.Challenge{Nonce: "n", From: alice, To: bob})
	seen("goes on", 2*second, link.Challenge{Nonce: "n", From: alice, To: bob})
	seen("goes on", 3*second, link.Credentials{Nonce: "n", From: alice, To: bob})
	seen("to another", 4*second, link.Credentials{Nonce: "n", From: alice, To: carol})
	call := func(callID string, d record.Disposition) {
		c.Emit(70*second, &record.Call{Header: record.Header{ID: callID, CallID: callID}, Disposition: d, Status: 407})
	}
	call("gives up", record.AuthFailed)
	call("goes on", record.Answered)
	call("to another", record.Answered)
	c.Close()
	if got["gives up"] != record.AuthFailed || got["goes on"] != record.Answered || len(got) != 3 {
		t.Errorf("dispositions %v", got)
	}
}
