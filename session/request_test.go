package session

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/session/shard"
	"sipspan/session/stats"
)

func TestRegistrations(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "registered, refreshed, unregistered",
			idle: 10,
			flow: `
				0.0 a>b REGISTER 1 h=Contact:<sip:u@192.0.2.1>;expires=600
				0.1 b>a 401 REGISTER 1 to=x
				0.2 a>b REGISTER 2 h=Contact:<sip:u@192.0.2.1>;expires=600
				0.4 b>a 200 REGISTER 2 to=x h=Contact:<sip:u@192.0.2.1>;expires=300,<sip:other@192.0.2.9>;expires=99
				200 a>b REGISTER 3 h=Contact:<sip:u@192.0.2.1> h=Expires:600
				200.1 b>a 200 REGISTER 3 to=x h=Expires:250
				300 a>b REGISTER 4 h=Contact:<sip:u@192.0.2.1>;expires=0
				300.1 b>a 200 REGISTER 4 to=x`,
			want: []string{
				"registration c1 registered 200 expires=300 contacts=sip:u@192.0.2.1,sip:other@192.0.2.9 rrd=400 challenged",
				"registration c1 registered 200 expires=250 contacts=sip:u@192.0.2.1 rrd=100",
				"registration c1 unregistered 200 expires=0 contacts=sip:u@192.0.2.1 rrd=100",
			},
		},
		{
			name: "through a proxy it is one",
			idle: 10,
			flow: `
				0.0 a>p REGISTER 1 via=a h=Contact:<sip:u@192.0.2.1>
				0.1 p>b REGISTER 1 via=p,a h=Contact:<sip:u@192.0.2.1>
				0.2 b>p 200 REGISTER 1 via=p,a to=x h=Expires:60
				0.3 p>a 200 REGISTER 1 via=a to=x h=Expires:60`,
			want: []string{"registration c1 registered 200 expires=60 contacts=sip:u@192.0.2.1 rrd=300"},
		},
		{
			name: "fetched, all unregistered, refused, not answered, too brief, not seen",
			idle: 100,
			flow: `
				0.0 a>b REGISTER 1 id=fetch
				0.1 b>a 200 REGISTER 1 id=fetch to=x h=Contact:<sip:u@192.0.2.1>;expires=60
				1.0 a>b REGISTER 1 id=star h=Contact:* h=Expires:0
				1.1 b>a 200 REGISTER 1 id=star to=x
				2.0 a>b REGISTER 1 id=refused h=Contact:<sip:u@192.0.2.1>
				2.1 b>a 403 REGISTER 1 id=refused to=x
				3.0 a>b REGISTER 1 id=silence h=Contact:<sip:u@192.0.2.1>
				4.0 a>b REGISTER 1 id=brief h=Contact:<sip:u@192.0.2.1> h=Expires:5
				4.1 b>a 423 REGISTER 1 id=brief to=x h=Min-Expires:60
				4.2 a>b REGISTER 2 id=brief h=Contact:<sip:u@192.0.2.1> h=Expires:60
				4.3 b>a 200 REGISTER 2 id=brief to=x h=Expires:60
				5.0 b>a 200 REGISTER 9 id=unseen to=x h=Contact:<sip:u@192.0.2.1>;expires=60`,
			want: []string{
				"registration fetch fetched 200 expires=-1 contacts=sip:u@192.0.2.1 rrd=100",
				"registration star unregistered 200 expires=0 contacts= rrd=100",
				"registration brief registered 200 expires=60 contacts=sip:u@192.0.2.1 rrd=300",
				"registration unseen registered 200 expires=60 contacts=sip:u@192.0.2.1 mid_stream one_way",
				"registration refused failed 403 expires=-1 contacts=sip:u@192.0.2.1",
				"failure refused REGISTER 403 origin=b cause=sip:403",
				"registration silence timeout 0 expires=-1 contacts=sip:u@192.0.2.1 one_way",
				"failure silence REGISTER 0 origin= cause=timeout:timer_f one_way",
			},
		},
		{
			name: "credentials refused, and the capture ends in an attempt",
			idle: 0,
			flow: `
				0.0 a>b REGISTER 1 id=bad h=Contact:<sip:u@192.0.2.1>
				0.1 b>a 401 REGISTER 1 id=bad to=x
				0.2 a>b REGISTER 2 id=bad h=Contact:<sip:u@192.0.2.1>
				0.3 b>a 401 REGISTER 2 id=bad to=x
				0.4 a>b REGISTER 1 id=open h=Contact:<sip:u@192.0.2.1>`,
			want: []string{
				"registration bad failed 401 expires=-1 contacts=sip:u@192.0.2.1 challenged",
				"registration open in_progress 0 expires=-1 contacts=sip:u@192.0.2.1",
				"failure bad REGISTER 401 origin=b cause=sip:401",
			},
		},
	})
}

