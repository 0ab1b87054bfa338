package session

import (
	"testing"

	"sipspan/record"
)

// TestOneNonceForTwoCalls has a server give the same nonce to two calls of one user. One of them tries again under its
// own Call-ID; the other never does, and must not be taken for its first try.
func TestOneNonceForTwoCalls(t *testing.T) {
	const second = int64(1e9)
	got := map[string]record.Disposition{}
	c := NewCorrelator(DefaultConfig(), func(r record.Record) {
		if call, ok := r.(*record.Call); ok {
			got[call.CallID] = call.Disposition
		}
	})
	seen := func(what Sighting, callID, to string, at int64) {
		c.Announce(at, Announcement{Sighting: what, CallID: callID, Nonce: "n", From: "sip:alice@example.com", To: to, Time: at})
	}
	seen(ChallengeSeen, "gives up", "sip:bob@example.com", 1*second)
	seen(ChallengeSeen, "goes on", "sip:bob@example.com", 2*second)
	seen(CredentialsSeen, "goes on", "sip:bob@example.com", 3*second)
	seen(CredentialsSeen, "to another", "sip:carol@example.com", 4*second)
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
