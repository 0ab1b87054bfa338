package difference

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sipspan/record"
)

func TestFisher(t *testing.T) {
	for _, c := range []struct {
		a, n, b, m uint64
		want       float64
	}{
		{3, 4, 1, 4, 0.4857},   // the lady who tasted tea
		{8, 10, 1, 10, 0.0055}, // tables of 20
		{5, 10, 50, 100, 1},
		{0, 0, 3, 5, 1},
		{0, 10, 0, 10, 1},
	} {
		if got := fisher(c.a, c.n, c.b, c.m); math.Abs(got-c.want) > 0.0001 {
			t.Errorf("fisher(%d of %d, %d of %d) = %.5f, want %.4f", c.a, c.n, c.b, c.m, got, c.want)
		}
	}
	// Where the normal distribution takes over, both are the same.
	exact, normal := fisher(900, 10_000, 1000, 10_000), proportions(900, 10_000, 1000, 10_000)
	if math.Abs(exact-normal) > 0.005 {
		t.Errorf("exact %.4f, normal %.4f", exact, normal)
	}
}

func TestRanks(t *testing.T) {
	var low, high, few []float64
	for i := range 30 {
		low, high = append(low, float64(i)), append(high, float64(i+20))
	}
	few = low[:fewest-1]
	if p := ranks(low, high); p > 0.0001 {
		t.Errorf("shifted: %v", p)
	}
	if p := ranks(low, low); p < 0.9 {
		t.Errorf("the same: %v", p)
	}
	if p := ranks(few, high); p != 1 {
		t.Errorf("few: %v", p)
	}
}

// calls are n calls of which some failed.
func calls(n, failed int, setup time.Duration, random *rand.Rand) *Side {
	s := NewSide()
	for i := range n {
		c := &record.Call{Disposition: record.Answered, Status: 200}
		c.Setup = record.Elapsed{D: setup + time.Duration(random.IntN(200))*time.Millisecond, Known: true}
		if i < failed {
			c.Disposition, c.Setup = record.Failed, record.Elapsed{}
			s.Add(&record.Failure{Method: "INVITE", Status: 503, Origin: "192.0.2.9:5060", Cause: &record.Cause{Source: "sip", Code: "503"}})
		}
		s.Add(c)
	}
	return s
}

func differing(r *Result) string {
	var names []string
	for _, row := range r.Rows {
		if row.Differs {
			names = append(names, row.Group+": "+row.Name)
		}
	}
	return strings.Join(names, "; ")
}

func TestDifferencesThatAreThere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	r := Of(calls(400, 8, 500*time.Millisecond, random), calls(400, 80, 700*time.Millisecond, random))
	if got, want := differing(r), "calls: answered; calls: failed; delays: set-up of calls"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var b strings.Builder
	if err := r.Write(&b, "a\x1b.pcap", "b.pcap"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`A  a\x1b.pcap`, "failed\n      A  2.0 % (8 of 400)\n      B  20.0 % (80 of 400)", "No difference is shown\n  causes of failures\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, &b)
		}
	}
}

// Few calls carry no difference, however different their shares are.
func TestFewCallsCarryNoDifference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	if got := differing(Of(calls(5, 0, time.Second, random), calls(5, 2, time.Second, random))); got != "" {
		t.Error(got)
	}
}

// Two samples of the same traffic seldom differ: here in none of twenty pairs, of which one may by the level.
func TestTheSameTrafficDoesNotDiffer(t *testing.T) {
	found := 0
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 7))
		side := func() *Side {
			failed := 0
			for range 500 {
				if random.IntN(10) == 0 {
					failed++
				}
			}
			return calls(500, failed, time.Second, random)
		}
		if differing(Of(side(), side())) != "" {
			found++
		}
	}
	if found > 2 {
		t.Errorf("%d of 20 pairs differ", found)
	}
}

// What is held of one side has a limit.
func TestBounded(t *testing.T) {
	s := NewSide()
	for i := range 3 * maxSamples {
		s.Add(&record.Failure{Method: "INVITE", Origin: fmt.Sprint(i)})
		s.Add(&record.Call{Setup: record.Elapsed{D: time.Duration(i), Known: true}})
	}
	if n := len(s.groups["where requests failed"].counts); n != maxNames {
		t.Errorf("%d names", n)
	}
	if d := s.delays["set-up of calls"]; len(d.values) != maxSamples || d.seen != 3*maxSamples {
		t.Errorf("%d of %d delays", len(d.values), d.seen)
	}
}