func TestBindings(t *testing.T) {
	h := newHarness(t, 1, func(c *shard.Config) { c.MaxRegistrations = 2 })
	step := func(active int64, f flow) {
		t.Helper()
		for _, m := range f.messages(t) {
			h.handle(&m)
		}
		h.correlator.Advance(h.last + 1)
		c := h.correlator.Counters()
		if got := c.RegistrationsActive; got != active || c.Tracked[stats.TableRegistrations] != active {
			t.Errorf("%d active, %d tracked, want %d", got, c.Tracked[stats.TableRegistrations], active)
		}
	}
	step(1, `0 a>b REGISTER 1 h=Contact:<sip:u@192.0.2.1>;expires=100
		0.1 b>a 200 REGISTER 1 to=x h=Contact:<sip:u@192.0.2.1>;expires=100`)
	step(1, `50 a>b REGISTER 2 h=Contact:<sip:u@192.0.2.1>;expires=100
		50.1 b>a 200 REGISTER 2 to=x h=Contact:<sip:u@192.0.2.1>;expires=100`)
	step(2, `51 a>b REGISTER 1 id=c2 touri=sip:v@example.com h=Contact:<sip:v@192.0.2.1>
		51.1 b>a 200 REGISTER 1 id=c2 touri=sip:v@example.com to=x h=Expires:9`)
	h.idle(40) // Timer F is not over
	step(2, "")
	h.idle(2)
	step(1, "")
	step(1, `120 a>b OPTIONS 1 id=o`)
	h.idle(100)
	step(0, "")
	step(2, `300 a>b REGISTER 3 h=Contact:<sip:u@192.0.2.1>;expires=900
		300.1 b>a 200 REGISTER 3 to=x h=Contact:<sip:u@192.0.2.1>;expires=900,<sip:u@192.0.2.2>,<sip:u@192.0.2.3>`)
	if got := h.correlator.Counters().Evicted[stats.TableRegistrations]; got != 1 {
		t.Errorf("%d evicted, want 1", got)
	}
	step(0, `301 a>b REGISTER 4 h=Contact:* h=Expires:0
		301.1 b>a 200 REGISTER 4 to=x`)
	h.close()
}

