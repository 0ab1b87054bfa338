package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sipspan/pipeline/ingest"
)

// TestTwoPortsSeeTheSame lets two readers see the same traffic, as two mirror ports do: each message counts once, and both
// accounts close. Over TCP each reader loses other segments, so that none of them can rely on what the other has seen.
func TestTwoPortsSeeTheSame(t *testing.T) {
	const flow = "hosts: alice=192.0.2.10 proxy=192.0.2.11\n"
	var over [2]string
	for i, transport := range []string{"UDP", "TCP"} {
		text := flow
		for n := range 40 {
			text += strings.NewReplacer("NUMBER", strings.Repeat("x", n+1), "AT", strconv.Itoa(n), "TRANSPORT", transport,
				"via", strings.ToLower(transport)).Replace(`@AT alice -> proxy via
OPTIONS sip:proxy.example.com SIP/2.0
Via: SIP/2.0/TRANSPORT 192.0.2.10;branch=z9hG4bKNUMBER
From: <sip:alice@example.com>;tag=1
To: <sip:proxy.example.com>
Call-ID: NUMBER@192.0.2.10
CSeq: 1 OPTIONS
Content-Length: 0

`)
			if transport == "TCP" {
				text += fmt.Sprintf("@%d.5 proxy -> alice tcp ack\n", n)
			}
		}
		over[i] = text
	}
	for i, text := range over {
		all := packets(t, text)
		one, two := all, slices.Clone(all)
		if i == 1 { // each port loses some, never the same, and the handshake is there
			one, two = nil, nil
			for n, p := range all {
				if n < 3 || n%14 != 4 {
					one = append(one, p)
				}
				if n < 3 || n%14 != 11 {
					two = append(two, p)
				}
			}
		}
		for n := range two {
			two[n].Time += int64(n%5) * int64(time.Millisecond)
		}
		_, snap := run(t, settings(2), &frames{packets: one}, &frames{packets: two})
		if got := snap.Session.Messages(); got != 40 {
			t.Errorf("%d messages, want 40", got)
		}
		if missing := snap.Account.Missing(); missing != 0 || snap.Account.Held != 0 {
			t.Errorf("%d packets without a fate, %d held", missing, snap.Account.Held)
		}
		if snap.Account.Ignored[ingest.IgnoredDuplicate] == 0 || i == 0 && snap.Account.Ignored[ingest.IgnoredDuplicate] != 40 {
			t.Errorf("%d duplicates of 40 messages", snap.Account.Ignored[ingest.IgnoredDuplicate])
		}

		s := settings(2)
		s.KeepCopies = true
		_, snap = run(t, s, &frames{packets: one}, &frames{packets: two})
		if got := snap.Session.Messages(); got <= 40 {
			t.Errorf("%d messages, but copies were to be kept", got)
		}
	}
}
