package session

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
)

// What the people on the calls of the seed documents and of the RFCs did, as the texts say it: a call a line, with its
// Call-ID, disposition and status, its forks (x cancelled, ! answered), messages and typing notices, services told
// inside one Call-ID, and holds. Flows without a call have no line.
var captureDeeds = map[string]string{
	// A client deflects to voice mail; the 101 before is progress.
	"seeds/call-deflection.pcap": `
		a9c2eb61a37944979e6ba90adbf869ce redirected 303 forks ba51cb6d68:303 did call_deflection`,
	// draft-sparks-sip-service-examples-00 section 2.1: B holds A by c=0.0.0.0 and takes the call back.
	"seeds/draft-sparks-call-hold.pcap": `
		12345600@here.com challenged 407 forks did
		12345601@here.com answered 200 forks 314159:200! did call_hold hold:callee:3.72-7.2`,
	// Section 2.2: B holds A, calls C, and returns to A. One 180 is printed with another Call-ID.
	"seeds/draft-sparks-consultation-hold.pcap": `
		12345600@here.com answered 200 forks 314159:200! did call_hold hold:callee:3.72-19.24
		9876543210@here.com in_progress 0 forks 456654:180 did
		9876543210@there.com answered 200 forks 456654:200! did`,
	// Section 2.3. A's call with B ends with BYE, Also and Requested-By.
	"seeds/draft-sparks-unattended-transfer.pcap": `
		123123123@there.com answered 200 forks 789789:200! did
		12345600@here.com answered 200 forks 314159:200! did
		9876543210@here.com in_progress 0 forks 456654:180 did
		9876543210@there.com answered 200 forks 456654:200! did`,
	// Sections 2.5 to 2.7 and 2.10: the proxy knows what B wants.
	"seeds/draft-sparks-forward-unconditional.pcap": `
		12345600@here.com answered 200 forks 314159:200! did forward_unconditional`,
	"seeds/draft-sparks-forward-busy.pcap": `
		12345600@here.com answered 200 forks 123456:486,7654321:200! did forward_busy`,
	"seeds/draft-sparks-forward-no-answer.pcap": `
		12345600@here.com answered 200 forks 3145678:180x,123456:200! did forward_no_answer`,
	"seeds/draft-sparks-find-me.pcap": `
		12345600@here.com answered 200 forks 123456:180x,314756:480,7654321:486,7137136:200! did find_me`,
	// Sections 2.11 and 2.12: the reason phrase says which screening.
	"seeds/draft-sparks-screening-incoming.pcap": `
		12345600@here.com challenged 407 forks did
		12345601@here.com rejected 403 forks did screening_incoming`,
	"seeds/draft-sparks-screening-outgoing.pcap": `
		12345600@here.com challenged 407 forks did
		12345601@here.com rejected 403 forks did screening_outgoing`,
	// Two endpoints of one user, told by tag and epid; the CANCEL of the other one is behind the server. The re-INVITE
	// with the chosen candidates is no hold.
	"seeds/mpop-fork.pcap": `
		e34305289c3b4c368c583f531fddeff3 in_progress 200 forks c34587eaa8:183,97a7d6045d:200! did simultaneous_ring`,
	"seeds/pic-message.pcap": `
		a9c41d4b12da43e4be363596f309fe4e answered 200 forks 1187999459aol:200! messages 2 typing 1 did instant_message`,
	"seeds/pic-presence.pcap": ``,

	"rfc/rfc3665-2-1-successful-new-registration.pcap":      ``,
	"rfc/rfc3665-2-2-update-of-contact-list.pcap":           ``,
	"rfc/rfc3665-2-3-request-for-current-contact-list.pcap": ``,
	"rfc/rfc3665-2-4-cancellation-of-registration.pcap":     ``,
	"rfc/rfc3665-3-1-successful-session-establishment.pcap": `
		3848276298220188511@atlanta.example.com answered 200 forks 8321234356:200! did`,
	"rfc/rfc3665-3-2-session-establishment-through-two-proxies.pcap": `
		3848276298220188511@atlanta.example.com answered 200 forks 314159:200! did`,
	// The phone tries another proxy under another Call-ID.
	"rfc/rfc3665-3-4-successful-session-with-proxy-failure.pcap": `
		2xTb9vxSit55XU7p8@atlanta.example.com in_progress 0 forks did
		4Fde34wkd11wsGFDs3@atlanta.example.com answered 200 forks 314159:200! did`,
	"rfc/rfc3665-3-5-session-through-a-sip-alg.pcap": `
		2xTb9vxSit55XU7p8@atlanta.example.com answered 200 forks 314159:200! did`,
	// An address change is no hold.
	"rfc/rfc3665-3-7-session-with-re-invite-ip-address-change.pcap": `
		2xTb9vxSit55XU7p8@atlanta.example.com answered 200 forks 314159:200! did`,
	// The start lines of the 486 have two spaces, so that they are no messages; the ACKs tell of a failure.
	"rfc/rfc3665-3-9-unsuccessful-busy.pcap": `
		2xTb9vxSit55XU7p8@atlanta.example.com failed 0 forks did`,
	"rfc/rfc3665-3-10-unsuccessful-no-response-from-user-agent.pcap": `
		2xTb9vxSit55XU7p8@atlanta.example.com no_answer 480 forks 314159:480 did`,
	"rfc/rfc3665-3-11-unsuccessful-temporarily-unavailable.pcap": `
		2xTb9vxSit55XU7p8@atlanta.example.com no_answer 480 forks 314159:480 did`,
	"rfc/rfc3856-8-example-message-flow.pcap": ``,
	"rfc/rfc7118-8-1-registration.pcap":       ``,

	// The bodies of the RFC 5359 flows are not in the capture: the hold is told by +sip.rendering.
	"rfc/rfc5359-2-1-call-hold.pcap": `
		12345601@atlanta.example.com answered 200 forks 314159:200! did call_hold hold:callee:2.25-3.75`,
	"rfc/rfc5359-2-2-consultation-hold.pcap": `
		12345600@atlanta.example.com answered 200 forks 314159:200! did call_hold hold:callee:2.25-7
		9876543210@atlanta.example.com in_progress 0 forks 456654:180 did
		9876543210@biloxi.example.com answered 200 forks 456654:200! did`,
	"rfc/rfc5359-2-4-transfer-unattended.pcap": `
		12345601@atlanta.example.com answered 200 forks 1234567:200! did
		7436222@atlanta.example.com in_progress 200 forks 928287:200! did`,
	"rfc/rfc5359-2-6-transfer-instant-messaging.pcap": `
		12345600@atlanta.example.com answered 200 forks 3145678:200! did
		563456212@b2.chicago.example.com in_progress 200 forks 131256:200! did`,
	"rfc/rfc5359-2-7-call-forwarding-unconditional.pcap": `
		12345600@atlanta.example.com answered 200 forks 9214d:181,314159:200! did forward_unconditional`,
	// The 200 of the first call is not printed; its ACK is.
	"rfc/rfc5359-2-10-3-way-conference-third-party-is-added.pcap": `
		12345600@atlanta.example.com in_progress 0 forks 23431:180! did
		sdjfdjfskdf@biloxi.example.com in_progress 200 forks 341313:200! did`,
	"rfc/rfc5359-2-12-find-me.pcap": `
		12345600@atlanta.example.com answered 200 forks 765432:487x,314756:480,7654321:486,7137136:200! did find_me`,
	"rfc/rfc5359-2-16-call-pickup.pcap": `
		12345600@atlanta.example.com cancelled 487 forks 3145678:487x did
		563456212@b2.biloxi.example.com answered 200 forks 131256:200! did`,
	"rfc/rfc5359-2-18-click-to-dial.pcap": `
		7436222@atlanta.example.com in_progress 200 forks 928287:200! did`,
}

