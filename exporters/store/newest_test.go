package store_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"sipspan/exporters/store"
	"sipspan/record"
	"sipspan/record/choose"
)

// idsOf returns the ids of records, in their order.
func idsOf(found []record.Record) (ids []string) {
	for _, r := range found {
		ids = append(ids, r.Head().ID)
	}
	return ids
}

// days writes 60 calls, of which 20 begin with each part, and some at the same time, with unknown times, or long before they were written.
func days(t *testing.T) (folder string, want []string) {
	c := config(t)
	at := &clock{noon}
	s := open(t, c, at.now)
	var all []record.Record
	for day := range 3 {
		at.Time = noon.AddDate(0, 0, day)
		var some []record.Record
		for n := range 20 {
			r := call(100*day + n)
			r.ID = fmt.Sprintf("id-%03d", 100*day+n)
			r.Start = at.Add(time.Duration(n/3) * time.Minute).UnixNano() // three at a time
			switch n {
			case 17:
				r.Start = noon.Add(-time.Hour).UnixNano() // it took days
			case 18:
				r.Confidence.Flags |= record.NoTimes
			}
			some = append(some, r)
		}
		export(t, s, some...)
		all = append(all, some...)
	}
	finish(t, s)
	slices.SortFunc(all, func(a, b record.Record) int {
		x, y := store.PositionOf(a), store.PositionOf(b)
		return cmp.Or(cmp.Compare(y.Start, x.Start), cmp.Compare(y.ID, x.ID))
	})
	return c.Directory, idsOf(all)
}

// TestNewest checks that pages of any size, one after the other, hold every record once and in order, over several parts.
func TestNewest(t *testing.T) {
	folder, want := days(t)
	for _, limit := range []int{1, 2, 7, 20, 59, 60, 100} {
		var got []string
		var after *store.Position
		for range 61 {
			page, err := store.Newest(t.Context(), folder, store.Query{Kinds: []record.Kind{record.KindCall}}, after, limit)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			got = append(got, idsOf(page)...)
			last := store.PositionOf(page[len(page)-1])
			after = &last
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
}

// TestNewestChoice checks that what is chosen is found beyond records that are not.
func TestNewestChoice(t *testing.T) {
	folder, _ := days(t)
	for _, q := range []choose.Query{{CallID: []string{"call-3@192.0.2.10"}}, {Where: `call_id == "call-3@192.0.2.10"`}} {
		choice, err := q.Compile()
		if err != nil {
			t.Fatal(err)
		}
		found, err := store.Newest(t.Context(), folder, store.Query{Choice: choice}, nil, 5)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff([]string{"id-003"}, idsOf(found)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestNewestEnded checks that a search that is ended reports it.
func TestNewestEnded(t *testing.T) {
	folder, _ := days(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := store.Newest(ctx, folder, store.Query{}, nil, 5); !errors.Is(err, context.Canceled) || len(found) > 0 {
		t.Errorf("%v, %v", idsOf(found), err)
	}
}
