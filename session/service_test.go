package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/session/call"
)

// insideOne are the services that are told inside one Call-ID.
var insideOne = []record.Service{
	record.CallHold, record.ForwardUnconditional, record.ForwardBusy, record.ForwardNoAnswer, record.FindMe, record.SimultaneousRing,
	record.CallDeflection, record.ScreeningIncoming, record.ScreeningOutgoing, record.InstantMessage,
}

// deeds writes what the people on a call did, and when one had the other on hold.
func deeds(c *record.Call) string {
	var words []string
	for _, name := range c.Services {
		if s, ok := record.ServiceNamed(name); ok && slices.Contains(insideOne, s) {
			words = append(words, name)
		}
	}
	for _, h := range c.Holds {
		end := "end"
		if h.End != 0 {
			end = fmt.Sprint(float64(h.End-c.Start) / 1e9)
		}
		words = append(words, fmt.Sprintf("hold:%s:%g-%s", h.By, float64(h.Start-c.Start)/1e9, end))
	}
	return strings.Join(words, " ")
}

// A call that was answered, from where the flows below go on.
const talking = `
	0.0 a>b INVITE 1 via=a1 sdp
	0.2 b>a 180 INVITE 1 via=a1 to=t
	1.0 b>a 200 INVITE 1 via=a1 to=t sdp
	1.1 a>b ACK 1 via=k1 to=t
`