func callDeeds(c *record.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d forks", c.CallID, c.Disposition, c.Status)
	for i, f := range c.Forks {
		sep := " "
		if i > 0 {
			sep = ","
		}
		fmt.Fprintf(&b, "%s%s:%d", sep, f.ToTag, f.Status)
		if f.Answered {
			b.WriteByte('!')
		}
		if f.Cancelled {
			b.WriteByte('x')
		}
	}
	if c.InstantMessages > 0 {
		fmt.Fprintf(&b, " messages %d", c.InstantMessages)
	}
	if c.TypingNotices > 0 {
		fmt.Fprintf(&b, " typing %d", c.TypingNotices)
	}
	return strings.TrimSpace(b.String() + " did " + deeds(c))
}

func TestServicesOfCaptures(t *testing.T) {
	for name, want := range captureDeeds {
		t.Run(strings.TrimSuffix(name, ".pcap"), func(t *testing.T) {
			h := newHarness(t, 1, nil)
			for _, m := range captureMessages(t, name) {
				h.handle(&m)
			}
			got := []string{}
			for _, r := range h.close() {
				if c, ok := r.(*record.Call); ok {
					got = append(got, callDeeds(c))
					checkEvidence(t, c)
				}
			}
			lines := []string{}
			for line := range strings.Lines(strings.TrimSpace(want)) {
				lines = append(lines, strings.TrimSpace(line))
			}
			if diff := cmp.Diff(sorted(lines), sorted(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Every flow of the two folders is in the table.
func TestServicesOfCapturesAreComplete(t *testing.T) {
	folder := os.Getenv("SIPSPAN_CAPTURES")
	if folder == "" {
		t.Skip("SIPSPAN_CAPTURES does not name the folder of the captures")
	}
	for _, pattern := range []string{"seeds/*.pcap", "rfc/rfc3*.pcap", "rfc/rfc5*.pcap", "rfc/rfc7*.pcap"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			name := filepath.ToSlash(strings.TrimPrefix(file, folder))
			if _, ok := captureDeeds[strings.TrimPrefix(name, "/")]; !ok {
				t.Errorf("%s is not in the table", name)
			}
		}
	}
}
