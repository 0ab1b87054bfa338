package session

import "testing"

// Calls that are not answered at the first attempt.
func TestAttempts(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "no response at all",
			idle: 60,
			flow: `
				0.0 a>b INVITE 1
				0.5 a>b INVITE 1
				1.5 a>b INVITE 1`,
			want: []string{
				"call c1 timeout 0 hops=a>b:0 forks= messages=3 retransmissions=2",
				"failure c1 INVITE 0 origin= cause=timeout:timer_b",
			},
		},
		{
			name: "it rings, and nothing more is captured: no failure, since nothing failed that was seen",
			idle: 5 * 3600,
			flow: `
				0.0 a>b INVITE 1
				0.5 b>a 180 INVITE 1 to=t`,
			want: []string{"call c1 no_answer 0 srd=500 hops=a>b:0 forks=t:180 messages=2"},
		},
		{
			name: "a 100, and nothing more is captured",
			idle: 5 * 3600,
			flow: `
				0.0 a>b INVITE 1
				0.5 b>a 100 INVITE 1`,
			want: []string{"call c1 timeout 0 hops=a>b:0 forks= messages=2"},
		},
		{
			name: "a 100 of a proxy behind which nobody answers",
			idle: 300,
			flow: `
				0.0 a>b INVITE 1 via=a
				0.1 b>a 100 INVITE 1 via=a
				0.2 b>c INVITE 1 via=b,a
				0.7 b>c INVITE 1 via=b,a
				1.7 b>c INVITE 1 via=b,a`,
			want: []string{
				"call c1 timeout 0 hops=a>b:0,b>c:0 forks= messages=5 retransmissions=2",
				"failure c1 INVITE 0 origin= cause=timeout:timer_b",
			},
		},
		{
			name: "a queue in which one waits for an hour, behind one 183",
			idle: 10,
			flow: `
				0 a>b INVITE 1
				0.2 b>a 183 INVITE 1 to=t
				3600 b>a 200 INVITE 1 to=t
				3600.1 a>b ACK 1 to=t via=ack
				3700.1 b>a BYE 9 from=t to=f
				3700.2 a>b 200 BYE 9 from=t to=f`,
			want: []string{"call c1 answered 200 setup=3.6e+06 srd=200 duration=100100 sdd=100 by=callee hops=a>b:200 forks=t:200 messages=6"},
		},
		{
			name: "a call of five hours",
			idle: 10,
			flow: established + `
				18001.2 a>b BYE 2 to=t
				18001.3 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 200 setup=1200 srd=200 ring=1000 duration=1.8e+07 sdd=100 by=caller hops=a>b:200 forks=t:200 messages=7"},
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
