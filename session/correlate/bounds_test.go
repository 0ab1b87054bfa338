package correlate

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"sipspan/internal/wire"
	"sipspan/session/link"
)

// crowd returns relations with so many open calls.
func crowd(n int) (*relations, []*leg) {
	cfg := settings()
	r := newRelations(&cfg)
	legs := make([]*leg, n)
	for i := range legs {
		legs[i] = newLeg(&link.Announcement{CallID: "c", Call: link.ID(i + 1)}, &link.Call{Start: int64(i)})
		legs[i].settled = true
		r.observeLeg(legs[i])
	}
	return r, legs
}

// TestHoldersAreBounded puts thousands of calls of one user on hold: the next call that he places is compared with few.
func TestHoldersAreBounded(t *testing.T) {
	r, legs := crowd(5000)
	for i, l := range legs {
		r.see(int64(i), &link.Announcement{CallID: "c", Call: l.id, Time: int64(i), Fact: link.Hold{By: link.Identity{AOR: 7}}})
	}
	list := r.holders[7]
	if len(list) != maxHolders || list[len(list)-1] != legs[len(legs)-1] {
		t.Errorf("%d calls on hold are looked at, want the last %d", len(list), maxHolders)
	}
	for _, l := range legs {
		r.forget(l)
	}
	checkForgotten(t, r)
}

// TestFocusIsBounded has thousands of calls to one conference server: of more than a telephone mixes only their number is
// kept.
func TestFocusIsBounded(t *testing.T) {
	r, legs := crowd(5000)
	for i, l := range legs {
		r.see(int64(i), &link.Announcement{CallID: "c", Call: l.id, Time: int64(i), Fact: link.Focus{Contact: 9}})
		r.see(int64(i), &link.Announcement{CallID: "c", Call: l.id, Time: int64(i), Fact: link.Focus{Contact: 9}})
	}
	if g := r.focuses[9]; len(g.legs) != 0 || g.count != len(legs) {
		t.Errorf("%d calls are listed and %d counted, want none and %d", len(g.legs), g.count, len(legs))
	}
	for _, l := range legs {
		r.forget(l)
	}
	checkForgotten(t, r)
}

// TestRefersAreBounded sends thousands of requests to call one user: few are compared with a call to him, and each is
// found by its Call-ID without a look at the others.
func TestRefersAreBounded(t *testing.T) {
	r, _ := crowd(0)
	target := link.Identity{AOR: 3}
	for i := range 5000 {
		n := link.Refer{Target: target, CSeq: uint32(i)}
		r.see(int64(i), &link.Announcement{Time: int64(i), CallID: fmt.Sprint("c", i), Fact: n})
		r.see(int64(i), &link.Announcement{Time: int64(i), CallID: "all", Fact: n})
	}
	if n := len(r.refers.byTarget[target.Key()]); n != maxAwaited {
		t.Errorf("%d requests wait for a call to one user, want %d", n, maxAwaited)
	}
	if n := len(r.refers.byCallID["c77"]); n != 1 {
		t.Errorf("%d requests under a Call-ID that has one", n)
	}
	if n := len(r.refers.byCallID["all"]); n != maxAwaited {
		t.Errorf("%d requests are kept under one Call-ID, want %d", n, maxAwaited)
	}
	late := int64(time.Hour)
	r.see(late, &link.Announcement{Time: late, CallID: "late", Fact: link.Refer{Target: target}})
	if len(r.refers.order) != 1 || len(r.refers.byCallID) != 1 || len(r.refers.byTarget[target.Key()]) != 1 {
		t.Errorf("%d requests are left, %d Call-IDs, want the one that is not over", len(r.refers.order), len(r.refers.byCallID))
	}
}

// checkForgotten fails if anything is left of calls whose records were handed on.
func checkForgotten(t *testing.T, r *relations) {
	t.Helper()
	r.advance(wire.Never)
	if n := r.size(); n != 0 {
		t.Errorf("left: %d values of calls whose records were handed on", n)
	}
	if !reflect.ValueOf(untied).IsZero() {
		t.Errorf("the ties of legs that have none have changed: %+v", untied)
	}
}

// TestWhatEveryCallHasIsSmall guards the memory that each open call takes here, in bytes.
func TestWhatEveryCallHasIsSmall(t *testing.T) {
	if size := reflect.TypeFor[leg]().Size(); size > 176 {
		t.Errorf("a leg has %d bytes", size)
	}
	if size := reflect.TypeFor[bucket]().Size(); size > 32 {
		t.Errorf("the only call between two numbers takes %d bytes", size)
	}
}
