package session

import "testing"

// The capture shows the branches of a request and not the hop before the element that sent them: what became of it is
// what became of all of them (RFC 3261 section 16.7 steps 5 and 6).
func TestBranches(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "one is busy at once, another answers",
			idle: 60,
			flow: `
				0.0 p>b INVITE 1 via=pb,a
				0.001 p>c INVITE 1 via=pc,a
				0.1 b>p 486 INVITE 1 via=pb,a to=tb
				0.101 p>b ACK 1 via=pb to=tb
				2.0 c>p 200 INVITE 1 via=pc,a to=tc
				2.1 p>c ACK 1 via=ack to=tc
				12.1 p>c BYE 2 via=bye to=tc
				12.2 c>p 200 BYE 2 via=bye to=tc`,
			want: []string{"call c1 answered 200 setup=2000 srd=2000 duration=10100 sdd=100 by=caller hops=p>b:486,p>c:200 forks=tb:486,tc:200 messages=8"},
		},
		{
			name: "the next is tried after one has rung in vain",
			idle: 60,
			flow: `
				0.0 p>b INVITE 1 via=pb,a
				0.2 b>p 180 INVITE 1 via=pb,a to=tb
				20.0 p>b CANCEL 1 via=pb
				20.01 b>p 200 CANCEL 1 via=pb to=tb
				20.02 b>p 487 INVITE 1 via=pb,a to=tb
				20.03 p>b ACK 1 via=pb to=tb
				20.05 p>c INVITE 1 via=pc,a
				22.0 c>p 200 INVITE 1 via=pc,a to=tc
				22.1 p>c ACK 1 via=ack to=tc
				32.1 c>p BYE 2 via=bye from=tc to=f
				32.2 p>c 200 BYE 2 via=bye from=tc to=f`,
			want: []string{"call c1 answered 200 setup=22000 srd=200 ring=21800 duration=10100 sdd=100 by=callee hops=p>b:487,p>c:200 forks=tb:487x,tc:200 messages=11"},
		},
		{
			name: "all refuse: the best response is what was passed on",
			idle: 60,
			flow: `
				0.0 p>b INVITE 1 via=pb,a
				0.001 p>c INVITE 1 via=pc,a
				0.002 p>d INVITE 1 via=pd,a
				0.1 b>p 503 INVITE 1 via=pb,a to=tb
				0.2 c>p 486 INVITE 1 via=pc,a to=tc
				0.3 d>p 500 INVITE 1 via=pd,a to=td`,
			want: []string{
				"call c1 busy 486 srd=200 hops=p>b:503,p>c:486,p>d:500 forks=tb:503,tc:486,td:500 messages=6",
				"failure c1 INVITE 486 origin=c cause=sip:486",
			},
		},
		{
			name: "a 6xx of one stands for all",
			idle: 60,
			flow: `
				0.0 p>b INVITE 1 via=pb,a
				0.001 p>c INVITE 1 via=pc,a
				0.1 b>p 404 INVITE 1 via=pb,a to=tb
				0.2 c>p 603 INVITE 1 via=pc,a to=tc`,
			want: []string{
				"call c1 rejected 603 srd=200 hops=p>b:404,p>c:603 forks=tb:404,tc:603 messages=4",
				"failure c1 INVITE 603 origin=c cause=sip:603",
			},
		},
		{
			name: "a 6xx of one, upon which the proxy cancels the others",
			idle: 60,
			flow: `
				0.0 p>b INVITE 1 via=pb,a
				0.001 p>c INVITE 1 via=pc,a
				0.1 b>p 180 INVITE 1 via=pb,a to=tb
				0.2 c>p 603 INVITE 1 via=pc,a to=tc
				0.22 p>b CANCEL 1 via=pb
				0.23 b>p 200 CANCEL 1 via=pb to=tb
				0.24 b>p 487 INVITE 1 via=pb,a to=tb`,
			want: []string{
				"call c1 rejected 603 srd=100 ring=100 hops=p>b:487,p>c:603 forks=tb:487x,tc:603 messages=7",
				"failure c1 INVITE 603 origin=c cause=sip:603",
			},
		},
		{
			name: "one was refused, the others are cancelled: nobody waited any more",
			idle: 60,
			flow: `
				0.0 p>b INVITE 1 via=pb,a
				0.001 p>c INVITE 1 via=pc,a
				0.1 b>p 480 INVITE 1 via=pb,a to=tb
				0.2 c>p 180 INVITE 1 via=pc,a to=tc
				9.0 p>c CANCEL 1 via=pc
				9.1 c>p 200 CANCEL 1 via=pc to=tc
				9.2 c>p 487 INVITE 1 via=pc,a to=tc`,
			want: []string{"call c1 cancelled 487 srd=200 ring=9000 hops=p>b:480,p>c:487 forks=tb:480,tc:487x messages=7"},
		},
		{
			name: "branches of different depth, of which the nearest is not the one that answers",
			idle: 60,
			flow: `
				0.0 p>b INVITE 1 via=pb,a
				0.01 q>c INVITE 1 via=qc,pq,a
				0.1 b>p 486 INVITE 1 via=pb,a to=tb
				2.0 c>q 200 INVITE 1 via=qc,pq,a to=tc
				2.1 q>c ACK 1 via=ack to=tc
				12.1 c>q BYE 2 via=bye from=tc to=f
				12.2 q>c 200 BYE 2 via=bye from=tc to=f`,
			want: []string{"call c1 answered 200 setup=2000 srd=2000 duration=10100 sdd=100 by=callee hops=p>b:486,q>c:200 forks=tb:486,tc:200 messages=7"},
		},
		{
			name: "the hop before was seen: what it says decides",
			idle: 60,
			flow: `
				0.0 a>p INVITE 1 via=a
				0.01 p>b INVITE 1 via=pb,a
				0.02 p>c INVITE 1 via=pc,a
				0.1 b>p 404 INVITE 1 via=pb,a to=tb
				0.2 c>p 486 INVITE 1 via=pc,a to=tc
				0.3 p>a 404 INVITE 1 via=a to=tb
				0.4 a>p ACK 1 via=a to=tb`,
			want: []string{
				"call c1 failed 404 srd=300 hops=a>p:404,p>b:404,p>c:486 forks=tb:404,tc:486 messages=7",
				"failure c1 INVITE 404 origin=b cause=sip:404",
			},
		},
		{
			name: "the hop before is seen last",
			idle: 60,
			flow: `
				0.000 p>b INVITE 1 via=pb,a
				0.040 a>p INVITE 1 via=a
				0.060 b>p 486 INVITE 1 via=pb,a to=tb
				0.110 p>a 486 INVITE 1 via=a to=tb
				0.120 a>p ACK 1 via=a to=tb`,
			want: []string{
				"call c1 busy 486 srd=70 hops=p>b:486,a>p:486 forks=tb:486 messages=5",
				"failure c1 INVITE 486 origin=b cause=sip:486",
			},
		},
		{
			name: "a user agent turns to the next server",
			idle: 60,
			flow: `
				0.0 a>b REGISTER 1 via=r1 id=reg h=Contact:<sip:u@192.0.2.1> h=Expires:60
				0.1 b>a 503 REGISTER 1 via=r1 id=reg to=x
				1.0 a>c REGISTER 1 via=r2 id=reg h=Contact:<sip:u@192.0.2.1> h=Expires:60
				1.1 c>a 200 REGISTER 1 via=r2 id=reg to=x h=Contact:<sip:u@192.0.2.1>;expires=60
				5.0 a>b MESSAGE 1 via=m1 id=msg body=hello
				5.1 b>a 503 MESSAGE 1 via=m1 id=msg to=x
				6.0 a>c MESSAGE 2 via=m2 id=msg body=hello
				6.1 c>a 200 MESSAGE 2 via=m2 id=msg to=x
				7.0 a>b OPTIONS 1 via=o1 id=opt
				7.1 b>a 503 OPTIONS 1 via=o1 id=opt to=x
				8.0 a>c OPTIONS 1 via=o2 id=opt
				8.1 c>a 200 OPTIONS 1 via=o2 id=opt to=x`,
			want: []string{
				"message msg 200 size=5 type= text=",
				"registration reg registered 200 expires=60 contacts=sip:u@192.0.2.1 rrd=1100",
			},
		},
		{
			name: "who does not answer is given up, and the next server is asked",
			idle: 60,
			flow: `
				0.0 a>b REGISTER 1 via=r1 id=reg h=Contact:<sip:u@192.0.2.1> h=Expires:60
				0.5 a>b REGISTER 1 via=r1 id=reg h=Contact:<sip:u@192.0.2.1> h=Expires:60
				32.1 a>c REGISTER 1 via=r2 id=reg h=Contact:<sip:u@192.0.2.1> h=Expires:60
				32.2 c>a 200 REGISTER 1 via=r2 id=reg to=x h=Contact:<sip:u@192.0.2.1>;expires=60
				0.0 a>b INVITE 1 via=i1 id=call
				0.5 a>b INVITE 1 via=i1 id=call
				32.1 a>c INVITE 1 via=i2 id=call
				33.0 c>a 200 INVITE 1 via=i2 id=call to=t
				33.1 a>c ACK 1 via=ack id=call to=t
				43.1 c>a BYE 9 id=call from=t to=f
				43.2 a>c 200 BYE 9 id=call from=t to=f`,
			want: []string{
				"call call answered 200 setup=33000 srd=33000 duration=10100 sdd=100 by=callee hops=a>b:0,a>c:200 forks=t:200 messages=7 retransmissions=1",
				"registration reg registered 200 expires=60 contacts=sip:u@192.0.2.1 rrd=32200",
			},
		},
		{
			name: "and is refused there, too",
			idle: 60,
			flow: `
				0.0 a>b MESSAGE 1 via=m1 body=hello
				0.1 b>a 503 MESSAGE 1 via=m1 to=x
				1.0 a>c MESSAGE 1 via=m2 body=hello
				1.1 c>a 404 MESSAGE 1 via=m2 to=x`,
			want: []string{
				"message c1 404 size=5 type= text=",
				"failure c1 MESSAGE 404 origin=c cause=sip:404",
			},
		},
		{
			name: "the same server refuses again: each try has failed",
			idle: 60,
			flow: `
				0.0 a>b MESSAGE 1 via=m1 body=hello
				0.1 b>a 503 MESSAGE 1 via=m1 to=x
				1.0 a>b MESSAGE 2 via=m2 body=hello
				1.1 b>a 503 MESSAGE 2 via=m2 to=x`,
			want: []string{
				"message c1 503 size=5 type= text=",
				"failure c1 MESSAGE 503 origin=b cause=sip:503",
				"message c1 503 size=5 type= text=",
				"failure c1 MESSAGE 503 origin=b cause=sip:503",
			},
		},
	})
}
