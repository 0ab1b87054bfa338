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
			name: "the 2xx of the server that the caller turned to, of which ACK and BYE tell",
			idle: 60,
			flow: `
				0.0 a>b INVITE 1 via=i1
				0.1 b>a 503 INVITE 1 via=i1 to=x
				0.11 a>b ACK 1 via=i1 to=x
				0.2 a>c INVITE 1 via=i2
				0.5 c>a 180 INVITE 1 via=i2 to=t
				2.1 a>c ACK 1 via=ack to=t
				12.1 a>c BYE 2 via=bye to=t
				12.2 c>a 200 BYE 2 via=bye to=t`,
			want: []string{"call c1 answered 0 srd=500 duration=10000 sdd=100 by=caller hops=a>b:503,a>c:0 forks=x:503,t:180 messages=8"},
		},
		{
			name: "the answer of the server that a device turned to: what the first said is not the end",
			idle: 60,
			flow: `
				0.0 a>b REGISTER 1 via=r1 h=Contact:<sip:a@192.0.2.1>
				0.1 b>a 503 REGISTER 1 via=r1 to=x
				0.2 a>c REGISTER 1 via=r2 h=Contact:<sip:a@192.0.2.1>`,
			want: []string{
				"registration c1 timeout 0 expires=-1 contacts=sip:a@192.0.2.1 one_way",
				"failure c1 REGISTER 0 origin= cause=timeout:timer_f one_way",
			},
		},
		{
			name: "the challenge, of which the credentials tell",
			idle: 120,
			flow: `
				0.0 a>b REGISTER 1 via=r1 h=Contact:<sip:a@192.0.2.1>
				0.2 a>b REGISTER 2 via=r2 h=Contact:<sip:a@192.0.2.1> h=Authorization:Digest_x
				0.3 b>a 200 REGISTER 2 via=r2 to=x h=Contact:<sip:a@192.0.2.1>;expires=600`,
			want: []string{"registration c1 registered 200 expires=600 contacts=sip:a@192.0.2.1 rrd=300 challenged"},
		},
		{
			name: "the request whose refusal is there: what its sender does next comes after it",
			idle: 120,
			flow: `
				0.01 b>a 423 REGISTER 1 via=r1 to=x h=Min-Expires:600
				0.1 a>b REGISTER 2 via=r2 h=Contact:<sip:a@192.0.2.1>
				0.2 b>a 200 REGISTER 2 via=r2 to=x h=Contact:<sip:a@192.0.2.1>;expires=600`,
			want: []string{"registration c1 registered 200 expires=600 contacts=sip:a@192.0.2.1 mid_stream one_way"},
		},
		{
			name: "the 2xx to a SUBSCRIBE and a REFER, of which the NOTIFY tells",
			idle: 60,
			flow: `
				0.0 a>b SUBSCRIBE 1 h=Event:dialog h=Expires:0
				0.1 b>a NOTIFY 1 from=t to=f h=Event:dialog h=Subscription-State:terminated;reason=timeout
				0.2 a>b 200 NOTIFY 1 from=t to=f
				0.0 a>b REFER 1 id=refer h=Refer-To:<sip:carol@example.com>
				0.1 b>a NOTIFY 1 id=refer from=t to=f h=Event:refer h=Subscription-State:terminated;reason=noresource
				0.2 a>b 200 NOTIFY 1 id=refer from=t to=f`,
			want: []string{
				"subscription c1 dialog fetched 0 state=terminated expires=-1 notifies=1 refreshes=0 first=100 reason=timeout",
				"subscription refer refer terminated 0 state=terminated expires=-1 notifies=1 refreshes=0 first=100 reason=noresource",
			},
		},
		{
			name: "the answer to a hold that was refused, of which the ACK tells",
			idle: 10,
			flow: `
				0.0 a>b INVITE 1 sdp
				1.0 b>a 200 INVITE 1 to=t sdp
				1.1 a>b ACK 1 via=ack to=t
				5.0 a>b INVITE 2 via=re to=t sdp=sendonly
				5.1 b>a 100 INVITE 2 via=re to=t
				9.0 a>b ACK 2 via=re to=t
				20.1 a>b BYE 3 to=t
				20.2 b>a 200 BYE 3 to=t`,
			want: []string{"call c1 answered 200 setup=1000 srd=1000 duration=19100 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=8"},
		},
		{
			name: "the first copy of an INVITE: what the second carries is taken, when it began is not known",
			idle: 60,
			flow: `
				0.005 b>a 100 INVITE 1
				0.5 a>b INVITE 1 sdp
				1.0 b>a 180 INVITE 1 to=t
				2.0 b>a 200 INVITE 1 to=t sdp
				2.1 a>b ACK 1 to=t via=ack
				9.1 a>b BYE 2 to=t
				9.2 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 200 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=7 mid_stream"},
		},
		{
			name: "the INVITE of a CANCEL that is sent again",
			idle: 60,
			flow: `
				0.0 a>b CANCEL 1
				0.5 a>b CANCEL 1
				0.6 b>a 200 CANCEL 1 to=t`,
			want: []string{"call c1 cancelled 0 hops= forks= messages=3 retransmissions=1 mid_stream"},
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
