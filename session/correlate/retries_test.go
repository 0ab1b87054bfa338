package correlate

import (
	"fmt"
	"testing"
	"time"

	"sipspan/decode/sip"
	"sipspan/record"
	"sipspan/session/evidence"
	"sipspan/session/link"
)

func TestRetriesUnderOtherCallIDs(t *testing.T) {
	const second = int64(time.Second)
	type try struct {
		callID           string
		same             uint64
		start, end, wait int64 // seconds
	}
	for name, tt := range map[string]struct {
		tries []try
		want  map[string]int // repetitions before it, by Call-ID
	}{
		"at once":                        {[]try{{"a", 1, 0, 0, 0}, {"b", 1, 1, 2, 0}, {"c", 1, 3, 4, 0}}, map[string]int{"b": 1, "c": 2}},
		"after long enough":              {[]try{{"a", 1, 0, 0, 0}, {"b", 1, 11, 11, 0}, {"c", 1, 12, 12, 0}}, map[string]int{"c": 1}},
		"within Retry-After":             {[]try{{"a", 1, 0, 0, 60}, {"b", 1, 40, 40, 60}}, map[string]int{"b": 1}},
		"after Retry-After":              {[]try{{"a", 1, 0, 0, 30}, {"b", 1, 31, 31, 0}}, map[string]int{}},
		"something else":                 {[]try{{"a", 1, 0, 0, 0}, {"b", 2, 1, 1, 0}}, map[string]int{}},
		"two lines at the same time":     {[]try{{"a", 1, 0, 4, 0}, {"b", 1, 1, 5, 0}}, map[string]int{}},
		"the tracker's own, same dialog": {[]try{{"a", 1, 0, 0, 0}, {"a", 1, 1, 1, 0}, {"a", 1, 2, 2, 0}}, map[string]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			var w retries
			for _, a := range tt.tries {
				w.see(a.callID, &link.Refusal{Same: a.same, Method: sip.INVITE, Start: a.start * second, End: a.end * second, Wait: a.wait * second})
			}
			if len(w.repeated) != len(tt.want) {
				t.Errorf("repeated %v", w.repeated)
			}
			for callID, times := range tt.want {
				if got := w.repeated[attemptKey(callID, "INVITE")]; got.times != times || got.next < 0 || got.within < got.next {
					t.Errorf("%s: %+v, want %d times", callID, got, times)
				}
			}
		})
	}
}

func TestRetriesAreBounded(t *testing.T) {
	var w retries
	for i := range 2 * maxRetried {
		for _, callID := range []string{"x", "y"} {
			w.see(fmt.Sprint(callID, i), &link.Refusal{Same: uint64(i), Start: 1, End: 1})
		}
	}
	if len(w.refused) != maxRetried || len(w.order) != maxRetried || len(w.repeated) != maxRetried || len(w.waiting) != maxRetried {
		t.Errorf("%d refused, %d repeated", len(w.refused), len(w.repeated))
	}
	w = retries{}
	for i := range 2 * maxRetried {
		w.see(fmt.Sprint("x", i), &link.Refusal{Same: 1, Start: int64(i + 1), End: int64(i + 1)})
	}
	if len(w.refused) != 1 || len(w.repeated) != maxRetried {
		t.Errorf("%d refused, %d repeated", len(w.refused), len(w.repeated))
	}
}

// speaker is an explainer that says how often something was repeated.
type speaker struct{}

func (speaker) Explain(c *evidence.Case) *record.Cause {
	return &record.Cause{Source: "sip", Code: "503", Explanation: fmt.Sprint(c.Retry.Requests), Evidence: []record.Evidence{{What: "again"}}}
}

// A cause that the server gave itself is kept; one that only says 503 is replaced, in all records of the request.
func TestRetriesChangeCauses(t *testing.T) {
	got := map[string]string{}
	c := New(settings(), func(r record.Record) {
		x := refusedOf(r)
		got[r.Head().ID] = fmt.Sprint((*x.cause).Explanation, " ", len((*x.cause).Evidence))
	})
	c.Explainer = speaker{}
	for i, callID := range []string{"one", "two", "three"} {
		at := int64(i+1) * int64(time.Second)
		c.Announce(at, link.Announcement{CallID: callID, Time: at, Fact: link.Refusal{Same: 1, Method: sip.INVITE, Start: at, End: at}})
	}
	const later = int64(time.Minute)
	emit := func(id, callID, source string, r record.Record) {
		h := r.Head()
		h.ID, h.CallID = id, callID
		x := refusedOf(r)
		*x.cause = &record.Cause{Source: source, Code: "503", Explanation: "plain", Evidence: []record.Evidence{{What: "503"}}}
		c.Emit(later, r)
	}
	emit("first", "one", "sip", &record.Failure{Method: "INVITE", Status: 503})
	emit("second", "two", "sip", &record.Failure{Method: "INVITE", Status: 503})
	emit("third", "three", "sip", &record.Failure{Method: "INVITE", Status: 503})
	emit("third, the call", "three", "sip", &record.Call{Status: 503})
	emit("another method", "three", "sip", &record.Failure{Method: "REGISTER", Status: 503})
	emit("said itself", "three", "q850", &record.Failure{Method: "INVITE", Status: 503})
	c.Close()
	for id, want := range map[string]string{
		"first": "plain 1", "second": "1 2", "third": "2 2", "third, the call": "2 2", "another method": "plain 1", "said itself": "plain 1",
	} {
		if got[id] != want {
			t.Errorf("%s: %s, want %s", id, got[id], want)
		}
	}
}
