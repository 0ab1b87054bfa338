package session

import (
	"bytes"
	"testing"

	"sipspan/decode/sip"
	"sipspan/internal/wire"
	"sipspan/session/subscription"
	"sipspan/session/transaction"
	"sipspan/session/transaction/transactiontest"
)

// checkPacked fails if a group is another one after it was packed and unpacked.
func checkPacked(tb testing.TB, tr *Tracker, g *transaction.Group) {
	tb.Helper()
	packed, _ := tr.pack(g, nil)
	after := tr.blankGroup()
	if !tr.unpack(packed, after) {
		tb.Error("the packed session is damaged")
		return
	}
	transactiontest.SameGroup(tb, g, after, false)
	for _, x := range after.Requests {
		tr.Evidence.Suspend(x.Evidence, x.Raw)
	}
	if after.Call != nil {
		tr.calls.Recycle(after)
	}
}

// The requests of a subscription are packed with it, and those of its group without them.
func TestSubscriptionsArePackedApart(t *testing.T) {
	h := newHarness(t, 1, nil)
	tr := h.trackers[0]
	for _, m := range flow(established + `
		10.0 b>a SUBSCRIBE 1 from=t to=f via=s h=Event:dialog h=Expires:600
		10.1 a>b 200 SUBSCRIBE 1 from=t to=f via=s h=Expires:600
		10.2 a>b NOTIFY 2 to=t via=n h=Event:dialog h=Subscription-State:active
		10.3 b>a 200 NOTIFY 2 to=t via=n`).messages(t) {
		h.handle(&m)
	}
	g := tr.group(wire.TableHash([]byte("c1")), []byte("c1"))
	s := tr.OldestSubscription()
	packed, fits := tr.pack(g, s)
	after := tr.blankGroup()
	if !fits || !tr.unpack(packed, after) || packedNumber(packed) != s.Number() {
		t.Fatal("the packed subscription is damaged")
	}
	if after.Call != nil || len(after.Subscriptions) != 1 || len(after.Requests) != 2 {
		t.Errorf("%v, %d subscriptions, %d requests", after.Call, len(after.Subscriptions), len(after.Requests))
	}
	for _, r := range after.Requests {
		if r.Subscription != after.Subscriptions[0] || r.Group != after || r.Call != nil {
			t.Error("the request is not that of the subscription")
		}
	}
	packed, _ = tr.pack(g, nil)
	packed, after = bytes.Clone(packed), tr.blankGroup()
	if !tr.unpack(packed, after) || after.Call == nil || len(after.Subscriptions) != 0 {
		t.Fatal("the packed call is damaged")
	}
	for _, r := range after.Requests {
		if r.Method == sip.SUBSCRIBE || r.Method == sip.NOTIFY {
			t.Error("a request of the subscription is packed with the call")
		}
	}
	if string(packedCallID(packed)) != "c1" || !packedUnder(packed, []byte("c1")) || packedUnder(packed, []byte("c2")) {
		t.Error("the Call-ID is not what it was")
	}
	packed[0]++
	if tr.unpack(packed, tr.blankGroup()) {
		t.Error("another version is not refused")
	}
}

// Bytes that are damaged are refused or read as another session; they never lead astray.
func FuzzUnpack(f *testing.F) {
	h := newHarness(f, 1, nil)
	for _, m := range flow(established + `
		10.0 b>a SUBSCRIBE 1 from=t to=f via=s h=Event:presence h=Expires:600
		10.1 a>b 200 SUBSCRIBE 1 from=t to=f via=s h=Expires:600
		10.2 a>b NOTIFY 2 to=t via=n h=Event:presence h=Subscription-State:active says=pidf:bob=open`).messages(f) {
		h.handle(&m)
	}
	tr := h.trackers[0]
	g := tr.group(wire.TableHash([]byte("c1")), []byte("c1"))
	for _, only := range []*subscription.Subscription{nil, tr.OldestSubscription()} {
		packed, _ := tr.pack(g, only)
		f.Add(bytes.Clone(packed), bytes.Clone(tr.unpacked))
	}
	f.Fuzz(func(t *testing.T, packed, plain []byte) {
		tr := newHarness(t, 1, nil).trackers[0]
		tr.unpack(packed, tr.blankGroup())
		g, p := tr.blankGroup(), &tr.packer
		p.Unpack(plain)
		p.tracker, p.Table = tr, tr.Table
		p.group(g)
		if p.Failed() {
			return
		}
		if packed, fits := tr.pack(g, nil); fits && !tr.unpack(packed, tr.blankGroup()) {
			t.Error("what was unpacked cannot be packed and unpacked again")
		}
		for _, s := range subscription.In(g) {
			if packed, fits := tr.pack(g, s); fits && !tr.unpack(packed, tr.blankGroup()) {
				t.Error("the subscription that was unpacked cannot be packed and unpacked again")
			}
		}
	})
}