func TestHolds(t *testing.T) {
	for _, test := range []struct {
		name string
		flow flow
		want string
	}{
		{"sendonly by the caller and back", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp=recvonly
			8 a>b INVITE 3 via=h2 to=t sdp=sendrecv
			8.1 b>a 200 INVITE 3 via=h2 to=t sdp`, "call_hold hold:caller:5-8"},
		{"0.0.0.0 by the callee, never taken back", talking + `
			5 b>a INVITE 1 via=h1 from=t to=f sdp=0.0.0.0
			5.1 a>b 200 INVITE 1 via=h1 from=t to=f sdp=0.0.0.0
			9 a>b BYE 2 via=b1 to=t`, "call_hold hold:callee:5-end"},
		{"UPDATE with inactive", talking + `
			5 a>b UPDATE 2 via=h1 to=t sdp=inactive
			5.1 b>a 200 UPDATE 2 via=h1 to=t sdp=inactive`, "call_hold hold:caller:5-end"},
		{"both, one after the other", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp=recvonly
			6 b>a INVITE 1 via=h2 from=t to=f sdp=inactive
			6.1 a>b 200 INVITE 1 via=h2 from=t to=f sdp=inactive
			7 a>b INVITE 3 via=h3 to=t sdp=sendrecv
			7.1 b>a 200 INVITE 3 via=h3 to=t sdp=sendonly
			8 b>a INVITE 2 via=h4 from=t to=f sdp=sendrecv
			8.1 a>b 200 INVITE 2 via=h4 from=t to=f sdp=sendrecv`, "call_hold hold:caller:5-7 hold:callee:6-8"},
		{"a refresh while on hold says nothing new", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp=recvonly
			6 a>b INVITE 3 via=h2 to=t sdp=sendonly
			6.1 b>a 200 INVITE 3 via=h2 to=t sdp=recvonly
			7 b>a UPDATE 1 via=h3 from=t to=f sdp=recvonly
			7.1 a>b 200 UPDATE 1 via=h3 from=t to=f sdp=sendonly`, "call_hold hold:caller:5-end"},
		{"the one who waits refreshes with inactive", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=inactive
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp=inactive
			6 b>a INVITE 1 via=h2 from=t to=f sdp=inactive
			6.1 a>b 200 INVITE 1 via=h2 from=t to=f sdp=inactive`, "call_hold hold:caller:5-end"},
		{"the one who waits holds, too", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=inactive
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp=inactive
			6 b>a INVITE 1 via=h2 from=t to=f sdp=sendonly
			6.1 a>b 200 INVITE 1 via=h2 from=t to=f sdp=inactive`, "call_hold hold:caller:5-end hold:callee:6-end"},
		{"refused", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.1 b>a 488 INVITE 2 via=h1 to=t
			5.2 a>b ACK 2 via=h1 to=t`, ""},
		{"refused without magic cookies", talking + `
			5 a>b INVITE 2 via=-h1 to=t sdp=sendonly
			5.1 b>a 491 INVITE 2 via=-h1 to=t
			5.2 a>b ACK 2 via=-h1 to=t`, ""},
		{"challenged, then accepted", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.1 b>a 407 INVITE 2 via=h1 to=t
			5.2 a>b ACK 2 via=h1 to=t
			5.3 a>b INVITE 3 via=h2 to=t sdp=sendonly
			5.4 b>a 200 INVITE 3 via=h2 to=t sdp=recvonly`, "call_hold hold:caller:5.3-end"},
		{"the 2xx was missed, the ACK tells", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.2 a>b ACK 2 via=k2 to=t`, "call_hold hold:caller:5-end"},
		{"offer in the 2xx, answer in the ACK", talking + `
			5 a>b INVITE 2 via=h1 to=t
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp
			5.2 a>b ACK 2 via=k2 to=t sdp=inactive`, "call_hold hold:caller:5-end"},
		{"nothing rendered, no session description", talking + `
			5 b>a INVITE 1 via=h1 from=t to=f h=Contact:<sip:b@b>;+sip.rendering="no"
			5.1 a>b 200 INVITE 1 via=h1 from=t to=f
			7 b>a INVITE 2 via=h2 from=t to=f h=Contact:<sip:b@b>
			7.1 a>b 200 INVITE 2 via=h2 from=t to=f`, "call_hold hold:callee:5-7"},
		{"a music server renders nothing", talking + `
			5 b>a INVITE 1 via=h1 from=t to=f h=Contact:<sip:b@b>;automaton;+sip.rendering="no"
			5.1 a>b 200 INVITE 1 via=h1 from=t to=f`, ""},
		{"through two hops", `
			0.0 a>b INVITE 1 via=a1 sdp
			0.1 b>c INVITE 1 via=b1,a1 sdp
			0.8 c>b 200 INVITE 1 via=b1,a1 to=t sdp
			1.0 b>a 200 INVITE 1 via=a1 to=t sdp
			1.1 a>b ACK 1 via=k1 to=t
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.1 b>c INVITE 2 via=g1,h1 to=t sdp=sendonly
			5.2 c>b 200 INVITE 2 via=g1,h1 to=t sdp=recvonly
			5.3 b>a 200 INVITE 2 via=h1 to=t sdp=recvonly
			6 a>b INVITE 3 via=h2 to=t sdp
			6.1 b>c INVITE 3 via=g2,h2 to=t sdp
			6.2 c>b 200 INVITE 3 via=g2,h2 to=t sdp
			6.3 b>a 200 INVITE 3 via=h2 to=t sdp`, "call_hold hold:caller:5-6"},
		{"mid-stream", `
			5 a>b INVITE 2 via=h1 to=t sdp=sendonly
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp=recvonly
			7 a>b INVITE 3 via=h2 to=t sdp
			7.1 b>a 200 INVITE 3 via=h2 to=t sdp`, "call_hold hold:caller:0-2"},
		{"another address", talking + `
			5 a>b INVITE 2 via=h1 to=t sdp=192.0.2.99
			5.1 b>a 200 INVITE 2 via=h1 to=t sdp`, ""},
		{"one way from the start", `
			0.0 a>b INVITE 1 via=a1 sdp=sendonly
			1.0 b>a 200 INVITE 1 via=a1 to=t sdp=recvonly
			1.1 a>b ACK 1 via=k1 to=t
			90 a>b INVITE 2 via=h1 to=t sdp=sendonly
			90.1 b>a 200 INVITE 2 via=h1 to=t sdp=recvonly`, ""},
		{"one way from the start, refreshed by the other side", `
			0.0 a>b INVITE 1 via=a1
			1.0 b>a 200 INVITE 1 via=a1 to=t sdp=sendonly
			1.1 a>b ACK 1 via=k1 to=t sdp=recvonly
			90 b>a INVITE 2 via=h1 from=t to=f sdp=sendonly
			90.1 a>b 200 INVITE 2 via=h1 from=t to=f sdp=recvonly`, ""},
		{"preconditions before the answer", `
			0.0 a>b INVITE 1 via=a1 sdp=inactive
			0.3 b>a 183 INVITE 1 via=a1 to=t sdp=inactive
			0.6 a>b UPDATE 2 via=u1 to=t sdp=sendrecv
			0.7 b>a 200 UPDATE 2 via=u1 to=t sdp=sendrecv
			1.0 b>a 200 INVITE 1 via=a1 to=t
			1.1 a>b ACK 1 via=k1 to=t
			5 a>b UPDATE 3 via=u2 to=t sdp=sendonly
			5.1 b>a 200 UPDATE 3 via=u2 to=t sdp=recvonly`, "call_hold hold:caller:5-end"},
		{"a session refresh without a body", talking + `
			90 a>b UPDATE 2 via=h1 to=t
			90.1 b>a 200 UPDATE 2 via=h1 to=t`, ""},
		{"a conversation in writing", `
			0.0 a>b INVITE 1 via=a1 sdp=message
			1.0 b>a 200 INVITE 1 via=a1 to=t sdp=message
			1.1 a>b ACK 1 via=k1 to=t
			2 a>b INVITE 2 via=h1 to=t sdp=message
			2.1 b>a 200 INVITE 2 via=h1 to=t sdp=message`, "instant_message"},
	} {
		t.Run(test.name, func(t *testing.T) { wantDeeds(t, test.flow, test.want) })
	}
}

