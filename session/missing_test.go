package session

import "testing"

// What the capture does not show is not told as what did not happen.
func TestMissing(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "the ACK, which is not missed by the callee",
			idle: 60,
			flow: `
				0.0 a>b INVITE 1
				1.0 b>a 200 INVITE 1 to=t
				61 a>b BYE 2 to=t
				61.1 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 200 setup=1000 srd=1000 duration=60000 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=4"},
		},
		{
			name: "the 486 at the first hop, of which the ACK tells",
			idle: 60,
			flow: `
				0.0 a>p INVITE 1 via=a
				0.01 p>a 100 INVITE 1 via=a
				0.02 p>b INVITE 1 via=p,a
				2.0 b>p 486 INVITE 1 via=p,a to=t
				2.01 p>b ACK 1 via=p to=t
				2.03 a>p ACK 1 via=a to=t`,
			want: []string{
				"call c1 busy 486 hops=a>p:486,p>b:486 forks=t:486 messages=6",
				"failure c1 INVITE 486 origin=b cause=sip:486",
			},
		},
		{
			name: "everything that the callee sends",
			idle: 120,
			flow: `
				0.0 a>b INVITE 1
				2.0 a>b ACK 1 via=ack to=t
				10.0 a>b 200 BYE 7 from=t to=f`,
			want: []string{"call c1 answered 0 hops=a>b:0 forks= messages=3 one_way"},
		},
		{
			name: "everything that the caller sends",
			idle: 120,
			flow: `
				0.005 p>a 407 INVITE 1 via=i1 to=p
				0.025 p>a 100 INVITE 2 via=i2
				0.2 p>a 180 INVITE 2 via=i2 to=t
				2.0 p>a 200 INVITE 2 via=i2 to=t
				10.0 p>a 200 BYE 3 to=t`,
			want: []string{"call c1 answered 200 challenged hops=a>p:200 forks=t:200 messages=5 mid_stream one_way"},
		},
		{
			name: "what follows a challenge, since the capture ends",
			flow: `
				0.0 a>b INVITE 1 id=call
				0.1 b>a 407 INVITE 1 id=call to=p
				0.2 a>b ACK 1 id=call to=p
				0.0 a>b REGISTER 1 id=reg h=Contact:<sip:a@192.0.2.1>
				0.1 b>a 401 REGISTER 1 id=reg to=p`,
			want: []string{
				"call call in_progress 407 hops=a>b:407 forks=p:407 messages=3",
				"registration reg in_progress 401 expires=-1 contacts=sip:a@192.0.2.1",
			},
		},
	})
}

// The final response decides how a call ended.
func TestFinalDecides(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "a CANCEL that crosses the 486",
			idle: 60,
			flow: `
				0.0 a>b INVITE 1
				4.0 a>b CANCEL 1
				4.01 b>a 486 INVITE 1 to=t
				4.02 b>a 481 CANCEL 1 to=t
				4.03 a>b ACK 1 to=t`,
			want: []string{
				"call c1 busy 486 srd=4010 hops=a>b:486 forks=t:486 messages=5",
				"failure c1 INVITE 486 origin=b cause=sip:486",
			},
		},
		{
			name: "a BYE after the refusal",
			idle: 60,
			flow: `
				0.0 a>b INVITE 1
				0.1 b>a 180 INVITE 1 to=t
				0.2 b>a 403 INVITE 1 to=t
				0.3 a>b BYE 2 to=t
				0.4 b>a 200 BYE 2 to=t`,
			want: []string{
				"call c1 rejected 403 srd=100 ring=100 hops=a>b:403 forks=t:403 messages=5",
				"failure c1 INVITE 403 origin=b cause=sip:403",
			},
		},
	})
}

// What reports progress is no repetition; what was sent again is.
func TestProgressIsNoRepetition(t *testing.T) {
	runScenarios(t, []scenario{{
		name: "early media that changes, and a 180 each minute",
		idle: 60,
		flow: `
			0.0 a>b INVITE 1
			0.1 b>a 183 INVITE 1 to=t sdp
			0.2 b>a 183 INVITE 1 to=t sdp=192.0.2.77
			1.0 b>a 180 INVITE 1 to=t
			61.0 b>a 180 INVITE 1 to=t
			121.0 b>a 180 INVITE 1 to=t
			181.0 b>a 180 INVITE 1 to=t
			241.0 b>a 180 INVITE 1 to=t
			250.0 b>a 200 INVITE 1 to=t
			250.1 a>b ACK 1 to=t via=ack
			260.1 a>b BYE 2 to=t
			260.2 b>a 200 BYE 2 to=t`,
		want: []string{"call c1 answered 200 setup=250000 srd=100 ring=249000 duration=10100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=12 retransmissions=4"},
	}})
}
