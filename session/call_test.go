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
			flow: established + `5.30 a>b BYE 2 to=t`,
			want: []string{
				"transaction c1 BYE 0 timeout",
				"failure c1 BYE 0 origin= cause=timeout:timer_f",
				"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 by=caller hops=a>b:200 forks=t:200 messages=6",
			},
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
				"transaction c1 BYE 481",
				"failure c1 BYE 481 origin=b cause=sip:481",
				"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=7",
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
			idle: 4*3600 + 10,
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
			name: "no response at all",
			idle: 60,
			flow: `
				0.0 a>b INVITE 1
				0.5 a>b INVITE 1
				1.5 a>b INVITE 1`,
			want: []string{
				"call c1 timeout 0 hops=a>b:0 forks= messages=3 retransmissions=2 one_way",
				"failure c1 INVITE 0 origin= cause=timeout:timer_b one_way",
			},
		},
		{
			name: "it rings until Timer C",
			idle: 200,
			flow: `
				0.0 a>b INVITE 1
				0.5 b>a 180 INVITE 1 to=t`,
			want: []string{
				"call c1 no_answer 0 srd=500 hops=a>b:0 forks=t:180 messages=2",
				"failure c1 INVITE 0 origin= cause=timeout:timer_c",
			},
		},
		{
			name: "it rings for long, with a 180 every minute",
			idle: 10,
			flow: `
				0 a>b INVITE 1
				1 b>a 180 INVITE 1 to=t
				61 b>a 180 INVITE 1 to=t h=RSeq:2
				121 b>a 180 INVITE 1 to=t h=RSeq:3
				181 b>a 180 INVITE 1 to=t h=RSeq:4
				200 b>a 486 INVITE 1 to=t
				200.1 a>b ACK 1 to=t`,
			want: []string{
				"call c1 busy 486 srd=1000 ring=199000 hops=a>b:486 forks=t:486 messages=7",
				"failure c1 INVITE 486 origin=b cause=sip:486",
			},
		},
		{
			name: "given up by the caller",
			idle: 10,
			flow: `
				0.0 a>b INVITE 1
				0.5 b>a 180 INVITE 1 to=t
				3.0 a>b CANCEL 1
				3.1 b>a 200 CANCEL 1 to=t
				3.2 b>a 487 INVITE 1 to=t
				3.3 a>b ACK 1 to=t`,
			want: []string{"call c1 cancelled 487 srd=500 ring=2700 hops=a>b:487 forks=t:487x messages=6"},
		},
		{
			name: "the CANCEL comes too late",
			idle: 10,
			flow: `
				0.0 a>b INVITE 1
				3.0 a>b CANCEL 1
				3.1 b>a 200 INVITE 1 to=t
				3.2 b>a 200 CANCEL 1 to=t
				3.3 a>b ACK 1 to=t via=ack
				3.4 a>b BYE 2 to=t
				3.5 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 200 setup=3100 srd=3100 duration=300 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=7"},
		},
		{
			name: "a CANCEL without any final response",
			idle: 60,
			flow: `
				0.0 a>b INVITE 1
				0.5 b>a 180 INVITE 1 to=t
				3.0 a>b CANCEL 1
				3.1 b>a 200 CANCEL 1 to=t`,
			want: []string{"call c1 cancelled 0 srd=500 hops=a>b:0 forks=t:180x messages=4"},
		},
		{
			name: "challenged and tried again",
			idle: 10,
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
			want: []string{"call c1 answered 200 setup=1000 srd=500 ring=500 duration=1000 sdd=100 by=caller challenged hops=a>b:200 forks=t:200 messages=9"},
		},
		{
			name: "challenged and not tried again",
			idle: 100,
			flow: `
				0.0 a>b INVITE 1 via=i1
				0.1 b>a 407 INVITE 1 via=i1 to=p
				0.2 a>b ACK 1 via=i1 to=p`,
			want: []string{
				"call c1 auth_failed 407 hops=a>b:407 forks=p:407 messages=3",
				"failure c1 INVITE 407 origin=b cause=sip:407",
			},
		},
		{
			name: "redirected and tried elsewhere",
			idle: 10,
			flow: `
				0.0 a>b INVITE 1 via=i1
				0.1 b>a 302 INVITE 1 via=i1 to=p
				0.2 a>b ACK 1 via=i1 to=p
				0.3 a>c INVITE 2 via=i2
				0.5 c>a 486 INVITE 2 via=i2 to=t
				0.6 a>c ACK 2 via=i2 to=t`,
			want: []string{
				"call c1 busy 486 srd=500 hops=a>b:302,a>c:486 forks=t:486 messages=6",
				"failure c1 INVITE 486 origin=c cause=sip:486",
			},
		},
		{
			name: "redirected",
			idle: 10,
			flow: `
				0.0 a>b INVITE 1
				0.1 b>a 302 INVITE 1 to=p
				0.2 a>b ACK 1 to=p`,
			want: []string{"call c1 redirected 302 hops=a>b:302 forks=p:302 messages=3"},
		},
		{
			name: "a failure, then another attempt under the same Call-ID",
			idle: 10,
			flow: `
				0.0 a>b INVITE 1 via=i1
				0.1 b>a 404 INVITE 1 via=i1 to=p
				0.2 a>b ACK 1 via=i1 to=p
				1.3 a>b INVITE 2 via=i2
				1.5 b>a 603 INVITE 2 via=i2 to=t
				1.6 a>b ACK 2 via=i2 to=t`,
			want: []string{
				"failure c1 INVITE 404 origin=b cause=sip:404",
				"call c1 rejected 603 srd=1500 hops=a>b:603 forks=t:603 messages=6",
				"failure c1 INVITE 603 origin=b cause=sip:603",
			},
		},
		{
			name: "a Call-ID that is used again after its call",
			idle: 10,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 200 BYE 2 to=t
				6.00 a>b INVITE 3
				6.10 b>a 486 INVITE 3 to=u
				6.20 a>b ACK 3 to=u`,
			want: []string{
				"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=7",
				"call c1 busy 486 srd=100 hops=a>b:486 forks=u:486 messages=3",
				"failure c1 INVITE 486 origin=b cause=sip:486",
			},
		},
		{
			name: "two proxies, and the same packet at two places",
			idle: 10,
			flow: `
				0.00 a>p INVITE 1 via=a
				0.10 p>q INVITE 1 via=p,a
				0.10 p>q INVITE 1 via=p,a
				0.15 p>a 100 INVITE 1 via=a
				0.20 q>b INVITE 1 via=q,p,a
				0.30 b>q 180 INVITE 1 via=q,p,a to=t
				0.40 q>p 180 INVITE 1 via=p,a to=t
				0.50 p>a 180 INVITE 1 via=a to=t
				0.60 b>q 603 INVITE 1 via=q,p,a to=t
				0.61 q>b ACK 1 via=q to=t
				0.70 q>p 603 INVITE 1 via=p,a to=t
				0.71 p>q ACK 1 via=p to=t
				0.80 p>a 603 INVITE 1 via=a to=t
				0.81 a>p ACK 1 via=a to=t`,
			want: []string{
				"call c1 rejected 603 srd=500 ring=300 hops=a>p:603,p>q:603,q>b:603 forks=t:603 messages=14 retransmissions=1",
				"failure c1 INVITE 603 origin=b cause=sip:603",
			},
		},
		{
			name: "the hop with more Vias was captured first",
			idle: 10,
			flow: `
				0.00 p>b INVITE 1 via=p,a
				0.01 a>p INVITE 1 via=a
				0.30 b>p 486 INVITE 1 via=p,a to=t
				0.40 p>a 600 INVITE 1 via=a to=t`,
			want: []string{
				"call c1 busy 600 srd=400 hops=p>b:486,a>p:600 forks=t:486 messages=4",
				"failure c1 INVITE 600 origin=p cause=sip:600",
			},
		},
		{
			name: "forked at a proxy, one answers and the other is cancelled",
			idle: 10,
			flow: `
				0.00 a>p INVITE 1 via=a
				0.10 p>b INVITE 1 via=pb,a
				0.11 p>c INVITE 1 via=pc,a
				0.20 b>p 180 INVITE 1 via=pb,a to=tb
				0.21 c>p 180 INVITE 1 via=pc,a to=tc
				0.30 p>a 180 INVITE 1 via=a to=tb
				0.31 p>a 180 INVITE 1 via=a to=tc
				1.00 c>p 200 INVITE 1 via=pc,a to=tc
				1.10 p>a 200 INVITE 1 via=a to=tc
				1.20 p>b CANCEL 1 via=pb
				1.25 b>p 200 CANCEL 1 via=pb to=tb
				1.30 b>p 487 INVITE 1 via=pb,a to=tb
				1.35 p>b ACK 1 via=pb to=tb
				1.40 a>c ACK 1 via=ack to=tc
				4.40 c>a BYE 1 from=tc to=f
				4.50 a>c 200 BYE 1 from=tc to=f`,
			want: []string{"call c1 answered 200 setup=1100 srd=300 ring=800 duration=3300 sdd=100 by=callee hops=a>p:200,p>b:487,p>c:200 forks=tb:487x,tc:200 messages=16"},
		},
		{
			name: "hung up by an element between the ends",
			idle: 10,
			flow: `
				0.00 a>p INVITE 1 via=a
				0.10 p>b INVITE 1 via=p,a
				0.20 b>p 200 INVITE 1 via=p,a to=t
				0.30 p>a 200 INVITE 1 via=a to=t
				0.40 a>p ACK 1 via=ack to=t
				0.50 p>b ACK 1 via=ack2,ack to=t
				9.00 p>a BYE 7 via=x from=t to=f
				9.01 p>b BYE 8 via=y to=t
				9.10 a>p 200 BYE 7 via=x from=t to=f
				9.11 b>p 200 BYE 8 via=y to=t`,
			want: []string{"call c1 answered 200 setup=300 srd=300 duration=8700 sdd=100 by=network hops=a>p:200,p>b:200 forks=t:200 messages=10"},
		},
		{
			name: "the first hop shows no responses",
			idle: 60,
			flow: `
				0.00 a>p INVITE 1 via=a
				0.10 p>b INVITE 1 via=p,a
				0.20 b>p 180 INVITE 1 via=p,a to=t
				1.20 b>p 200 INVITE 1 via=p,a to=t
				1.30 a>p ACK 1 via=ack to=t
				5.00 a>p BYE 2 via=bye to=t
				5.01 p>b BYE 2 via=pbye,bye to=t
				5.02 b>p 200 BYE 2 via=pbye,bye to=t`,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=3800 sdd=20 by=caller hops=a>p:0,p>b:200 forks=t:200 messages=8"},
		},
		{
			name: "only requests were captured",
			idle: 60,
			flow: `
				0.00 a>b INVITE 1
				1.00 a>b ACK 1 via=ack to=t
				5.00 a>b BYE 2 to=t`,
			want: []string{
				"transaction c1 BYE 0 timeout",
				"failure c1 BYE 0 origin= cause=timeout:timer_f",
				"call c1 answered 0 duration=4000 by=caller hops=a>b:0 forks= messages=3 one_way",
			},
		},
		{
			name: "only requests were captured, and the ACK has the branch of the INVITE",
			idle: 10,
			flow: `
				0.00 a>b INVITE 1
				1.00 a>b ACK 1 to=t`,
			want: []string{"call c1 failed 0 hops=a>b:0 forks= messages=2 one_way"},
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
		{
			name: "RFC 2543: no branches, no tags in requests, both sides count from 1",
			idle: 10,
			flow: `
				0.00 a>p INVITE 1 via=- from=
				0.10 p>b INVITE 1 via=-,- from=
				0.20 b>p 200 INVITE 1 via=-,- from= to=t
				0.30 p>a 200 INVITE 1 via=- from= to=t
				0.40 a>p ACK 1 via=- from= to=t uri=sip:elsewhere@example.com
				0.50 p>b ACK 1 via=-,- from= to=t
				2.00 b>p INVITE 1 via=- from=t fromuri=sip:bob@example.com touri=sip:alice@example.com
				2.10 p>a INVITE 1 via=-,- from=t fromuri=sip:bob@example.com touri=sip:alice@example.com
				2.20 a>p 200 INVITE 1 via=-,- from=t to=u fromuri=sip:bob@example.com touri=sip:alice@example.com
				2.30 p>b 200 INVITE 1 via=- from=t to=u fromuri=sip:bob@example.com touri=sip:alice@example.com
				2.40 b>p ACK 1 via=- from=t to=u fromuri=sip:bob@example.com touri=sip:alice@example.com
				5.00 a>p BYE 2 via=- from= to=
				5.10 p>b BYE 2 via=-,- from= to=
				5.20 b>p 200 BYE 2 via=-,- from= to=
				5.30 p>a 200 BYE 2 via=- from= to=`,
			want: []string{"call c1 answered 200 setup=300 srd=300 duration=4700 sdd=300 by=caller hops=a>p:200,p>b:200 forks=t:200 messages=15"},
		},
		{
			name: "mid-stream: BYE",
			idle: 10,
			flow: `
				0.0 a>b BYE 2 to=t
				0.1 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 0 sdd=100 hops= forks= messages=2 mid_stream"},
		},
		{
			name: "mid-stream: the 200 to a BYE alone",
			idle: 10,
			flow: `0.1 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 0 hops= forks= messages=1 mid_stream one_way"},
		},
		{
			name: "mid-stream: from the 180 on",
			idle: 10,
			flow: `
				0.2 b>a 180 INVITE 1 to=t
				1.2 b>a 486 INVITE 1 to=t
				1.3 a>b ACK 1 to=t`,
			want: []string{
				"call c1 busy 486 hops=a>b:486 forks=t:486 messages=3 mid_stream",
				"failure c1 INVITE 486 origin=b cause=sip:486 mid_stream",
			},
		},
		{
			name: "mid-stream: from the ACK on",
			idle: 10,
			flow: `
				0.0 a>b ACK 1 to=t via=ack
				5.0 a>b BYE 2 to=t
				5.1 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 0 sdd=100 by=caller hops= forks= messages=3 mid_stream"},
		},
		{
			name: "what comes late opens no other call",
			idle: 60,
			flow: established + `
				5.30 a>b BYE 2 to=t
				5.40 b>a 200 BYE 2 to=t
				8.40 a>b BYE 2 to=t
				8.50 b>a 200 BYE 2 to=t
				11.50 b>a 200 BYE 2 to=t
				15.50 b>a 200 BYE 2 to=t
				16.00 b>a 200 INVITE 1 to=t
				16.10 a>b ACK 1 to=t via=ack`,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=9 retransmissions=2"},
		},
		{
			name: "a retry under another Call-ID",
			idle: 100,
			flow: `
				0.0 a>b INVITE 1
				0.1 b>a 407 INVITE 1 to=p h=Proxy-Authenticate:Digest_realm="r",_nonce="n1"
				0.2 a>b ACK 1 to=p
				0.3 a>b INVITE 1 id=c2 h=Proxy-Authorization:Digest_username="u",nonce="n1"
				0.5 b>a 403 INVITE 1 id=c2 to=t
				0.6 a>b ACK 1 id=c2 to=t`,
			want: []string{
				"call c2 rejected 403 srd=200 challenged hops=a>b:403 forks=t:403 messages=3 challenged_try=c1",
				"failure c2 INVITE 403 origin=b cause=sip:403",
				"call c1 challenged 407 challenged hops=a>b:407 forks=p:407 messages=3 challenged_retry=c2",
			},
		},
		{
			name: "the same credentials on both sides of a back-to-back user agent are no retry",
			idle: 10,
			flow: `
				0.0 a>b INVITE 1 via=i1
				0.1 b>a 407 INVITE 1 via=i1 to=p h=Proxy-Authenticate:Digest_realm="r",_nonce="n1"
				0.2 a>b ACK 1 via=i1 to=p
				0.3 a>b INVITE 2 via=i2 h=Proxy-Authorization:Digest_username="u",nonce="n1"
				0.4 b>c INVITE 1 id=c2 h=Proxy-Authorization:Digest_username="u",nonce="n1"
				0.5 c>b 480 INVITE 1 id=c2 to=t
				0.6 b>a 480 INVITE 2 via=i2 to=t`,
			want: []string{
				"call c2 no_answer 480 srd=100 hops=b>c:480 forks=t:480 messages=2",
				"failure c2 INVITE 480 origin=c cause=sip:480",
				"call c1 no_answer 480 srd=600 challenged hops=a>b:480 forks=t:480 messages=5",
				"failure c1 INVITE 480 origin=b cause=sip:480",
			},
		},
	})
}
