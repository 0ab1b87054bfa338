package correlate

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"sipspan/internal/invariants"
	"sipspan/record"
	"sipspan/session/link"
)

var (
	phone  = netip.MustParseAddrPort("192.0.2.7:5060")
	server = netip.MustParseAddrPort("198.51.100.1:5061")
	far    = netip.MustParseAddrPort("[2001:db8::5]:5060")
)

// resting returns relations with one call that is packed.
func resting(t *testing.T) *relations {
	t.Helper()
	cfg := settings()
	cfg.RelatedMedia = true
	r := newRelations(&cfg)
	t.Cleanup(r.legs.shelf.Close)
	announce(r, "a", 1, phone, server)
	announce(r, "b", 2, server, far)
	r.advance(int64(time.Minute))
	if n := r.legs.shelf.Len(); n != 2 || len(r.pairs) != 0 {
		t.Fatalf("%d calls are packed and %d pairs of numbers kept, want 2 and none", n, len(r.pairs))
	}
	return r
}

// announce makes a call from the user with a number to the one with the next.
func announce(r *relations, callID string, number uint64, src, dst netip.AddrPort) {
	r.see(int64(number), &link.Announcement{CallID: callID, Call: 7, Time: int64(number), Fact: link.Call{
		Start: int64(number), From: link.Identity{AOR: number, Number: number, Whole: true}, To: link.Identity{AOR: number + 1, Number: number + 1},
		Src: src, Dst: dst, Begun: true, Origin: 100 + number, Media: 200 + number,
	}})
}

// TestPackedLegIsWhole packs legs with random values in whatever a packed one has.
func TestPackedLegIsWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	ends := []endpoint{{}, endpointOf(phone), endpointOf(server), endpointOf(far)}
	flip := func() bool { return random.IntN(2) == 0 }
	for range 200 {
		want := leg{
			callID: "call"[:random.IntN(5)], id: link.ID(random.Int64()), start: random.Int64(), fromAOR: random.Uint64(), fromNumber: random.Uint64(),
			toAOR: random.Uint64(), toNumber: random.Uint64(), origin: random.Uint64(), media: random.Uint64(),
			src: ends[random.IntN(4)], dst: ends[random.IntN(4)], fromWhole: flip(), toWhole: flip(), begun: flip(), ambiguous: flip(),
			ambiguousOrigin: flip(), settled: flip(), confirmed: flip(), stepped: flip(), flawed: flip(), music: flip(), oneWay: flip(),
		}
		var got leg
		legs := newLegs()
		legs.packer.Pack(nil)
		want.pack(&legs.packer)
		packed := legs.packer.Packed()
		legs.packer.Unpack(packed)
		got.pack(&legs.packer)
		if legs.packer.Failed() || legs.packer.Rest() != 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
}

// TestRestingLegWakes has each of what asks for a packed call ask for it.
func TestRestingLegWakes(t *testing.T) {
	for name, ask := range map[string]func(*relations) *leg{
		"something announced of it": func(r *relations) *leg {
			return r.about(&link.Announcement{CallID: "a", Call: 7})
		},
		"its Call-ID": func(r *relations) *leg { return r.leg("a") },
		"its record": func(r *relations) *leg {
			return r.finished(&link.FinishedCall{Call: &record.Call{Header: record.Header{CallID: "a"}}, Session: 7})
		},
		"its numbers": func(r *relations) *leg {
			return r.between(pairOf(link.Identity{Number: 1}, link.Identity{Number: 2})).first
		},
		"its media address": func(r *relations) *leg {
			r.observeMove(r.about(&link.Announcement{CallID: "b", Call: 7}), &link.Move{Src: phone, Media: 201})
			return r.owned[201].leg
		},
		"the order of the calls": func(r *relations) *leg { return r.wake(r.legs.first) },
	} {
		r := resting(t)
		l := ask(r)
		if l == nil || l.callID != "a" || l.start != 1 || l.src != endpointOf(phone) || !l.fromWhole || l.toWhole || !l.settled || l.pair == nil || l.pair.first != l {
			t.Errorf("%s: %+v", name, l)
			continue
		}
		if r.legs.find("a", 7) != l.ref || r.wake(l.ref) != l || r.wake(l.neighbours.Next).callID != "b" || r.legs.find("a", 8) != 0 {
			t.Errorf("%s: it is not in its place", name)
		}
		for ref := r.legs.first; ref != 0; ref = r.legs.first {
			r.forget(r.wake(ref))
		}
		checkForgotten(t, r)
	}
}

// TestLegThatOthersMayReferToStays asks for a call before it can be packed.
func TestLegThatOthersMayReferToStays(t *testing.T) {
	cfg := settings()
	r := newRelations(&cfg)
	t.Cleanup(r.legs.shelf.Close)
	for i, id := range []string{"asked", "pair", "alike", "keyed", "rests"} {
		number := uint64(10 * i)
		if id == "alike" {
			number = 10
		}
		announce(r, id, number+1, phone, server)
	}
	asked := r.leg("asked")
	r.see(1, &link.Announcement{CallID: "keyed", Call: 7, Time: 1, Fact: link.Key{Kind: link.KeySessionID, Value: "x"}})
	r.advance(int64(time.Minute))
	if n := r.legs.shelf.Len(); n != 1 {
		t.Errorf("%d calls are packed, want the one that nothing ties to others", n)
	}
	if r.leg("asked") != asked {
		t.Error("the call that was asked for is another one")
	}
}

// TestLifeOfRestingLegAllocatesItsCallID goes through the life of a call that nothing ties to others.
func TestLifeOfRestingLegAllocatesItsCallID(t *testing.T) {
	cfg := settings()
	r := newRelations(&cfg)
	t.Cleanup(r.legs.shelf.Close)
	fact := link.Call{From: link.Identity{AOR: 1, Number: 2}, To: link.Identity{AOR: 3, Number: 4}, Src: phone, Dst: server, Begun: true}
	a := link.Announcement{CallID: "a", Call: 7, Fact: fact}
	f := link.FinishedCall{Call: &record.Call{Header: record.Header{CallID: "a"}}, Session: 7}
	at := int64(0)
	allocs := testing.AllocsPerRun(200, func() {
		at += int64(time.Minute)
		r.see(at, &a)
		r.advance(at + int64(time.Hour))
		r.finish(r.finished(&f), f.Call, at)
	})
	if allocs > 1 && !invariants.Enabled { // the Call-ID of the call that is unpacked; checking builds use no memory again
		t.Errorf("%v allocations", allocs)
	}
	checkForgotten(t, r)
}
