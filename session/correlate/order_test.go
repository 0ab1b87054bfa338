package correlate

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sipspan/record"
	"sipspan/session/link"
)

// TestCorrelatorOrder hands the same events over in random order between watermarks.
func TestCorrelatorOrder(t *testing.T) {
	type step struct {
		at int64
		r  record.Record
		a  *link.Announcement
	}
	second := int64(time.Second)
	call := func(id string, d record.Disposition) *record.Call {
		return &record.Call{Header: record.Header{ID: id, CallID: id}, Disposition: d, Status: 407}
	}
	steps := func() []step {
		return []step{
			{at: 1 * second, a: &link.Announcement{CallID: "a", Time: 1 * second, Fact: link.Challenge{Nonce: "n", From: "f"}}},
			{at: 2 * second, a: &link.Announcement{CallID: "b", Time: 2 * second, Fact: link.Credentials{Nonce: "n", From: "f"}}},
			{at: 3 * second, a: &link.Announcement{CallID: "c", Time: 3 * second, Fact: link.Challenge{Nonce: "m", From: "f"}}},
			{at: 4 * second, a: &link.Announcement{CallID: "d", Time: 4 * second, Fact: link.Credentials{Nonce: "m", From: "other"}}},
			{at: 14 * second, a: &link.Announcement{CallID: "e", Time: 14 * second, Fact: link.Credentials{Nonce: "m", From: "f"}}},
			{at: 9 * second, r: call("b", record.Answered)},
			{at: 60 * second, r: call("a", record.AuthFailed)},
			{at: 60 * second, r: call("c", record.AuthFailed)},
			{at: 60 * second, r: call("e", record.Answered)},
			{at: 60 * second, r: &record.Failure{Header: record.Header{ID: "fa", CallID: "a"}, Method: "INVITE", Status: 407}},
			{at: 60 * second, r: &record.Failure{Header: record.Header{ID: "fc", CallID: "c"}, Method: "INVITE", Status: 407}},
		}
	}
	var want []string
	random := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		var got []string
		c := New(settings(), func(r record.Record) { got = append(got, string(r.AppendJSON(nil))) })
		list := steps()
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, s := range list {
			if s.r != nil {
				c.Emit(s.at, s.r)
			} else {
				c.Announce(s.at, *s.a)
			}
		}
		c.Advance(30 * second)
		if len(got) != 1 {
			t.Fatalf("%d records before the watermark: %v", len(got), got)
		}
		c.Close()
		if want == nil {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("another order:\n%s", diff)
		}
	}
	all := strings.Join(want, "\n")
	for text, n := range map[string]int{`"disposition":"challenged"`: 1, `"disposition":"auth_failed"`: 1, `"challenged_try"`: 1,
		`"challenged_retry"`: 1, `"record":"failure"`: 1} {
		if got := strings.Count(all, text); got != n {
			t.Errorf("%s stands %d times in\n%s", text, got, all)
		}
	}
}

// TestMarkWithinATime advances to a record among those of one time: the calls before it are handed on, and nothing else.
func TestMarkWithinATime(t *testing.T) {
	var got []string
	c := New(settings(), func(r record.Record) { got = append(got, r.Head().ID) })
	at := int64(time.Second)
	c.Emit(at, &record.Failure{Header: record.Header{ID: "0000"}, Method: "OPTIONS"})
	for _, id := range []string{"cc", "aa", "bb", "dd"} {
		c.Emit(at, &record.Call{Header: record.Header{ID: id, CallID: id}})
	}
	for _, step := range []struct {
		to   Mark
		want string
	}{{Mark{At: at}, ""}, {Mark{at, "bb"}, "aa"}, {Mark{at, "bc"}, "aa bb"}, {Mark{at, "cc"}, "aa bb"}, {Mark{At: at + 1}, "aa bb cc dd 0000"}} {
		c.AdvanceTo(step.to)
		if s := strings.Join(got, " "); s != step.want {
			t.Errorf("at %v: %q, want %q", step.to, s, step.want)
		}
	}
}
