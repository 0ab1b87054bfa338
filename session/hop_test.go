package session

import "testing"

// Calls over several hops, and calls of which the capture holds only a part.
func TestHops(t *testing.T) {
	runScenarios(t, []scenario{
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
				"call c1 busy 600 srd=390 hops=p>b:486,a>p:600 forks=t:486 messages=4",
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
			name: "the tags say who hung up, and not the address",
			idle: 10,
			flow: `
				0.00 a>b INVITE 1 via=a
				0.20 b>a 200 INVITE 1 via=a to=t
				0.40 a>b ACK 1 via=ack to=t
				9.00 a>b BYE 7 via=x from=t to=f
				9.10 b>a 200 BYE 7 via=x from=t to=f`,
			want: []string{"call c1 answered 200 setup=200 srd=200 duration=8800 sdd=100 by=callee hops=a>b:200 forks=t:200 messages=5"},
		},
		{
			name: "two answer, and nobody sees how the second one is ended",
			idle: 10,
			flow: `
				0.00 a>b INVITE 1 via=a
				0.20 b>a 200 INVITE 1 via=a to=t
				0.30 b>a 200 INVITE 1 via=a to=u
				0.40 a>b ACK 1 via=k1 to=t
				0.41 a>b ACK 1 via=k2 to=u
				9.00 a>b BYE 2 via=x to=t
				9.10 b>a 200 BYE 2 via=x to=t`,
			want: []string{"call c1 answered 200 setup=200 srd=200 duration=8800 sdd=100 by=caller hops=a>b:200 forks=t:200,u:200 messages=7"},
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
				"call c1 answered 0 duration=4000 by=caller hops=a>b:0 forks= messages=3 one_way",
			},
		},
		{
			name: "only requests were captured, and the ACK has the branch of the INVITE",
			idle: 10,
			flow: `
				0.00 a>b INVITE 1
				1.00 a>b ACK 1 to=t`,
			want: []string{
				"call c1 failed 0 hops=a>b:0 forks= messages=2 one_way",
				"failure c1 INVITE 0 origin=b cause=sip: one_way",
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
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=4100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=13 retransmissions=4"},
		},
	})
}