func TestSubscriptions(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "notified, refreshed, left",
			idle: 20,
			flow: `
				0.0 a>b SUBSCRIBE 1 h=Event:presence h=Expires:600
				0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:300
				0.2 b>a NOTIFY 1 from=x to=f h=Event:presence h=Subscription-State:active;expires=300
				0.3 a>b 200 NOTIFY 1 from=x to=f
				200 a>b SUBSCRIBE 2 to=x h=Event:presence h=Expires:600
				200.1 b>a 200 SUBSCRIBE 2 to=x h=Expires:300
				400 a>b SUBSCRIBE 3 to=x h=Event:presence h=Expires:0
				400.1 b>a 200 SUBSCRIBE 3 to=x h=Expires:0
				400.2 b>a NOTIFY 2 from=x to=f h=Event:presence h=Subscription-State:terminated;reason=timeout
				400.3 a>b 200 NOTIFY 2 from=x to=f`,
			want: []string{"subscription c1 presence terminated 200 state=terminated expires=0 notifies=2 refreshes=1 first=200 reason=timeout"},
		},
		{
			name: "not refreshed",
			idle: 1000,
			flow: `
				0.0 a>b SUBSCRIBE 1 h=Event:dialog h=Expires:600
				0.1 b>a 202 SUBSCRIBE 1 to=x h=Expires:300
				0.2 b>a NOTIFY 1 from=x to=f h=Event:dialog h=Subscription-State:pending
				0.3 a>b 200 NOTIFY 1 from=x to=f`,
			want: []string{"subscription c1 dialog expired 202 state=pending expires=300 notifies=1 refreshes=0 first=200"},
		},
		{
			name: "fetched, refused, not answered, challenged",
			idle: 100,
			flow: `
				0.0 a>b SUBSCRIBE 1 id=fetch h=Event:presence h=Expires:0
				0.1 b>a 200 SUBSCRIBE 1 id=fetch to=x h=Expires:0
				0.2 b>a NOTIFY 1 id=fetch from=x to=f h=Event:presence h=Subscription-State:terminated;reason=timeout
				1.0 a>b SUBSCRIBE 1 id=refused h=Event:nonsense h=Expires:60
				1.1 b>a 489 SUBSCRIBE 1 id=refused to=x
				2.0 a>b SUBSCRIBE 1 id=silence h=Event:presence
				3.0 a>b SUBSCRIBE 1 id=auth h=Event:reg h=Expires:60
				3.1 b>a 407 SUBSCRIBE 1 id=auth to=p
				3.2 a>b SUBSCRIBE 2 id=auth from=f2 h=Event:reg h=Expires:60
				3.3 b>a 200 SUBSCRIBE 2 id=auth from=f2 to=x h=Expires:60
				3.4 b>a NOTIFY 1 id=auth from=x to=f2 h=Event:reg h=Subscription-State:terminated;reason=noresource`,
			want: []string{
				"subscription refused nonsense rejected 489 state= expires=-1 notifies=0 refreshes=0",
				"failure refused SUBSCRIBE 489 origin=b cause=sip:489",
				"subscription fetch presence fetched 200 state=terminated expires=0 notifies=1 refreshes=0 first=200 reason=timeout",
				"subscription silence presence timeout 0 state= expires=-1 notifies=0 refreshes=0",
				"failure silence SUBSCRIBE 0 origin= cause=timeout:timer_f one_way",
				"subscription auth reg terminated 200 state=terminated expires=60 notifies=1 refreshes=0 first=400 reason=noresource challenged",
			},
		},
		{
			name: "the NOTIFY comes before the 200, and both through a proxy",
			flow: `
				0.0 a>p SUBSCRIBE 1 via=a h=Event:presence h=Expires:600
				0.1 p>b SUBSCRIBE 1 via=p,a h=Event:presence h=Expires:600
				0.2 b>p NOTIFY 1 via=n from=x to=f h=Event:presence h=Subscription-State:active;expires=600 body=one
				0.3 p>a NOTIFY 1 via=pn,n from=x to=f h=Event:presence h=Subscription-State:active;expires=600 body=one
				0.4 b>p 200 SUBSCRIBE 1 via=p,a to=x h=Expires:600
				0.5 p>a 200 SUBSCRIBE 1 via=a to=x h=Expires:600
				0.6 a>p 200 NOTIFY 1 via=pn,n from=x to=f
				0.7 p>b 200 NOTIFY 1 via=n from=x to=f`,
			want: []string{"subscription c1 presence active 200 state=active expires=600 notifies=1 refreshes=0 first=200"},
		},
		{
			name: "the refresh finds no subscription",
			idle: 10,
			flow: `
				0.0 a>b SUBSCRIBE 1 h=Event:presence h=Expires:600
				0.1 b>a 200 SUBSCRIBE 1 to=x h=Expires:300
				200 a>b SUBSCRIBE 2 to=x h=Event:presence h=Expires:600
				200.1 b>a 481 SUBSCRIBE 2 to=x`,
			want: []string{
				"subscription c1 presence terminated 200 state= expires=300 notifies=0 refreshes=0",
				"failure c1 SUBSCRIBE 481 origin=b cause=sip:481",
			},
		},
		{
			name: "mid-stream, by NOTIFY and BENOTIFY",
			flow: `
				0.0 b>a NOTIFY 7 from=x to=f h=Event:presence h=Subscription-State:active;expires=600
				0.1 a>b 200 NOTIFY 7 from=x to=f
				1.0 b>a BENOTIFY 8 from=x to=f h=Event:presence h=Subscription-State:active;expires=600
				2.0 b>a BENOTIFY 9 from=x to=f h=Event:presence h=Subscription-State:active;expires=600`,
			want: []string{"subscription c1 presence active 0 state=active expires=-1 notifies=3 refreshes=0 mid_stream"},
		},
		{
			name: "the subscription of a REFER",
			idle: 20,
			flow: `
				0.0 a>b REFER 5 h=Refer-To:<sip:carol@example.com>
				0.1 b>a 202 REFER 5 to=x
				0.2 b>a NOTIFY 1 from=x to=f h=Event:refer;id=5 h=Subscription-State:active;expires=60
				0.3 a>b 200 NOTIFY 1 from=x to=f
				2.0 b>a NOTIFY 2 from=x to=f h=Event:refer;id=5 h=Subscription-State:terminated;reason=noresource
				2.1 a>b 200 NOTIFY 2 from=x to=f`,
			want: []string{"subscription c1 refer terminated 202 state=terminated expires=60 notifies=2 refreshes=0 first=200 reason=noresource"},
		},
		{
			name: "a notifier that does not count, pictured in the documents of Office Communications Server",
			flow: `
				0.0 b>a NOTIFY 1 via=n1,n from=x to=f h=Event:presence h=Subscription-State:active body=closed
				0.4 b>a NOTIFY 1 via=n from=x to=f h=Event:presence h=Subscription-State:active body=open`,
			want: []string{"subscription c1 presence active 0 state=active expires=-1 notifies=2 refreshes=0 mid_stream"},
		},
	})
}

