package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sipspan/session/link"
)

// TestOpenChallenges compares the lists with one plain list that is searched, for answers and ends in any order.
func TestOpenChallenges(t *testing.T) {
	type entry struct {
		*openChallenge
		at int
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	table := newOpenChallenges()
	var plain []entry
	search := func(fits func(*openChallenge) bool) *openChallenge {
		for _, e := range plain {
			if fits(e.openChallenge) {
				return e.openChallenge
			}
		}
		return nil
	}
	forget := func(c *openChallenge) {
		table.forget(c)
		plain = slices.DeleteFunc(plain, func(e entry) bool { return e.openChallenge == c })
	}
	for i := range 20_000 {
		callID := fmt.Sprint(rnd.IntN(20))
		a := &link.Credentials{Nonce: fmt.Sprint(rnd.IntN(3)), From: fmt.Sprint(rnd.IntN(4)), To: fmt.Sprint(rnd.IntN(4))}
		switch rnd.IntN(3) {
		case 0:
			plain = append(plain, entry{table.add(callID, link.Challenge{Nonce: a.Nonce, From: a.From, To: a.To}, int64(i)), i})
		case 1:
			got, want := table.answered(callID, a), search(func(o *openChallenge) bool { return o.Nonce == a.Nonce && o.callID == callID })
			if got != want {
				t.Fatalf("step %d: the challenge of the same call is %v, want %v", i, got, want)
			}
			if got == nil {
				got = table.answeredElsewhere(a)
				want = search(func(o *openChallenge) bool { return o.Nonce == a.Nonce && o.From == a.From && o.To == a.To })
				if got != want {
					t.Fatalf("step %d: the challenge of the same parties is %v, want %v", i, got, want)
				}
			}
			if got != nil {
				forget(got)
			}
		}
		for len(plain) > 0 && plain[0].at < i-50 { // its window is over
			forget(plain[0].openChallenge)
		}
	}
	for len(plain) > 0 {
		forget(plain[0].openChallenge)
	}
	if n := len(table.lists[byCallID]) + len(table.lists[byParties]); n != 0 {
		t.Errorf("%d lists are left of challenges that are gone", n)
	}
}

// TestOneNonceForEverybody counts what is looked at when a server gives one nonce to thousands of callers: each finds its
// own challenge at the head of its lists.
func TestOneNonceForEverybody(t *testing.T) {
	table := newOpenChallenges()
	const calls = 10_000
	var all []*openChallenge
	for i := range calls {
		all = append(all, table.add(fmt.Sprint("c", i), link.Challenge{Nonce: "n", From: "a", To: "b"}, 0))
	}
	length := func(i int, hash uint64) (n int) {
		for c := table.lists[i][hash].first; c != nil; c = c.next[i] {
			n++
		}
		return n
	}
	for i, c := range all {
		if n := length(byCallID, c.hashes[byCallID]); n != 1 {
			t.Fatalf("%d challenges in the list of one call", n)
		}
		table.forget(c)
		if i%100 > 0 {
			continue
		}
		if left := length(byParties, c.hashes[byParties]); left != calls-1-i {
			t.Fatalf("%d challenges left in the list after %d", left, i+1)
		}
	}
}

// TestWindowsEndChallenges moves the time on past the windows of two of three challenges.
func TestWindowsEndChallenges(t *testing.T) {
	table := newOpenChallenges()
	a := &link.Credentials{Nonce: "n", From: "a", To: "b"}
	for i := range 3 {
		table.add(fmt.Sprint("c", i), link.Challenge{Nonce: "n", From: "a", To: "b"}, int64(10+i))
	}
	table.expire(12)
	if c := table.answeredElsewhere(a); c == nil || c.callID != "c2" {
		t.Errorf("%v is open, want that whose window ends at the time itself", c)
	}
	if table.expire(13); len(table.lists[byCallID])+len(table.lists[byParties])+len(table.windows.list) != 0 {
		t.Error("challenges are left after their window")
	}
}
