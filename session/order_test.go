package session

import (
	"fmt"
	"slices"
	"testing"

	"sipspan/decode/sip"
	"sipspan/session/shard"
)

// What was sent in one order and captured in another comes to the same, but for the times.
func TestOrder(t *testing.T) {
	runScenarios(t, []scenario{
		{
			name: "every answer is captured before its request",
			idle: 60,
			flow: `
				0.002 b>a 407 INVITE 1 via=i1 to=p
				0.008 a>b INVITE 1 via=i1
				0.018 a>b ACK 1 via=i1 to=p
				0.022 b>a 100 INVITE 2 via=i2
				0.028 a>b INVITE 2 via=i2
				0.200 b>a 180 INVITE 2 via=i2 to=t
				2.000 b>a 200 INVITE 2 via=i2 to=t
				2.028 a>b ACK 2 via=ack to=t
				8.000 b>a 200 BYE 3 to=t
				8.008 a>b BYE 3 to=t`,
			want: []string{"call c1 answered 200 setup=1992 srd=192 ring=1800 duration=6008 by=caller challenged hops=a>b:200 forks=t:200 messages=10"},
		},
		{
			name: "what the caller sends is captured before what it answers",
			idle: 60,
			flow: `
				0.000 a>b INVITE 1 via=i1
				0.010 a>b ACK 1 via=i1 to=p
				0.020 a>b INVITE 2 via=i2
				0.055 b>a 407 INVITE 1 via=i1 to=p
				0.250 b>a 180 INVITE 2 via=i2 to=t
				2.020 a>b ACK 2 via=ack to=t
				2.050 b>a 200 INVITE 2 via=i2 to=t
				8.000 a>b BYE 3 to=t
				8.050 b>a 200 BYE 3 to=t`,
			want: []string{"call c1 answered 200 setup=2050 srd=250 ring=1800 duration=5950 sdd=50 by=caller challenged hops=a>b:200 forks=t:200 messages=9"},
		},
		{
			name: "a registration whose requests come after their answers",
			idle: 60,
			flow: `
				0.000 b>a 401 REGISTER 1 via=r1 to=p
				0.001 a>b REGISTER 1 via=r1 h=Contact:<sip:a@192.0.2.1>
				0.010 b>a 200 REGISTER 2 via=r2 to=p h=Contact:<sip:a@192.0.2.1>;expires=600
				0.011 a>b REGISTER 2 via=r2 h=Contact:<sip:a@192.0.2.1> h=Authorization:Digest_x`,
			want: []string{"registration c1 registered 200 expires=600 contacts=sip:a@192.0.2.1 rrd=9 challenged"},
		},
		{
			name: "a NOTIFY before the SUBSCRIBE that it belongs to",
			idle: 1,
			flow: `
				0.000 b>a NOTIFY 7 from=t to=f via=n1 h=Event:presence h=Subscription-State:active;expires=600
				0.001 a>b SUBSCRIBE 1 via=s1 h=Event:presence h=Expires:600
				0.002 b>a 200 SUBSCRIBE 1 via=s1 to=t h=Expires:600
				0.003 a>b 200 NOTIFY 7 from=t to=f via=n1`,
			want: []string{"subscription c1 presence active 200 state=active expires=600 notifies=1 refreshes=0"},
		},
		{
			name: "a CANCEL before its INVITE",
			idle: 60,
			flow: `
				0.000 a>b CANCEL 1 via=i1
				0.001 a>b INVITE 1 via=i1
				0.002 b>a 200 CANCEL 1 via=i1 to=t
				0.003 b>a 487 INVITE 1 via=i1 to=t
				0.004 a>b ACK 1 via=i1 to=t`,
			want: []string{"call c1 cancelled 487 srd=2 hops=a>b:487 forks=t:487x messages=5"},
		},
		{
			name: "a request that does not come is given up",
			idle: 60,
			flow: `
				0.0 b>a 180 INVITE 1 to=t
				2.0 b>a 200 INVITE 1 to=t
				8.0 b>a 200 BYE 2 to=t`,
			want: []string{"call c1 answered 200 hops=a>b:200 forks=t:200 messages=3 mid_stream one_way"},
		},
	})
}