func TestOtherRequests(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "published, removed, refused",
			idle: 10,
			flow: `
				0.0 a>b PUBLISH 1 h=Event:presence h=Expires:600
				0.1 b>a 200 PUBLISH 1 to=x h=SIP-ETag:e1 h=Expires:600
				1.0 a>b PUBLISH 2 h=Event:presence h=Expires:0 h=SIP-If-Match:e1
				1.1 b>a 200 PUBLISH 2 to=x h=SIP-ETag:e2
				2.0 a>b PUBLISH 3 h=Event:presence h=SIP-If-Match:e1
				2.1 b>a 412 PUBLISH 3 to=x`,
			want: []string{
				"publication c1 presence published 200 etag=e1",
				"publication c1 presence removed 200 etag=e2",
				"publication c1 presence condition_failed 412 etag=",
				"failure c1 PUBLISH 412 origin=b cause=sip:412",
			},
		},
		{
			name: "MESSAGE outside a dialog, through a proxy, and in a dialog that nobody knows",
			idle: 100,
			flow: `
				0.0 a>p MESSAGE 1 via=a body=hello h=Content-Type:text/plain
				0.1 p>b MESSAGE 1 via=p,a body=hello h=Content-Type:text/plain
				0.2 b>p 200 MESSAGE 1 via=p,a to=x
				0.3 p>a 200 MESSAGE 1 via=a to=x
				1.0 a>b MESSAGE 1 id=c2 to=t body=hi
				1.1 b>a 481 MESSAGE 1 id=c2 to=t
				2.0 a>b MESSAGE 1 id=c3 body=anyone?`,
			want: []string{
				"message c1 200 size=5 type=text/plain text=",
				"message c2 481 size=2 type= text= mid_stream",
				"failure c2 MESSAGE 481 origin=b cause=sip:481 mid_stream",
				"message c3 0 size=7 type= text= one_way",
				"failure c3 MESSAGE 0 origin= cause=timeout:timer_f one_way",
			},
		},
		{
			name: "what fails is written, what does not is not",
			idle: 100,
			flow: `
				0.0 a>b OPTIONS 1 id=good
				0.1 b>a 200 OPTIONS 1 id=good to=x
				1.0 a>b OPTIONS 1 id=bad
				1.1 b>a 404 OPTIONS 1 id=bad to=x
				2.0 a>b SERVICE 1 id=silence
				2.5 a>b SERVICE 1 id=silence
				3.0 a>b INFO 1 id=auth
				3.1 b>a 407 INFO 1 id=auth to=x
				3.2 a>b INFO 2 id=auth
				3.3 b>a 200 INFO 2 id=auth to=x
				4.0 a>b FROBNICATE 1 id=odd
				4.1 b>a 501 FROBNICATE 1 id=odd to=x
				5.0 b>a 500 SERVICE 9 id=stray to=x`,
			want: []string{
				"transaction bad OPTIONS 404",
				"failure bad OPTIONS 404 origin=b cause=sip:404",
				"transaction odd FROBNICATE 501",
				"failure odd FROBNICATE 501 origin=b cause=sip:501",
				"transaction stray SERVICE 500 mid_stream one_way",
				"failure stray SERVICE 500 origin=b cause=sip:500 mid_stream one_way",
				"transaction silence SERVICE 0 timeout",
				"failure silence SERVICE 0 origin= cause=timeout:timer_f",
			},
		},
		{
			name: "the origin of a failure is the element nearest to where it arose",
			idle: 10,
			flow: `
				0.0 a>p OPTIONS 1 via=a
				0.1 p>q OPTIONS 1 via=p,a
				0.2 q>b OPTIONS 1 via=q,p,a
				0.3 b>q 480 OPTIONS 1 via=q,p,a to=x
				0.4 q>p 500 OPTIONS 1 via=p,a to=x
				0.5 p>a 500 OPTIONS 1 via=a to=x`,
			want: []string{
				"transaction c1 OPTIONS 500",
				"failure c1 OPTIONS 500 origin=q cause=sip:500",
			},
		},
	})
}

func TestConfiguredRecords(t *testing.T) {
	h := newHarness(t, 1, func(c *shard.Config) { c.AllTransactions, c.MessageText, c.Sensor = true, true, "edge" })
	f := flow(`
		0.0 a>b OPTIONS 1 id=good
		0.1 b>a 200 OPTIONS 1 id=good to=x
		1.0 a>b MESSAGE 1 id=m body=hello
		1.1 b>a 200 MESSAGE 1 id=m to=x`)
	for _, m := range f.messages(t) {
		h.handle(&m)
	}
	records := h.close()
	want := []string{"transaction good OPTIONS 200", "message m 200 size=5 type= text=hello"}
	if diff := cmp.Diff(want, summaries(records)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := records[0].Head().Sensor; got != "edge" {
		t.Errorf("sensor %q", got)
	}
}
