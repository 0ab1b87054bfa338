package session

import (
	"fmt"
	"testing"
)

// A Call-ID that several dialogs share: a back-to-back user agent keeps it on the next leg, or callers who have nothing to
// do with each other send the same.
func TestSharedCallID(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "a back-to-back user agent: the caller ends the call",
			idle: 60,
			flow: `
				0.0 a>s INVITE 1 via=a from=f
				0.01 s>b INVITE 77 via=s from=g
				1.0 b>s 180 INVITE 77 via=s from=g to=tb
				1.1 s>a 180 INVITE 1 via=a from=f to=ts
				2.0 b>s 200 INVITE 77 via=s from=g to=tb
				2.1 s>a 200 INVITE 1 via=a from=f to=ts
				2.2 a>s ACK 1 via=k from=f to=ts
				2.3 s>b ACK 77 via=k2 from=g to=tb
				12.2 a>s BYE 2 via=y from=f to=ts
				12.3 s>a 200 BYE 2 via=y from=f to=ts
				13.0 s>b BYE 78 via=y2 from=g to=tb
				13.1 b>s 200 BYE 78 via=y2 from=g to=tb`,
			want: []string{"call c1 answered 200 setup=2100 srd=1100 ring=1000 duration=10100 sdd=100 by=caller hops=a>s:200,s>b:200 forks=ts:200 messages=12"},
		},
		{
			name: "a back-to-back user agent: the callee ends the call, on its own leg first",
			idle: 60,
			flow: `
				0.0 a>s INVITE 1 via=a from=f
				0.01 s>b INVITE 77 via=s from=g
				2.0 b>s 200 INVITE 77 via=s from=g to=tb
				2.1 s>a 200 INVITE 1 via=a from=f to=ts
				2.2 a>s ACK 1 via=k from=f to=ts
				2.3 s>b ACK 77 via=k2 from=g to=tb
				12.0 b>s BYE 5 via=y2 from=tb to=g
				12.05 s>b 200 BYE 5 via=y2 from=tb to=g
				12.1 s>a BYE 9 via=y from=ts to=f
				12.2 a>s 200 BYE 9 via=y from=ts to=f`,
			want: []string{"call c1 answered 200 setup=2100 srd=2100 duration=10000 sdd=100 by=callee hops=a>s:200,s>b:200 forks=ts:200 messages=10"},
		},
		{
			name: "a back-to-back user agent: the caller is told another status than it was",
			idle: 60,
			flow: `
				0.0 a>s INVITE 1 via=a from=f
				0.01 s>b INVITE 77 via=s from=g
				1.0 b>s 503 INVITE 77 via=s from=g to=tb
				1.1 s>a 480 INVITE 1 via=a from=f to=ts
				1.2 a>s ACK 1 via=a from=f to=ts`,
			want: []string{
				"call c1 no_answer 480 srd=1100 hops=a>s:480,s>b:503 forks=ts:480 messages=5",
				"failure c1 INVITE 480 origin=s cause=sip:480",
			},
		},
		{
			name: "a back-to-back user agent tries a second phone",
			idle: 60,
			flow: `
				0.0 a>s INVITE 1 via=a from=f
				0.01 s>b INVITE 77 via=s from=g
				1.0 b>s 486 INVITE 77 via=s from=g to=tb
				1.1 s>d INVITE 78 via=s2 from=h
				2.0 d>s 200 INVITE 78 via=s2 from=h to=td
				2.1 s>a 200 INVITE 1 via=a from=f to=ts
				2.2 a>s ACK 1 via=k from=f to=ts
				12.2 a>s BYE 2 via=y from=f to=ts
				12.3 s>a 200 BYE 2 via=y from=f to=ts`,
			want: []string{"call c1 answered 200 setup=2100 srd=2100 duration=10100 sdd=100 by=caller hops=a>s:200,s>b:486,s>d:200 forks=ts:200 messages=9"},
		},
		{
			name: "the leg behind the back-to-back user agent is captured first",
			idle: 60,
			flow: `
				0.00 s>b INVITE 77 via=s from=g
				0.02 a>s INVITE 1 via=a from=f
				2.0 b>s 200 INVITE 77 via=s from=g to=tb
				2.1 s>a 200 INVITE 1 via=a from=f to=ts
				2.2 a>s ACK 1 via=k from=f to=ts
				12.2 a>s BYE 2 via=y from=f to=ts
				12.3 s>a 200 BYE 2 via=y from=f to=ts`,
			want: []string{"call c1 answered 200 setup=2080 srd=2080 duration=10100 sdd=100 by=caller hops=s>b:200,a>s:200 forks=ts:200 messages=7"},
		},
		{
			name: "only the end of the leg behind was captured",
			idle: 90000,
			flow: `
				0.0 a>s INVITE 1 via=a from=f
				0.01 s>b INVITE 77 via=s from=g
				2.0 b>s 200 INVITE 77 via=s from=g to=tb
				2.1 s>a 200 INVITE 1 via=a from=f to=ts
				2.2 a>s ACK 1 via=k from=f to=ts
				12.1 b>s BYE 5 via=y2 from=tb to=g
				12.2 s>b 200 BYE 5 via=y2 from=tb to=g`,
			want: []string{"call c1 answered 200 setup=2100 srd=2100 duration=10000 by=callee hops=a>s:200,s>b:200 forks=ts:200 messages=7"},
		},
		{
			name: "an element that changes the To tag and nothing else",
			idle: 60,
			flow: `
				0.0 a>p INVITE 1 via=a
				0.01 p>b INVITE 1 via=p,a
				2.0 b>p 200 INVITE 1 via=p,a to=tb
				2.1 p>a 200 INVITE 1 via=a to=tp
				2.2 a>p ACK 1 via=k to=tp
				12.2 a>p BYE 2 via=y to=tp
				12.3 p>b BYE 2 via=yp,y to=tb
				12.4 b>p 200 BYE 2 via=yp,y to=tb
				12.5 p>a 200 BYE 2 via=y to=tp`,
			want: []string{"call c1 answered 200 setup=2100 srd=2100 duration=10100 sdd=300 by=caller hops=a>p:200,p>b:200 forks=tb:200,tp:200 messages=9"},
		},
		{
			name: "three callers that have nothing to do with each other",
			idle: 60,
			flow: `
				0.0 a>p INVITE 1 via=a from=f touri=sip:x@example.com
				0.5 b>p INVITE 1 via=b from=g touri=sip:y@example.com
				1.0 c>p INVITE 1 via=c from=h touri=sip:z@example.com
				2.0 p>a 486 INVITE 1 via=a from=f to=ta touri=sip:x@example.com
				2.1 a>p ACK 1 via=a from=f to=ta
				3.0 p>b 200 INVITE 1 via=b from=g to=tb touri=sip:y@example.com
				3.1 b>p ACK 1 via=k from=g to=tb
				4.0 p>c 404 INVITE 1 via=c from=h to=tc touri=sip:z@example.com
				4.1 c>p ACK 1 via=c from=h to=tc
				13.1 p>b BYE 7 via=y from=tb to=g
				13.2 b>p 200 BYE 7 via=y from=tb to=g`,
			want: []string{
				"call c1 busy 486 srd=2000 hops=a>p:486 forks=ta:486 messages=3",
				"failure c1 INVITE 486 origin=p cause=sip:486",
				"call c1 failed 404 srd=3000 hops=c>p:404 forks=tc:404 messages=3",
				"failure c1 INVITE 404 origin=p cause=sip:404",
				"call c1 answered 200 setup=2500 srd=2500 duration=10100 sdd=100 by=callee hops=b>p:200 forks=tb:200 messages=5",
			},
		},
	})
}

// However many callers send one Call-ID, the groups among which a message is looked for are few.
func TestStrangersAreBounded(t *testing.T) {
	h := newHarness(t, 1, nil)
	for i := range 40 * maxStrangers {
		m := parseFlowLine(t, fmt.Sprintf("%d.%03d a>p INVITE 1 via=v%d from=f%d touri=sip:u%d@example.com", i/1000, i%1000, i, i, i))
		h.handle(&m)
	}
	tr := h.trackers[0]
	if n := tr.groups.index.Len(); n != maxStrangers {
		t.Errorf("%d groups under one Call-ID, want %d", n, maxStrangers)
	}
	h.close()
	if n := tr.groups.index.Len(); n != 0 {
		t.Errorf("%d groups are left at the end", n)
	}
}
