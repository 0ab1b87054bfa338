package session

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scenario is a flow and what it comes to. Idle is how many seconds pass behind its last message before the capture ends.
type scenario struct {
	name string
	idle float64
	flow flow
	want []string
}

func runScenarios(t *testing.T, list []scenario) {
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) {
			if diff := cmp.Diff(s.want, summaries(s.flow.run(t, s.idle))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

const established = `
	0.00 a>b INVITE 1 sdp
	0.10 b>a 100 INVITE 1
	0.20 b>a 180 INVITE 1 to=t
	1.20 b>a 200 INVITE 1 to=t sdp
	1.30 a>b ACK 1 to=t via=ack
`

func TestCalls(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "answered, ended by the caller",
			idle: 10,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=7"},
		},
		{
			name: "answered, ended by the callee, whose CSeq is its own",
			idle: 10,
			flow: established + `
				5.30 b>a BYE 1 from=t to=f
				5.40 a>b 200 BYE 1 from=t to=f`,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 sdd=100 by=callee hops=a>b:200 forks=t:200 messages=7"},
		},
		{
			name: "the BYE is never answered",
			idle: 60,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.80 a>b BYE 2 to=t
				6.80 a>b BYE 2 to=t`,
			want: []string{
				"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 by=caller hops=a>b:200 forks=t:200 messages=8 retransmissions=2",
				"transaction c1 BYE 0 timeout",
				"failure c1 BYE 0 origin= cause=timeout:timer_f",
			},
		},
		{
			name: "the capture misses the answer to the BYE, which is not repeated",
			idle: 60,
			flow: established + `5.30 a>b BYE 2 to=t`,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 by=caller hops=a>b:200 forks=t:200 messages=6"},
		},
		{
			name: "the BYE is challenged",
			idle: 100,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 401 BYE 2 to=t
				5.50 a>b BYE 3 to=t
				5.60 b>a 200 BYE 3 to=t`,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 sdd=300 by=caller hops=a>b:200 forks=t:200 messages=9"},
		},
		{
			name: "the dialog is gone",
			idle: 10,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 481 BYE 2 to=t`,
			want: []string{
				"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 by=caller hops=a>b:200 forks=t:200 messages=7",
				"transaction c1 BYE 481",
				"failure c1 BYE 481 origin=b cause=sip:481",
			},
		},
		{
			name: "a re-INVITE without an answer, and what the capture lost of the call",
			idle: 60,
			flow: established + `
				2.0 b>a INVITE 1 from=t to=f via=re
				2.5 b>a INVITE 1 from=t to=f via=re
				40.30 a>b BYE 2 to=t gap
				40.40 b>a 200 BYE 2 to=t`,
			want: []string{
				"transaction c1 INVITE 0 timeout",
				"failure c1 INVITE 0 origin= cause=timeout:timer_b",
				"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=39100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=9 retransmissions=1 tcp_gap",
			},
		},
		{
			name: "the capture ends in the call",
			flow: established,
			want: []string{"call c1 in_progress 200 setup=1200 srd=200 ring=1000 hops=a>b:200 forks=t:200 messages=5"},
		},
		{
			name: "the capture ends while it rings",
			flow: `
				0.0 a>b INVITE 1
				0.2 b>a 180 INVITE 1 to=t`,
			want: []string{"call c1 in_progress 0 srd=200 hops=a>b:0 forks=t:180 messages=2"},
		},
		{
			name: "the capture ends right behind the failure",
			flow: `
				0.0 a>b INVITE 1
				0.2 b>a 404 INVITE 1 to=t`,
			want: []string{
				"call c1 failed 404 srd=200 hops=a>b:404 forks=t:404 messages=2",
				"failure c1 INVITE 404 origin=b cause=sip:404",
			},
		},
		{
			name: "a dialog without a BYE ends by its age",
			idle: 24*3600 + 10,
			flow: established,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 hops=a>b:200 forks=t:200 messages=5"},
		},
		{
			name: "nobody acknowledges the 2xx",
			idle: 10,
			flow: `
				0.00 a>b INVITE 1
				1.00 b>a 200 INVITE 1 to=t
				1.50 b>a 200 INVITE 1 to=t
				2.50 b>a 200 INVITE 1 to=t
				3.00 b>a BYE 1 from=t to=f
				3.10 a>b 200 BYE 1 from=t to=f`,
			want: []string{"call c1 answered 200 setup=1000 srd=1000 duration=2000 sdd=100 by=callee ack_missing hops=a>b:200 forks=t:200 messages=6 retransmissions=2"},
		},
		{
			name: "PRACK, UPDATE, re-INVITE, INFO and MESSAGE inside the dialog",
			idle: 10,
			flow: `
				0.00 a>b INVITE 1
				0.20 b>a 183 INVITE 1 to=t h=RSeq:1
				0.30 a>b PRACK 2 to=t
				0.40 b>a 200 PRACK 2 to=t
				0.50 a>b UPDATE 3 to=t sdp
				0.60 b>a 200 UPDATE 3 to=t sdp
				1.00 b>a 200 INVITE 1 to=t
				1.10 a>b ACK 1 via=ack to=t
				2.00 b>a INVITE 1 from=t to=f via=re
				2.10 a>b 200 INVITE 1 from=t to=f via=re
				2.20 b>a ACK 1 from=t to=f via=reack
				3.00 a>b MESSAGE 4 to=t body=hello
				3.10 b>a 200 MESSAGE 4 to=t
				3.20 b>a INFO 2 from=t to=f
				3.30 a>b 200 INFO 2 from=t to=f
				4.00 b>a INVITE 3 from=t to=f via=re3
				4.10 a>b 488 INVITE 3 from=t to=f via=re3
				4.20 b>a ACK 3 from=t to=f via=re3
				5.00 b>a BYE 4 from=t to=f
				5.10 a>b 200 BYE 4 from=t to=f`,
			want: []string{
				"transaction c1 INVITE 488",
				"failure c1 INVITE 488 origin=a cause=sip:488",
				"call c1 answered 200 setup=1000 srd=200 duration=4000 sdd=100 by=callee hops=a>b:200 forks=t:200 messages=20 im=1",
			},
		},
	})
}