func wantDeeds(t *testing.T, f flow, want string) {
	t.Helper()
	var got []string
	for _, r := range f.run(t, 60) {
		if c, ok := r.(*record.Call); ok {
			got = append(got, deeds(c))
			checkEvidence(t, c)
		}
	}
	if diff := cmp.Diff([]string{want}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// checkEvidence checks that each service has evidence, and none has more than its time.
func checkEvidence(t *testing.T, c *record.Call) {
	t.Helper()
	var names []string
	for _, e := range c.ServiceEvidence {
		if !slices.Contains(names, e.Service.String()) {
			names = append(names, e.Service.String())
		}
		if e.What == "" || slices.Contains(insideOne, e.Service) && (e.Time < c.Start || c.End != 0 && e.Time > c.End) {
			t.Errorf("evidence %v %d %q of a call from %d to %d", e.Service, e.Time, e.What, c.Start, c.End)
		}
	}
	if diff := cmp.Diff(c.Services, names); diff != "" {
		t.Errorf("services and their evidence: %s", diff)
	}
}

func TestForwardsAndForks(t *testing.T) {
	const bob = " uri=sip:bob@example.com"
	for _, test := range []struct {
		name string
		flow flow
		want string
	}{
		{"no answer is 408 after ringing", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			2 c>b 180 INVITE 1 via=b1,a to=c
			20 c>b 408 INVITE 1 via=b1,a to=c
			21 b>d INVITE 1 via=b2,a uri=sip:bob@d
			22 d>b 200 INVITE 1 via=b2,a to=d
			23 b>a 200 INVITE 1 via=a to=d`, "forward_no_answer"},
		{"CANCEL just after the next INVITE", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			2 c>b 180 INVITE 1 via=b1,a to=c
			20 b>d INVITE 1 via=b2,a uri=sip:bob@d
			20.01 b>c CANCEL 1 via=b1
			20.02 c>b 487 INVITE 1 via=b1,a to=c
			22 d>b 200 INVITE 1 via=b2,a to=d
			23 b>a 200 INVITE 1 via=a to=d`, "forward_no_answer"},
		{"two places, nobody at the first", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			2 c>b 480 INVITE 1 via=b1,a to=c
			3 b>d INVITE 1 via=b2,a uri=sip:bob@d
			4 d>b 200 INVITE 1 via=b2,a to=d
			5 b>a 200 INVITE 1 via=a to=d`, "find_me"},
		{"nobody logged in, another user", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			2 c>b 480 INVITE 1 via=b1,a to=c
			3 b>d INVITE 1 via=b2,a uri=sip:operator@d
			4 d>b 200 INVITE 1 via=b2,a to=d
			5 b>a 200 INVITE 1 via=a to=d`, ""},
		{"busy, then no answer, told by 181", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			2 c>b 486 INVITE 1 via=b1,a to=c
			3 b>a 181 INVITE 1 via=a to=x
			3 b>d INVITE 1 via=b2,a uri=sip:carol@d
			4 d>b 180 INVITE 1 via=b2,a to=d
			20 b>d CANCEL 1 via=b2
			20.1 d>b 487 INVITE 1 via=b2,a to=d
			21 b>e INVITE 1 via=b3,a uri=sip:dave@e
			22 e>b 200 INVITE 1 via=b3,a to=e
			23 b>a 200 INVITE 1 via=a to=e`, "forward_busy forward_no_answer"},
		{"a server that fails, then busy, then another", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@x
			1.1 c>b 503 INVITE 1 via=b1,a to=c
			1.2 b>d INVITE 1 via=b2,a uri=sip:bob@x
			2 d>b 486 INVITE 1 via=b2,a to=d
			3 b>e INVITE 1 via=b3,a uri=sip:dave@e
			22 e>b 200 INVITE 1 via=b3,a to=e
			23 b>a 200 INVITE 1 via=a to=e`, "forward_busy"},
		{"least cost routing", `
			0 a>b INVITE 1 via=a uri=sip:+15550100@b
			1 b>c INVITE 1 via=b1,a uri=sip:+15550100@c
			1.1 c>b 404 INVITE 1 via=b1,a to=c
			1.2 b>d INVITE 1 via=b2,a uri=sip:0015550100@d
			1.3 d>b 502 INVITE 1 via=b2,a to=d
			1.4 b>e INVITE 1 via=b3,a uri=sip:5550100@e
			22 e>b 200 INVITE 1 via=b3,a to=e
			23 b>a 200 INVITE 1 via=a to=e`, ""},
		{"second phone rings along after a while", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			2 c>b 180 INVITE 1 via=b1,a to=c
			7 b>d INVITE 1 via=b2,a uri=sip:bob@d
			8 d>b 180 INVITE 1 via=b2,a to=d
			9 c>b 200 INVITE 1 via=b1,a to=c
			9.1 b>a 200 INVITE 1 via=a to=c
			9.2 b>d CANCEL 1 via=b2
			9.3 d>b 487 INVITE 1 via=b2,a to=d`, "simultaneous_ring"},
		{"one of two places is not there", `
			0 a>b INVITE 1 via=a
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			1 b>d INVITE 1 via=b2,a uri=sip:bob@d
			2 c>b 180 INVITE 1 via=b1,a to=c
			2 d>b 480 INVITE 1 via=b2,a to=d
			9 c>b 200 INVITE 1 via=b1,a to=c
			9.1 b>a 200 INVITE 1 via=a to=c`, ""},
		{"only the proxy's side is seen", `
			1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			1 b>d INVITE 1 via=b2,a uri=sip:bob@d
			2 c>b 180 INVITE 1 via=b1,a to=c
			2 d>b 180 INVITE 1 via=b2,a to=d
			9 c>b 200 INVITE 1 via=b1,a to=c
			9.2 b>d CANCEL 1 via=b2
			9.3 d>b 487 INVITE 1 via=b2,a to=d`, "simultaneous_ring"},
		{"the caller's phone tries another server", `
			0 a>b INVITE 1 via=a1` + bob + `
			4 a>c INVITE 1 via=a2` + bob + `
			5 c>a 180 INVITE 1 via=a2 to=t
			6 c>a 200 INVITE 1 via=a2 to=t`, ""},
		{"caller's side: voice mail after ringing", `
			0 a>b INVITE 1 via=a
			1 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:x@x>
			21 b>a 200 INVITE 1 via=a to=y h=Contact:<sip:vm@y>`, "forward_no_answer"},
		{"caller's side: one after the other", `
			0 a>b INVITE 1 via=a
			1 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:x@x>
			21 b>a 180 INVITE 1 via=a to=y h=Contact:<sip:y@y>
			41 b>a 200 INVITE 1 via=a to=z h=Contact:<sip:z@z>`, "find_me"},
		{"caller's side: a tag of its own for the answer, and no Contact before", `
			0 a>b INVITE 1 via=a
			1 b>a 180 INVITE 1 via=a to=x
			21 b>a 200 INVITE 1 via=a to=y h=Contact:<sip:x@x>`, ""},
		{"caller's side: an announcement, then the phone rings", `
			0 a>b INVITE 1 via=a
			0.3 b>a 183 INVITE 1 via=a to=m h=Contact:<sip:announce@m> sdp
			5 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:bob@x>
			9 b>a 200 INVITE 1 via=a to=x h=Contact:<sip:bob@x> sdp`, ""},
		{"caller's side: an announcement just before the phone rings", `
			0 a>b INVITE 1 via=a
			0.3 b>a 183 INVITE 1 via=a to=m h=Contact:<sip:announce@m> sdp
			0.9 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:bob@x>
			9 b>a 200 INVITE 1 via=a to=x h=Contact:<sip:bob@x> sdp`, ""},
		{"caller's side: a long announcement, then an agent", `
			0 a>b INVITE 1 via=a
			0.3 b>a 183 INVITE 1 via=a to=m h=Contact:<sip:queue@m> sdp
			40 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:agent@x>
			44 b>a 200 INVITE 1 via=a to=x h=Contact:<sip:agent@x> sdp`, ""},
		{"caller's side: trunks one after the other, both with early media", `
			0 a>b INVITE 1 via=a
			0.3 b>a 183 INVITE 1 via=a to=x h=Contact:<sip:+15550100@x> sdp
			0.9 b>a 183 INVITE 1 via=a to=y h=Contact:<sip:+15550100@y> sdp
			9 b>a 200 INVITE 1 via=a to=y h=Contact:<sip:+15550100@y> sdp`, ""},
		{"caller's side: serial, each rings for five seconds", `
			0 a>b INVITE 1 via=a
			0.2 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:x@x>
			5.2 b>a 180 INVITE 1 via=a to=y h=Contact:<sip:y@y>
			7 b>a 200 INVITE 1 via=a to=y h=Contact:<sip:y@y>`, ""},
		{"caller's side: serial, with 182 and 183 of each", `
			0 a>b INVITE 1 via=a
			0.2 b>a 182 INVITE 1 via=a to=q
			3 b>a 183 INVITE 1 via=a to=x h=Contact:<sip:x@x> sdp
			6 b>a 180 INVITE 1 via=a to=y h=Contact:<sip:y@y>
			7 b>a 200 INVITE 1 via=a to=y h=Contact:<sip:y@y>`, ""},
		{"caller's side: both ring at once", `
			0 a>b INVITE 1 via=a
			0.2 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:x@x>
			0.7 b>a 180 INVITE 1 via=a to=y h=Contact:<sip:y@y>
			7 b>a 200 INVITE 1 via=a to=y h=Contact:<sip:y@y>`, "simultaneous_ring"},
		{"caller's side: the second rings along, and the first answers", `
			0 a>b INVITE 1 via=a
			0.2 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:x@x>
			6 b>a 180 INVITE 1 via=a to=y h=Contact:<sip:y@y>
			7 b>a 200 INVITE 1 via=a to=x h=Contact:<sip:x@x>`, "simultaneous_ring"},
		{"one element: an announcement, then the phone", `
			0 a>b INVITE 1 via=a
			0.1 b>m INVITE 1 via=b1,a uri=sip:annc@m
			0.2 m>b 183 INVITE 1 via=b1,a to=m sdp
			5 b>m CANCEL 1 via=b1
			5.1 m>b 487 INVITE 1 via=b1,a to=m
			5.2 b>c INVITE 1 via=b2,a uri=sip:bob@c
			5.3 c>b 180 INVITE 1 via=b2,a to=c
			9 c>b 200 INVITE 1 via=b2,a to=c
			9.1 b>a 200 INVITE 1 via=a to=c`, ""},
		{"one element: an announcement while the phone rings", `
			0 a>b INVITE 1 via=a
			0.1 b>m INVITE 1 via=b1,a uri=sip:annc@m
			0.2 m>b 183 INVITE 1 via=b1,a to=m sdp
			0.2 b>c INVITE 1 via=b2,a uri=sip:bob@c
			0.3 c>b 180 INVITE 1 via=b2,a to=c
			9 c>b 200 INVITE 1 via=b2,a to=c
			9.1 b>a 200 INVITE 1 via=a to=c`, ""},
		{"one trunk after the other, with early media of the first", `
			0 a>b INVITE 1 via=a uri=sip:+15550100@b touri=sip:+15550100@example.com
			0.1 b>c INVITE 1 via=b1,a uri=sip:+15550100@c touri=sip:+15550100@example.com
			0.2 c>b 183 INVITE 1 via=b1,a to=c touri=sip:+15550100@example.com sdp
			3 c>b 480 INVITE 1 via=b1,a to=c touri=sip:+15550100@example.com
			3.1 b>d INVITE 1 via=b2,a uri=sip:0015550100@d touri=sip:+15550100@example.com
			4 d>b 200 INVITE 1 via=b2,a to=d touri=sip:+15550100@example.com
			4.1 b>a 200 INVITE 1 via=a to=d touri=sip:+15550100@example.com`, ""},
		{"early media of a gateway in vain, then another user", `
			0 a>b INVITE 1 via=a uri=sip:bob@example.com
			0.1 b>c INVITE 1 via=b1,a uri=sip:bob@gw
			0.2 c>b 183 INVITE 1 via=b1,a to=c sdp
			25 b>c CANCEL 1 via=b1
			25.1 c>b 487 INVITE 1 via=b1,a to=c
			25.2 b>d INVITE 1 via=b2,a uri=sip:vm@d
			26 d>b 200 INVITE 1 via=b2,a to=d
			26.1 b>a 200 INVITE 1 via=a to=d`, "forward_no_answer"},
		{"caller's side: a phone that changes its tag", `
			0 a>b INVITE 1 via=a
			1 b>a 180 INVITE 1 via=a to=x h=Contact:<sip:x@x>
			21 b>a 200 INVITE 1 via=a to=y h=Contact:<sip:x@x>`, ""},
		{"caller's side: the proxy's own final response", `
			0 a>b INVITE 1 via=a
			1 b>a 180 INVITE 1 via=a to=x
			21 b>a 480 INVITE 1 via=a to=p`, ""},
		{"caller's side: 181 at once", `
			0 a>b INVITE 1 via=a
			1 b>a 181 INVITE 1 via=a to=p
			2 b>a 180 INVITE 1 via=a to=x
			3 b>a 200 INVITE 1 via=a to=x`, ""}, // it may have been busy
		{"181 at once, and the one branch of who sent it", `
			0 a>b INVITE 1 via=a
			1 b>a 181 INVITE 1 via=a to=p
			1.1 b>c INVITE 1 via=b1,a uri=sip:carol@c
			2 c>b 180 INVITE 1 via=b1,a to=x
			2.1 b>a 180 INVITE 1 via=a to=x
			3 c>b 200 INVITE 1 via=b1,a to=x
			3.1 b>a 200 INVITE 1 via=a to=x`, "forward_unconditional"},
		{"181 after the one branch that was seen was busy", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			0.3 c>b 486 INVITE 1 via=b1,a to=x
			0.4 b>a 181 INVITE 1 via=a to=p
			2 b>a 180 INVITE 1 via=a to=y
			3 b>a 200 INVITE 1 via=a to=y`, "forward_busy"},
		{"181 two hops away, whose branches were not seen", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b1,a
			0.3 c>b 181 INVITE 1 via=b1,a to=p
			0.4 b>a 181 INVITE 1 via=a to=p
			2 c>b 200 INVITE 1 via=b1,a to=y
			3 b>a 200 INVITE 1 via=a to=y`, ""},
		{"caller's side: 181 after an announcement", `
			0 a>b INVITE 1 via=a
			1 b>a 183 INVITE 1 via=a to=x sdp
			20 b>a 181 INVITE 1 via=a to=p
			21 b>a 200 INVITE 1 via=a to=y`, ""},
		{"caller's side: 181 after ringing", `
			0 a>b INVITE 1 via=a
			1 b>a 180 INVITE 1 via=a to=x
			20 b>a 181 INVITE 1 via=a to=p
			21 b>a 200 INVITE 1 via=a to=y`, "forward_no_answer"},
		{"challenged by the proxy and tried again", `
			0 a>b INVITE 1 via=a1
			1 b>a 407 INVITE 1 via=a1 to=p
			1.1 a>b ACK 1 via=a1 to=p
			2 a>b INVITE 2 via=a2
			2.1 b>c INVITE 2 via=b1,a2 uri=sip:bob@c
			3 c>b 200 INVITE 2 via=b1,a2 to=t
			3.1 b>a 200 INVITE 2 via=a2 to=t`, ""},
		{"Diversion on two hops", `
			0 a>b INVITE 1 via=a h=Diversion:<sip:x@x>;reason=no-answer,<sip:y@y>;reason="unconditional"
			0.1 b>c INVITE 1 via=b,a h=Diversion:<sip:x@x>;reason=no-answer,<sip:y@y>;reason="unconditional"
			3 c>b 200 INVITE 1 via=b,a to=t
			3.1 b>a 200 INVITE 1 via=a to=t`, "forward_unconditional forward_no_answer"},
		{"History-Info with the causes of RFC 4458", `
			0 a>b INVITE 1 via=a h=History-Info:<sip:x@x>;index=1,<sip:y@y;cause=486>;index=1.1;mp=1
			3.1 b>a 200 INVITE 1 via=a to=t`, "forward_busy"},
		{"History-Info with a Reason and another user", `
			0 a>b INVITE 1 via=a h=History-Info:<sip:x@x>;index=1,<sip:x@c?Reason=SIP%3Bcause%3D408>;index=1.1;rc=1,<sip:y@y>;index=1.2;mp=1
			3.1 b>a 200 INVITE 1 via=a to=t`, "forward_no_answer"},
		{"History-Info of a search for one user", `
			0 a>b INVITE 1 via=a h=History-Info:<sip:x@x>;index=1,<sip:x@c?Reason=SIP%3Bcause%3D486>;index=1.1;rc=1,<sip:x@d>;index=1.2;rc=1
			3.1 b>a 200 INVITE 1 via=a to=t`, ""},
		{"303 to voice mail, passed on", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b,a
			0.2 c>b 303 INVITE 1 via=b,a to=t h=Contact:<sip:bob@x;opaque=app:voicemail>
			0.3 b>a 303 INVITE 1 via=a to=t h=Contact:<sip:bob@x;opaque=app:voicemail>`, "call_deflection"},
		{"302 that says it is busy", `
			0 a>b INVITE 1 via=a
			0.2 b>a 302 INVITE 1 via=a to=t h=Contact:<sip:carol@x> h=Diversion:<sip:bob@x>;reason=user-busy`, "forward_busy"},
		{"302 whose Contact says why", `
			0 a>b INVITE 1 via=a
			9 b>a 302 INVITE 1 via=a to=t h=Contact:<sip:vm@x;target=sip:bob%40x;cause=408>`, "forward_no_answer"},
		{"a Request-URI that says why, on two hops", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b,a uri=sip:vm@example.com;target=bob;cause=486
			0.2 c>d INVITE 1 via=c,b,a uri=sip:vm@192.0.2.4;target=bob;cause=486
			3 d>c 200 INVITE 1 via=c,b,a to=t
			3.1 c>b 200 INVITE 1 via=b,a to=t
			3.2 b>a 200 INVITE 1 via=a to=t`, "forward_busy"},
		{"a Request-URI with a cause that is no forward", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b,a uri=sip:bob@c;cause=404
			3 c>b 200 INVITE 1 via=b,a to=t
			3.1 b>a 200 INVITE 1 via=a to=t`, ""},
		{"302 at once to another user of the domain", `
			0 a>b INVITE 1 via=a
			0.2 b>a 302 INVITE 1 via=a to=t h=Contact:<sip:carol@example.com>`, "forward_unconditional"},
		{"302 from a phone that the proxy follows", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			0.2 c>b 180 INVITE 1 via=b1,a to=t
			4 c>b 302 INVITE 1 via=b1,a to=t h=Contact:<sip:carol@example.com>
			4.1 b>d INVITE 1 via=b2,a uri=sip:carol@example.com
			5 d>b 200 INVITE 1 via=b2,a to=u
			5.1 b>a 200 INVITE 1 via=a to=u`, "call_deflection"},
		{"302 from a phone that rang, which the proxy follows and tells in History-Info", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b1,a uri=sip:bob@c
			0.2 c>b 180 INVITE 1 via=b1,a to=t
			4 c>b 302 INVITE 1 via=b1,a to=t h=Contact:<sip:carol@example.com>
			4.1 b>d INVITE 1 via=b2,a uri=sip:carol@example.com h=History-Info:<sip:bob@example.com>;index=1,<sip:bob@c?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1,<sip:carol@example.com>;index=1.2;mp=1
			5 d>b 200 INVITE 1 via=b2,a to=u
			5.1 b>a 200 INVITE 1 via=a to=u`, "call_deflection"},
		{"the same INVITE, where the 302 was not seen", `
			4.1 b>d INVITE 1 via=b2,a uri=sip:carol@example.com h=History-Info:<sip:bob@example.com>;index=1,<sip:bob@c?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1,<sip:carol@example.com>;index=1.2;mp=1
			5 d>b 200 INVITE 1 via=b2,a to=u`, "forward_unconditional"},
		{"302 after a while, by a phone that tells nobody that it rings", `
			0 a>b INVITE 1 via=a
			3 b>a 302 INVITE 1 via=a to=t h=Contact:<sip:bob@192.0.2.9>`, "call_deflection"},
		{"302 as soon as it rings", `
			0 a>b INVITE 1 via=a
			0.2 b>a 180 INVITE 1 via=a to=t
			0.5 b>a 302 INVITE 1 via=a to=t h=Contact:<sip:bob@192.0.2.9>`, "call_deflection"},
		{"302 whose INVITE was not seen: nobody knows how long it took", `
			3 b>a 302 INVITE 1 via=a to=t h=Contact:<sip:carol@example.com>`, ""},
		{"305", `
			0 a>b INVITE 1 via=a
			2 b>a 305 INVITE 1 via=a to=t h=Contact:<sip:proxy.example.com>`, ""},
		{"refused by the phone", `
			0 a>b INVITE 1 via=a touri=sip:bob@example.org
			0.1 b>c INVITE 1 via=b,a touri=sip:bob@example.org uri=sip:bob@192.0.2.3
			0.2 c>b 403 INVITE 1 via=b,a to=t touri=sip:bob@example.org
			0.3 b>a 403 INVITE 1 via=a to=t touri=sip:bob@example.org`, ""},
		{"refused after ringing", `
			0 a>b INVITE 1 via=a touri=sip:bob@example.org
			0.1 b>c INVITE 1 via=b,a touri=sip:bob@example.org uri=sip:bob@example.org
			0.2 c>b 180 INVITE 1 via=b,a to=t touri=sip:bob@example.org
			0.2 c>b 403 INVITE 1 via=b,a to=t touri=sip:bob@example.org`, ""},
		{"refused for the domain, but the phone was asked", `
			0 a>b INVITE 1 via=a touri=sip:bob@example.org
			0.1 b>c INVITE 1 via=b,a touri=sip:bob@example.org uri=sip:bob@example.org
			0.2 c>d INVITE 1 via=c,b,a touri=sip:bob@example.org uri=sip:bob@192.0.2.4
			0.3 d>c 486 INVITE 1 via=c,b,a to=t touri=sip:bob@example.org
			0.4 c>b 403 INVITE 1 via=b,a to=u touri=sip:bob@example.org
			0.5 b>a 403 INVITE 1 via=a to=u touri=sip:bob@example.org`, ""},
		{"refused by the domain of both", `
			0 a>b INVITE 1 via=a
			0.1 b>c INVITE 1 via=b,a uri=sip:bob@example.com
			0.4 c>b 403 INVITE 1 via=b,a to=u
			0.5 b>a 403 INVITE 1 via=a to=u`, ""},
		{"refused by the domain of the called alone", `
			0 a>b INVITE 1 via=a touri=sip:bob@example.org
			0.1 b>c INVITE 1 via=b,a touri=sip:bob@example.org uri=sip:bob@example.org
			0.4 c>b 403 INVITE 1 via=b,a to=u touri=sip:bob@example.org
			0.5 b>a 403 INVITE 1 via=a to=u touri=sip:bob@example.org`, "screening_incoming"},
		{"a short number along the dial plan", `
			0 a>b INVITE 1 via=a touri=sip:117@example.com uri=sip:117@example.com
			0.1 b>c INVITE 1 via=b,a touri=sip:117@example.com uri=sip:+4930112@gw.example.com;user=phone
			3 c>b 200 INVITE 1 via=b,a to=t touri=sip:117@example.com
			3.1 b>a 200 INVITE 1 via=a to=t touri=sip:117@example.com`, ""},
		{"a bare 403 of the first proxy", `
			0 a>b INVITE 1 via=a
			0.3 b>a 403 INVITE 1 via=a to=t`, ""},
		{"anonymous calls are not taken", `
			0 a>b INVITE 1 via=a
			0.3 b>a 433 INVITE 1 via=a to=t`, "screening_incoming"},
	} {
		t.Run(test.name, func(t *testing.T) { wantDeeds(t, test.flow, test.want) })
	}
}

// The origin of a failure is the element that made the response, even if another one made one with the same status.
func TestOriginIsToldByTheTag(t *testing.T) {
	f := flow(`
		0 a>b INVITE 1 via=a
		1 b>c INVITE 1 via=b1,a uri=sip:bob@c
		1 b>d INVITE 1 via=b2,a uri=sip:bob@d
		2 c>b 486 INVITE 1 via=b1,a to=c
		3 d>b 486 INVITE 1 via=b2,a to=d
		3.1 b>a 486 INVITE 1 via=a to=d`)
	for _, r := range f.run(t, 60) {
		if f, ok := r.(*record.Failure); ok && lastOctet(f.Origin) != "d" {
			t.Errorf("origin %s", f.Origin)
		}
	}
}

// Each hop has the delay of its own INVITE, not that of the tries before.
func TestHopsHaveTheirOwnDelay(t *testing.T) {
	f := flow(`
		0 a>b INVITE 1 via=a1
		1 b>a 407 INVITE 1 via=a1 to=p
		10 a>b INVITE 2 via=a2
		10.5 b>c INVITE 2 via=b1,a2
		12 c>b 200 INVITE 2 via=b1,a2 to=t
		12.5 b>a 200 INVITE 2 via=a2 to=t`)
	for _, r := range f.run(t, 60) {
		if c, ok := r.(*record.Call); ok {
			if a, b := c.Hops[0].Delay.Seconds(), c.Hops[1].Delay.Seconds(); a != 2.5 || b != 1.5 {
				t.Errorf("delays %v and %v", a, b)
			}
			if c.Setup.Seconds() != 12.5 {
				t.Errorf("set-up %v", c.Setup)
			}
		}
	}
}

func TestTyping(t *testing.T) {
	f := flow(talking + `
		2 b>a INFO 1 via=i1 from=t to=f body=<KeyboardActivity><status_status="type"/></KeyboardActivity>
		2.1 a>b 200 INFO 1 via=i1 from=t to=f
		3 b>a INFO 2 via=i2 from=t to=f body=<KeyboardActivity><status_status="idle"/></KeyboardActivity>
		4 b>a INFO 3 via=i3 from=t to=f body=Signal=1
		5 b>a MESSAGE 4 via=i4 from=t to=f h=Content-Type:application/im-iscomposing+xml body=<state>active</state>
		5.5 b>a MESSAGE 4 via=i4 from=t to=f h=Content-Type:application/im-iscomposing+xml body=<state>active</state>
		6 b>a MESSAGE 5 via=i5 from=t to=f h=Content-Type:application/im-iscomposing+xml body=<state>idle</state>
		7 a>b MESSAGE 2 via=m1 to=t body=hello`)
	for _, r := range f.run(t, 60) {
		if c, ok := r.(*record.Call); ok && (c.TypingNotices != 2 || c.InstantMessages != 1) {
			t.Errorf("%d typing notices and %d messages", c.TypingNotices, c.InstantMessages)
		}
	}
}

// What a call keeps is bounded: a user who plays with the hold key leaves no endless record.
func TestEvidenceIsBounded(t *testing.T) {
	f := talking
	for i := range 100 {
		what := []string{"sendonly", "sendrecv"}[i%2]
		f += fmt.Sprintf("\n%d a>b INVITE %d via=h%d to=t sdp=%s\n%d.5 b>a 200 INVITE %d via=h%d to=t sdp=recvonly", 5+i, 2+i, i, what, 5+i, 2+i, i)
	}
	f += "\n200 a>b MESSAGE 200 via=m to=t body=hello"
	for _, r := range flow(f).run(t, 60) {
		c, ok := r.(*record.Call)
		if !ok {
			continue
		}
		if len(c.ServiceEvidence) != call.MaxNotes+1 || len(c.Holds) != call.MaxHolds || !c.HasService(record.InstantMessage) {
			t.Errorf("%d observations, %d holds, services %v", len(c.ServiceEvidence), len(c.Holds), c.Services)
		}
	}
}

// serviceLoad is calls whose users do all that one Call-ID has room for.
func serviceLoad(tb testing.TB, n int) []flowMessage {
	return load(tb, n,
		"a>b INVITE 1 via=a# sdp h=Diversion:<sip:x@x>;reason=no-answer h=History-Info:<sip:x@x?Reason=SIP%3Bcause%3D486>;index=1,<sip:y@y;cause=302>;index=2;mp=1",
		"b>c INVITE 1 via=b#,a# sdp uri=sip:bob@c",
		"b>d INVITE 1 via=c#,a# sdp uri=sip:carol@example.com",
		"c>b 180 INVITE 1 via=b#,a# to=c#",
		"d>b 302 INVITE 1 via=c#,a# to=d# h=Contact:<sip:voicemail@example.com>",
		"b>a 181 INVITE 1 via=a# to=p#",
		"b>c CANCEL 1 via=b#",
		"c>b 487 INVITE 1 via=b#,a# to=c#",
		"b>e INVITE 1 via=d#,a# sdp uri=sip:bob@e",
		"e>b 200 INVITE 1 via=d#,a# to=e# sdp",
		"b>a 200 INVITE 1 via=a# to=e# sdp",
		"a>b ACK 1 via=k# to=e#",
		"a>b INVITE 2 via=h# to=e# sdp=sendonly",
		"b>a 200 INVITE 2 via=h# to=e# sdp=recvonly",
		"a>b ACK 2 via=l# to=e#",
		"b>a UPDATE 1 via=u# from=e# to=f sdp=0.0.0.0",
		"a>b 200 UPDATE 1 via=u# from=e# to=f sdp=inactive",
		"b>a INFO 2 via=i# from=e# to=f body=<KeyboardActivity/>",
		"a>b MESSAGE 3 via=j# to=e# body=hello",
		"a>b BYE 4 via=m# to=e#",
		"b>a 200 BYE 4 via=m# to=e#")
}

func TestServiceLoad(t *testing.T) {
	h := newHarness(t, 1, nil)
	for _, m := range serviceLoad(t, 3) {
		h.handle(&m)
	}
	h.idle(60)
	want := "call_hold forward_unconditional forward_busy forward_no_answer simultaneous_ring call_deflection instant_message hold:caller:12-end hold:callee:15-end"
	for _, r := range h.close() {
		if c, ok := r.(*record.Call); ok && deeds(c) != want {
			t.Errorf("%s, want %s", deeds(c), want)
		}
	}
}

// A redirection that is passed on is one decision, and has one piece of evidence: the hop that it comes from.
func TestRedirectionIsNotedOnce(t *testing.T) {
	records := flow(`
		0 a>b INVITE 1 via=a
		0.1 b>c INVITE 1 via=b,a
		3 c>b 302 INVITE 1 via=b,a to=t h=Contact:<sip:carol@example.com>
		3.1 b>a 302 INVITE 1 via=a to=t h=Contact:<sip:carol@example.com>`).run(t, 60)
	for _, r := range records {
		if c, ok := r.(*record.Call); ok && (len(c.ServiceEvidence) != 1 || !strings.HasPrefix(c.ServiceEvidence[0].What, "302 from 192.0.2.3:")) {
			t.Errorf("%+v", c.ServiceEvidence)
		}
	}
}