// Held messages do not pile up, whatever is sent.
func TestOrderIsBounded(t *testing.T) {
	h := newHarness(t, 1, nil)
	for i := range 3 * maxHeld {
		for _, line := range []string{
			fmt.Sprintf("%d.0 b>a 200 INVITE 1 id=x%d to=t", i/1000000, i),
			fmt.Sprintf("%d.0 b>a 200 OPTIONS %d id=same to=t", i/1000000, i+1),
		} {
			m := parseFlowLine(t, line)
			h.handle(&m)
		}
		o := &h.trackers[0].order
		if n := len(o.queue) - o.begin; n > maxHeld {
			t.Fatalf("%d messages are held, at most %d are to be", n, maxHeld)
		}
	}
	h.close()
	if o := &h.trackers[0].order; len(o.queue) != 0 || len(o.free) > maxSpare {
		t.Errorf("after the end %d messages are held, and %d kept for use again", len(o.queue), len(o.free))
	}
}

// Long messages that came ahead are held up to a number of bytes, and their memory is not kept afterwards.
func TestOrderIsBoundedInBytes(t *testing.T) {
	h := newHarness(t, 1, nil)
	o := &h.trackers[0].order
	for i := range 400 {
		m := parseFlowLine(t, fmt.Sprintf("0.0 b>a 200 INVITE 1 id=x%d to=t", i))
		m.raw = append(m.raw, make([]byte, 20_000)...)
		h.handle(&m)
		held := 0
		for _, h := range o.queue[o.begin:] {
			held += cap(h.Raw)
		}
		if held > 2*maxHeldBytes || o.bytes > maxHeldBytes {
			t.Fatalf("%d bytes are held in %d, at most %d are to be", o.bytes, held, maxHeldBytes)
		}
	}
	if o.bytes < maxHeldBytes/2 {
		t.Errorf("only %d bytes are held", o.bytes)
	}
	h.close()
	if o.bytes != 0 {
		t.Errorf("after the end %d bytes count as held", o.bytes)
	}
	for _, h := range o.free {
		if cap(h.Raw) > maxSpareBytes {
			t.Errorf("a buffer of %d bytes is kept for the next message", cap(h.Raw))
		}
	}
}

// A message that came ahead is copied into memory that is there, once the stage is warm: no more is allocated than for
// the same messages in order.
func TestOrderAllocates(t *testing.T) {
	request, answer := parseFlowLine(t, "0 a>b OPTIONS 1 via=o"), parseFlowLine(t, "0 b>a 100 OPTIONS 1 via=o")
	final := parseFlowLine(t, "0 b>a 200 OPTIONS 1 via=o to=t")
	allocations := func(order ...*flowMessage) float64 {
		tr := newHarness(t, 1, nil).trackers[0]
		var m sip.Message
		at := int64(flowEpoch)
		session := func() {
			for _, x := range order {
				at += int64(1e6)
				meta := x.meta
				meta.Time = at
				if err := m.Parse(x.raw); err != nil {
					t.Fatal(err)
				}
				tr.Handle(&meta, &m)
			}
			at += int64(60e9)
			tr.Advance(at)
		}
		for range 100 {
			session()
		}
		return testing.AllocsPerRun(100, session)
	}
	in, ahead := allocations(&request, &answer, &final), allocations(&answer, &request, &final)
	if ahead > in {
		t.Errorf("%v allocations where the answer comes first, %v in order", ahead, in)
	}
}

// Without a window every message is taken as it comes, and the counts are those of the wire.
func TestOrderOff(t *testing.T) {
	f := flow(`
		0.002 b>a 100 INVITE 1 via=i1
		0.008 a>b INVITE 1 via=i1
		0.200 b>a 486 INVITE 1 via=i1 to=t
		0.210 a>b ACK 1 via=i1 to=t`)
	h := newHarness(t, 1, func(c *shard.Config) { c.Reorder = 0 })
	for _, m := range f.messages(t) {
		h.handle(&m)
	}
	h.idle(60)
	if got := summaries(h.close()); !slices.ContainsFunc(got, func(s string) bool { return len(s) > 7 && s[:7] == "call c1" }) {
		t.Errorf("got %q", got)
	}
}
