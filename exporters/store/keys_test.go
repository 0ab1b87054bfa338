package store_test

import (
	"fmt"
	"testing"
	"time"

	"sipspan/exporters/store"
	"sipspan/record/choose"
)

// TestKeys writes as many batches as it takes until the keys are merged several times over, and looks for rare and for common ones, while the part is written and after.
func TestKeys(t *testing.T) {
	c := withMessages(t)
	at := &clock{noon}
	s := open(t, c, at.now)
	const batches, each = 300, 8
	for b := range batches {
		for i := range each {
			n := b*each + i
			r := call(n)
			if n%3 == 0 {
				r.To.URI = "sip:carol@example.com"
			}
			if err := s.Export(r); err != nil {
				t.Fatal(err)
			}
			m, raw := kept(n, r.CallID, "")
			s.Message(m, raw, nil)
		}
		if err := s.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	look := func() {
		for _, tt := range []struct {
			q    choose.Query
			want int
		}{
			{choose.Query{Peer: []string{"192.0.2.10"}}, batches * each}, // more than a page of keys
			{choose.Query{User: []string{"carol"}}, batches * each / 3},
			{choose.Query{User: []string{"bob", "carol"}}, batches * each},
			{choose.Query{User: []string{"dave"}}, 0},
			{choose.Query{CallID: []string{"call-2400@192.0.2.10"}}, 0},
		} {
			if got := search(t, c.Directory, tt.q); len(got) != tt.want {
				t.Errorf("%+v: %d found, want %d", tt.q, len(got), tt.want)
			}
		}
		for n := 0; n < batches*each; n += 97 {
			id := fmt.Sprintf("call-%d@192.0.2.10", n)
			if got := search(t, c.Directory, choose.Query{CallID: []string{id}}); len(got) != 1 {
				t.Errorf("%s: %d found", id, len(got))
			}
			if got := messagesOfCall(t, c.Directory, id); len(got) != 1 {
				t.Errorf("%s: %d messages found", id, len(got))
			}
		}
	}
	look()
	at.Time = at.Add(24 * time.Hour)
	export(t, s, call(batches*each+1)) // finishes the part
	finish(t, s)
	if got := search(t, c.Directory, choose.Query{Peer: []string{"192.0.2.10"}}); len(got) != batches*each+1 {
		t.Errorf("finished: %d found", len(got))
	}
	if got := search(t, c.Directory, choose.Query{User: []string{"carol"}}); len(got) != batches*each/3 {
		t.Errorf("finished: %d of carol found", len(got))
	}
	store.FewNumbers(t, 100)
	if got := search(t, c.Directory, choose.Query{User: []string{"carol"}}); len(got) != batches*each/3 {
		t.Errorf("%d found of a key that is too common to be looked up", len(got))
	}
}
