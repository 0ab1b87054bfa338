package session

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/session/stats"
)

// measured writes everything that was counted and is not 0; of a histogram, how many and their sum in seconds.
func measured(m *stats.RFC6076) string {
	var b strings.Builder
	n := func(name string, n uint64) {
		if n > 0 {
			fmt.Fprintf(&b, " %s=%d", name, n)
		}
	}
	setups := func(name string, s *stats.Setups) {
		b.WriteString(" " + name)
		n("total", s.Total)
		n("redirected", s.Redirected)
		n("established", s.Established)
		n("effective", s.Effective)
		n("ineffective", s.Ineffective)
		n("completed", s.Completed)
		n("unanswered", s.Unanswered)
	}
	if m.Invites.Total > 0 {
		setups("invites:", &m.Invites)
		if m.Sessions == m.Invites {
			b.WriteString(" sessions: alike")
		} else {
			setups("sessions:", &m.Sessions)
		}
	}
	if m.Registers.Total > 0 {
		n("registers", m.Registers.Total)
		n("ineffective", m.Registers.Ineffective)
		n("registrations", m.Registrations.Total)
		n("ineffective", m.Registrations.Ineffective)
	}
	delays := func(name string, h *stats.Histogram) {
		if h.Count > 0 {
			fmt.Fprintf(&b, " %s=%d/%.3f", name, h.Count, h.Sum)
		}
	}
	delays("rrd", &m.RRD)
	for r := range stats.Result(stats.NumResults) {
		delays("srd."+r.String(), &m.SRD[r])
		delays("sdd."+r.String(), &m.SDD[r])
		delays("sdt."+r.String(), &m.SDT[r])
	}
	return strings.TrimSpace(b.String())
}

