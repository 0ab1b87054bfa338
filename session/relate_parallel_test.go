package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sipspan/record"
	"sipspan/session/correlate"
)

// Ten thousand calls between the same two numbers at a time, each with two legs about an element that gives the second
// one a Call-ID of its own: those legs are linked of which a header field or the session description says so, each with
// its own other one, and no others.
func TestParallelCallsBetweenTheSameNumbers(t *testing.T) {
	const calls = 10_000
	constant := descriptionOf("1", "192.0.2.1", 6000)
	own := func(i int) string { return descriptionOf(fmt.Sprint("1", i), "192.0.2.1", 10000+4*i) }
	kinds := []struct {
		in, out  func(i int) string // what the INVITE of the first leg has, and that of the second
		relation string             // that is to be found
	}{
		{ // all descriptions are the same
			func(int) string { return constant },
			func(int) string { return constant }, ""},
		{ // each leg has its own
			own,
			func(i int) string { return descriptionOf(fmt.Sprint("2", i), "192.0.2.2", 10000+4*i) }, ""},
		{ // the description is passed on
			own,
			own, correlate.RelationMedia},
		{ // the origin is passed on, the media are relayed
			own,
			func(i int) string {
				return sdpType + fmt.Sprintf("body=o=-_1%d_1_IN_IP4_192.0.2.1|c=IN_IP4_192.0.2.2|m=audio_%d_RTP/AVP_0", i, 10000+4*i)
			}, correlate.RelationMedia},
		{
			func(i int) string { return constant + fmt.Sprintf(" h=Session-ID:%032x", i+1) },
			func(i int) string { return constant + fmt.Sprintf(" h=Session-ID:%032x", i+1) }, correlate.RelationSessionID},
		{
			func(int) string { return constant },
			func(i int) string { return constant + fmt.Sprintf(" h=X-CID:in%d", i) }, correlate.RelationCallID},
	}
	var messages []flowMessage
	for i := range calls {
		kind, at := &kinds[i%len(kinds)], float64(i)*0.001
		messages = append(messages, dialogue(fmt.Sprintf(`
			%.3f ring in%d a>b 100 200 %s
			%.3f ring out%d b>c 100 200 %s`, at, i, kind.in(i), at+0.003, i, kind.out(i))).messages(t)...)
	}
	slices.SortStableFunc(messages, func(a, b flowMessage) int { return int(a.meta.Time - b.meta.Time) })
	h := newHarness(t, 8, nil)
	for i := range messages {
		h.handle(&messages[i])
		if i%100 == 0 {
			for _, tracker := range h.trackers {
				tracker.Advance(messages[i].meta.Time)
			}
			h.correlator.Advance(messages[i].meta.Time)
		}
	}
	h.idle(600)
	seen := 0
	for _, r := range h.close() {
		c, ok := r.(*record.Call)
		if !ok {
			continue
		}
		seen++
		var i int
		other := "out"
		if _, err := fmt.Sscanf(c.CallID, "in%d", &i); err != nil {
			other = "in"
			if _, err := fmt.Sscanf(c.CallID, "out%d", &i); err != nil {
				t.Fatal(c.CallID)
			}
		}
		relation := kinds[i%len(kinds)].relation
		if relation == "" && len(c.Related) == 0 ||
			len(c.Related) == 1 && c.Related[0].Relation == relation && c.Related[0].CallID == fmt.Sprint(other, i) {
			continue
		}
		t.Fatalf("%s has %+v, want %q with %s%d", c.CallID, c.Related, relation, other, i)
	}
	if seen != 2*calls {
		t.Errorf("%d calls", seen)
	}
	checkForgotten(t, h)
}

// At any rate of calls between the same numbers, through one element or two, which may have another address on the other
// side, a leg is linked with its own other one or with none.
func TestNoLegOfAnotherCall(t *testing.T) {
	found := 0
	for seed := range uint64(80) {
		random := rand.New(rand.NewPCG(seed, 7))
		gap := []float64{0.05, 0.5, 2, 6}[seed%4] // seconds between calls, on average
		passed := seed/4%3 == 1
		constant := seed/4%3 == 2
		h := newHarness(t, 3, nil)
		var messages []flowMessage
		at := 0.0
		for i := range 60 {
			at += random.ExpFloat64() * gap
			in := descriptionOf(fmt.Sprint("1", i), "192.0.2.1", 10000+4*i)
			out := descriptionOf(fmt.Sprint("2", i), "192.0.2.2", 10000+4*i)
			if passed {
				out = in
			} else if constant {
				in, out = descriptionOf("1", "192.0.2.1", 10000), descriptionOf("2", "192.0.2.2", 10000)
			}
			delay := random.Float64() * 0.3
			element := []string{"b", "c"}[random.IntN(2)]
			inside := element
			if seed >= 40 {
				inside = map[string]string{"b": "e", "c": "f"}[element]
			}
			text := fmt.Sprintf("%f ring in%d a>%s 100 200 %s\n", at, i, element, in)
			if random.IntN(4) > 0 { // else the element refuses the call
				text += fmt.Sprintf("%f ring out%d %s>d 100 200 %s\n", at+delay, i, inside, out)
				if ring := random.Float64() * 8; random.IntN(2) > 0 {
					text += fmt.Sprintf("%f cancel in%d\n%f cancel out%d\n", at+delay+ring, i, at+delay+ring, i)
				}
			} else {
				text += fmt.Sprintf("%f cancel in%d\n", at+delay+1, i)
			}
			messages = append(messages, dialogue(text).messages(t)...)
		}
		slices.SortStableFunc(messages, func(a, b flowMessage) int { return int(a.meta.Time - b.meta.Time) })
		for i := range messages {
			h.handle(&messages[i])
		}
		h.idle(600)
		for _, r := range h.close() {
			c, ok := r.(*record.Call)
			if !ok {
				continue
			}
			number := strings.TrimLeft(c.CallID, "inout")
			for _, other := range c.Related {
				found++
				if strings.TrimLeft(other.CallID, "inout") != number {
					t.Errorf("seed %d, gap %g: %s is linked with %s: %s", seed, gap, c.CallID, other.CallID, other.Reason)
				}
			}
		}
		checkForgotten(t, h)
	}
	if found < 200 {
		t.Errorf("only %d links were found", found)
	}
}