// The examples and the edge cases of RFC 6076. Each expected value is worked out beside it; t1 is the time of the first
// request of an attempt.
func TestRFC6076(t *testing.T) {
	for _, test := range []struct {
		name string
		idle float64
		flow flow
		want string
	}{
		{
			// Section 4.1, first example: the challenge is inside. RRD = 0.35 - 0.00.
			// Section 4.2: of two REGISTER requests neither is ineffective, for a 401 is none.
			name: "RRD with a challenge", idle: 10,
			flow: `
				0.00 a>b REGISTER 1 via=r1
				0.10 b>a 401 REGISTER 1 via=r1 to=x
				0.15 a>b REGISTER 2 via=r2
				0.35 b>a 200 REGISTER 2 via=r2 to=x`,
			want: "registers=2 registrations=1 rrd=1/0.350",
		},
		{
			// A retransmission does not reset t1: RRD = 0.90 - 0.00.
			name: "RRD with a retransmission", idle: 10,
			flow: `
				0.00 a>b REGISTER 1
				0.50 a>b REGISTER 1
				0.90 b>a 200 REGISTER 1 to=x`,
			want: "registers=1 registrations=1 rrd=1/0.900",
		},
		{
			// Only a successful one has an RRD. 403 is ineffective: IRA = 1/1.
			name: "IRA: refused", idle: 10,
			flow: `
				0.00 a>b REGISTER 1
				0.10 b>a 403 REGISTER 1 to=x`,
			want: "registers=1 ineffective=1 registrations=1 ineffective=1",
		},
		{
			// Section 4.2's example: the second REGISTER fails with 500. Strictly 1 of 2 requests, merged 1 of 1 attempts.
			name: "IRA: challenged, then 500", idle: 10,
			flow: `
				0.00 a>b REGISTER 1 via=r1
				0.10 b>a 407 REGISTER 1 via=r1 to=x
				0.15 a>b REGISTER 2 via=r2
				0.35 b>a 500 REGISTER 2 via=r2 to=x`,
			want: "registers=2 ineffective=1 registrations=1 ineffective=1",
		},
		{
			// 401, 402 and 407 are no failures, even if nobody tries again: IRA = 0/3.
			name: "IRA: challenges without an answer", idle: 100,
			flow: `
				0.00 a>b REGISTER 1 id=r1
				0.10 b>a 401 REGISTER 1 id=r1 to=x
				0.20 a>b REGISTER 1 id=r2
				0.30 b>a 402 REGISTER 1 id=r2 to=x
				0.40 a>b REGISTER 1 id=r3
				0.50 b>a 407 REGISTER 1 id=r3 to=x`,
			want: "registers=3 registrations=3",
		},
		{
			// Nobody answers within Timer F: ineffective.
			name: "IRA: Timer F", idle: 40,
			flow: `
				0.00 a>b REGISTER 1
				0.50 a>b REGISTER 1`,
			want: "registers=1 ineffective=1 registrations=1 ineffective=1",
		},
		{
			// 423 is a 4xx: the first attempt is ineffective, and the second one begins at 0.20: RRD = 0.30 - 0.20.
			name: "IRA: an interval too brief", idle: 10,
			flow: `
				0.00 a>b REGISTER 1 via=r1
				0.10 b>a 423 REGISTER 1 via=r1 to=x
				0.20 a>b REGISTER 2 via=r2
				0.30 b>a 200 REGISTER 2 via=r2 to=x`,
			want: "registers=2 ineffective=1 registrations=2 ineffective=1 rrd=1/0.100",
		},
		{
			// When the capture ends first, nobody knows: no attempt, so that the ratio is absent and not 0.
			name: "IRA: the capture ends", idle: 1,
			flow: `0.00 a>b REGISTER 1`,
			want: "",
		},
		{
			// Section 4.3.1, with a provisional response: SRD = 0.20 (180) - 0.00; 100 Trying does not count.
			// Section 4.4: SDD = 5.40 - 5.30. Section 4.5: SDT = 5.30 (BYE) - 1.20 (200); the 180 and what is seen with it do not
			// count. SER = 1/(1-0), SCR = 1/1.
			name: "a call", idle: 10,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 200 BYE 2 to=t`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.200 sdd.success=1/0.100 sdt.success=1/4.100",
		},
		{
			// Section 4.3.1, without one: SRD = 0.70 (200) - 0.00.
			name: "SRD: 200 is the first status", idle: 10,
			flow: `
				0.00 a>b INVITE 1
				0.10 b>a 100 INVITE 1
				0.70 b>a 200 INVITE 1 to=t
				0.80 a>b ACK 1 to=t via=ack
				1.70 b>a BYE 1 from=t to=f
				1.75 a>b 200 BYE 1 from=t to=f`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.700 sdd.success=1/0.050 sdt.success=1/1.000",
		},
		{
			// Section 4.3.2: a failure ends at the first provisional response, 0.30, in a histogram of its own. 486 is effective
			// (SEER = 1/1) and not established (SER = 0/1).
			name: "SRD: busy after ringing", idle: 10,
			flow: `
				0.00 a>b INVITE 1
				0.30 b>a 180 INVITE 1 to=t
				2.00 b>a 486 INVITE 1 to=t
				2.10 a>b ACK 1 to=t`,
			want: "invites: total=1 effective=1 sessions: alike srd.failure=1/0.300",
		},
		{
			// Without a provisional one it ends at the failure itself: 0.40. 503 is ineffective: ISA = 1/1.
			name: "SRD: refused at once", idle: 10,
			flow: `
				0.00 a>b INVITE 1
				0.10 b>a 100 INVITE 1
				0.40 b>a 503 INVITE 1 to=t
				0.50 a>b ACK 1 to=t`,
			want: "invites: total=1 ineffective=1 sessions: alike srd.failure=1/0.400",
		},
		{
			// SRD spans a redirection: t1 is 0.00, the first status 0.90. Two INVITE requests, one with a 3xx: SER = 1/(2-1).
			name: "redirected", idle: 10,
			flow: `
				0.00 a>b INVITE 1 via=i1
				0.20 b>a 302 INVITE 1 via=i1 to=p
				0.30 a>b ACK 1 via=i1 to=p
				0.40 a>c INVITE 2 via=i2
				0.90 c>a 180 INVITE 2 via=i2 to=t
				1.90 c>a 200 INVITE 2 via=i2 to=t
				2.00 a>c ACK 2 via=ack to=t
				4.90 a>c BYE 3 to=t
				5.00 c>a 200 BYE 3 to=t`,
			want: "invites: total=2 redirected=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.900 sdd.success=1/0.100 sdt.success=1/3.000",
		},
		{
			// A redirection that nobody follows: SER = 0/(1-1), which is undefined and no 0; no status, no SRD.
			name: "redirected and left", idle: 10,
			flow: `
				0.00 a>b INVITE 1
				0.20 b>a 302 INVITE 1 to=p
				0.30 a>b ACK 1 to=p`,
			want: "invites: total=1 redirected=1 sessions: alike",
		},
		{
			// Section 4.9's example: 407, then the same with credentials. To the letter of the formulas SER = SCR = 1/2, in the sense
			// of the example SER = SCR = 1/1. t1 is the first INVITE: SRD = 0.50 - 0.00.
			name: "SCR: challenged, then answered", idle: 10,
			flow: `
				0.0 a>b INVITE 1 via=i1
				0.1 b>a 407 INVITE 1 via=i1 to=p
				0.2 a>b ACK 1 via=i1 to=p
				0.3 a>b INVITE 2 via=i2
				0.5 b>a 180 INVITE 2 via=i2 to=t
				1.0 b>a 200 INVITE 2 via=i2 to=t
				1.1 a>b ACK 2 via=ack to=t
				2.0 a>b BYE 3 to=t
				2.1 b>a 200 BYE 3 to=t`,
			want: "invites: total=2 established=1 effective=1 completed=1 sessions: total=1 established=1 effective=1 completed=1" +
				" srd.success=1/0.500 sdd.success=1/0.100 sdt.success=1/1.000",
		},
		{
			// The retry comes under another Call-ID: one session all the same, and t1 is the INVITE of the first: SRD = 0.5 - 0.0.
			name: "challenged, tried again under another Call-ID", idle: 100,
			flow: `
				0.0 a>b INVITE 1
				0.1 b>a 407 INVITE 1 to=p h=Proxy-Authenticate:Digest_realm="r",_nonce="n1"
				0.2 a>b ACK 1 to=p
				0.3 a>b INVITE 1 id=c2 h=Proxy-Authorization:Digest_username="u",nonce="n1"
				0.5 b>a 603 INVITE 1 id=c2 to=t
				0.6 a>b ACK 1 id=c2 to=t`,
			want: "invites: total=2 effective=1 sessions: total=1 effective=1 srd.failure=1/0.500",
		},
		{
			// Nobody answers the challenge: a session request without success, and by the excuse of section 4.3.2 no failed SRD.
			name: "challenged and left", idle: 100,
			flow: `
				0.0 a>b INVITE 1
				0.1 b>a 401 INVITE 1 to=p
				0.2 a>b ACK 1 to=p`,
			want: "invites: total=1 sessions: alike",
		},
		{
			// A failure is an answer: what comes behind it is another session request with its own t1. SRD: 0.10 - 0.00, 1.50 - 1.30.
			name: "failed, then tried again", idle: 10,
			flow: `
				0.0 a>b INVITE 1 via=i1
				0.1 b>a 404 INVITE 1 via=i1 to=p
				0.2 a>b ACK 1 via=i1 to=p
				1.3 a>b INVITE 2 via=i2
				1.5 b>a 180 INVITE 2 via=i2 to=t
				1.6 b>a 480 INVITE 2 via=i2 to=t
				1.7 a>b ACK 2 via=i2 to=t`,
			want: "invites: total=2 effective=1 sessions: alike srd.failure=2/0.300",
		},
		{
			// Section 5.4: one INVITE and the first 200 that is accepted count once, whatever branches there are. Each dialog has its
			// SRD: 0.20 and 0.50 - 0.00. The capture sees all hops; the caller's alone counts.
			name: "forked", idle: 10,
			flow: `
				0.00 a>b INVITE 1 via=a
				0.05 b>c INVITE 1 via=b1,a
				0.06 b>d INVITE 1 via=b2,a
				0.15 c>b 180 INVITE 1 via=b1,a to=tc
				0.20 b>a 180 INVITE 1 via=a to=tc
				0.45 d>b 180 INVITE 1 via=b2,a to=td
				0.50 b>a 180 INVITE 1 via=a to=td
				1.00 c>b 200 INVITE 1 via=b1,a to=tc
				1.10 b>a 200 INVITE 1 via=a to=tc
				1.15 a>b ACK 1 via=k to=tc
				1.20 b>d CANCEL 1 via=b2,a
				1.25 d>b 200 CANCEL 1 via=b2,a to=td
				1.30 d>b 487 INVITE 1 via=b2,a to=td
				3.10 a>b BYE 2 via=e to=tc
				3.20 b>a 200 BYE 2 via=e to=tc`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=2/0.700 sdd.success=1/0.100 sdt.success=1/2.000",
		},
		{
			// Two branches accept: the first 200 counts, and each dialog has its SRD: 0.30 and 0.40.
			name: "forked, both answer", idle: 10,
			flow: `
				0.00 a>b INVITE 1
				0.30 b>a 200 INVITE 1 to=t
				0.40 b>a 200 INVITE 1 to=u
				0.50 a>b ACK 1 to=t via=k1
				0.55 a>b ACK 1 to=u via=k2
				0.60 a>b BYE 2 to=u via=e1
				0.70 b>a 200 BYE 2 to=u via=e1
				2.30 a>b BYE 3 to=t via=e2
				2.40 b>a 200 BYE 3 to=t via=e2`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=2/0.700 sdd.success=1/0.100 sdt.success=1/2.000",
		},
		{
			// No response at all: a session request that failed for want of one. ISA names codes only, and nothing told a status: no SRD.
			name: "Timer B", idle: 60,
			flow: `
				0.0 a>b INVITE 1
				0.5 a>b INVITE 1`,
			want: "invites: total=1 unanswered=1 sessions: alike",
		},
		{
			// It rings, and nothing follows: SRD ends at the 180.
			name: "nothing after the 180", idle: 5 * 3600,
			flow: `
				0.0 a>b INVITE 1
				0.5 b>a 180 INVITE 1 to=t`,
			want: "invites: total=1 unanswered=1 sessions: alike srd.failure=1/0.500",
		},
		{
			// The caller gives up: 487 is a 4xx, neither effective nor ineffective.
			name: "cancelled", idle: 10,
			flow: `
				0.0 a>b INVITE 1
				0.5 b>a 180 INVITE 1 to=t
				3.0 a>b CANCEL 1
				3.1 b>a 200 CANCEL 1 to=t
				3.2 b>a 487 INVITE 1 to=t
				3.3 a>b ACK 1 to=t`,
			want: "invites: total=1 sessions: alike srd.failure=1/0.500",
		},
		{
			// Section 4.5, failed completion: SDT ends with Timer F, 32 s behind the BYE: 5.30 + 32 - 1.20. Its SDD would be the timer
			// and nothing else, so it is left out (section 4.4). The session did not complete: SCR = 0/1, SER = 1/1.
			name: "the BYE is never answered", idle: 60,
			flow: established + `5.30 a>b BYE 2 to=t`,
			want: "invites: total=1 established=1 effective=1 unanswered=1 sessions: alike srd.success=1/0.200 sdt.failure=1/36.100",
		},
		{
			// Section 4.4: a recoverable 503 does not end the wait: SDD = 9.00 - 5.30.
			name: "the BYE is answered 503 with Retry-After, then 200", idle: 10,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 503 BYE 2 to=t h=Retry-After:3
				8.50 a>b BYE 3 to=t
				9.00 b>a 200 BYE 3 to=t`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.200 sdd.success=1/3.700 sdt.success=1/4.100",
		},
		{
			// Nobody tries again: it was no recovery, and the failure's SDD is 5.40 - 5.30.
			name: "the BYE is answered 503 with Retry-After, and that was it", idle: 100,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 503 BYE 2 to=t h=Retry-After:3`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.200 sdt.success=1/4.100 sdd.failure=1/0.100",
		},
		{
			// A failed disconnection has its own histogram: 481 after 0.10.
			name: "the BYE is refused", idle: 10,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 481 BYE 2 to=t`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.200 sdt.success=1/4.100 sdd.failure=1/0.100",
		},
		{
			// A challenged BYE is one disconnection: SDD = 5.70 - 5.30.
			name: "the BYE is challenged", idle: 10,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 407 BYE 2 to=t
				5.50 a>b BYE 3 to=t
				5.70 b>a 200 BYE 3 to=t`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.200 sdd.success=1/0.400 sdt.success=1/4.100",
		},
		{
			// What the capture saw only in part counts nowhere, neither above nor below: an unseen INVITE, and a gap in a stream.
			name: "incomplete", idle: 10,
			flow: `
				0.0 b>a 200 INVITE 1 to=t
				0.1 a>b ACK 1 to=t via=k
				1.0 a>b BYE 2 to=t
				1.1 b>a 200 BYE 2 to=t
				2.0 a>b REGISTER 1 id=r gap
				2.1 b>a 200 REGISTER 1 id=r to=x`,
			want: "",
		},
		{
			// A re-INVITE is no new session.
			name: "a re-INVITE", idle: 10,
			flow: established + `
				2.00 a>b INVITE 2 to=t
				2.10 b>a 200 INVITE 2 to=t
				2.20 a>b ACK 2 to=t via=k2
				5.30 a>b BYE 3 to=t
				5.40 b>a 200 BYE 3 to=t`,
			want: "invites: total=1 established=1 effective=1 completed=1 sessions: alike srd.success=1/0.200 sdd.success=1/0.100 sdt.success=1/4.100",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHarness(t, 1, nil)
			for _, m := range test.flow.messages(t) {
				h.handle(&m)
			}
			h.idle(test.idle)
			h.close()
			if diff := cmp.Diff(test.want, measured(&h.correlator.Counters().RFC6076)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
