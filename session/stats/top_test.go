package stats

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"sipspan/record"
)

func (t *Top) lines() string {
	var b strings.Builder
	for name, n := range t.All {
		fmt.Fprintf(&b, "%s=%d ", name, n)
	}
	fmt.Fprintf(&b, "others=%d", t.Others())
	return b.String()
}

func TestTop(t *testing.T) {
	top := NewTop(2)
	for range 15 {
		top.Count("a")
	}
	if got := top.lines(); got != "others=15" {
		t.Errorf("before there is enough: %s", got)
	}
	for range 20 {
		top.Count("a")
		top.Count("b")
		top.Count("c") // there is no room for a third
	}
	// Each is shown from its 16th time on: a has 35 - 15, b has 20 - 15.
	if got := top.lines(); got != "a=20 b=5 others=50" {
		t.Errorf("%s", got)
	}
	var none Top
	none.Count("a")
	if got := none.lines(); got != "others=0" {
		t.Errorf("not asked for: %s", got)
	}
}

// Whatever comes, all that is counted is there, numbers only rise, memory is bounded, and who has more than half is shown.
func TestTopProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		top := NewTop(1 + random.IntN(8))
		before := map[string]uint64{}
		total, others := uint64(0), uint64(0)
		for range 20_000 {
			name := fmt.Sprint("rare ", random.IntN(100_000))
			if random.IntN(8) < 5 {
				name = "frequent"
			}
			top.Count(name)
			total++
		}
		for range 10 {
			for range 500 {
				top.Count(fmt.Sprint(random.IntN(50)))
				total++
			}
			sum := top.Others()
			if sum < others {
				t.Fatalf("others fall from %d to %d", others, sum)
			}
			others = sum
			for name, n := range top.All {
				if n < before[name] {
					t.Fatalf("%s falls from %d to %d", name, before[name], n)
				}
				before[name] = n
				sum += n
			}
			if sum != total || top.total != total {
				t.Fatalf("%d of %d are counted", sum, total)
			}
		}
		if before["frequent"] < 10_000 {
			t.Fatalf("not found: %s", top.lines())
		}
		if len(before) > top.limit || len(top.heap) > top.limit*sketchPerName || len(top.at) != len(top.heap) {
			t.Fatalf("%d shown, %d watched, %d places; the limit is %d", len(before), len(top.heap), len(top.at), top.limit)
		}
		for i := range top.heap {
			if top.at[top.heap[i].name] != i || i > 0 && top.heap[(i-1)/2].count > top.heap[i].count {
				t.Fatalf("the heap is broken at %d", i)
			}
		}
	}
}

func TestReadable(t *testing.T) {
	for name, want := range map[string]string{
		"Phone/1.0 (x)":               "Phone/1.0 (x)",
		"a\nb\x00":                    "a?b?",
		"\xff\xfe":                    "?",
		strings.Repeat("a", 100):      strings.Repeat("a", 64),
		strings.Repeat("a", 63) + "ü": strings.Repeat("a", 63),
		strings.Repeat("ü", 40):       strings.Repeat("ü", 32),
	} {
		if got := readable(name); got != want || !utf8.ValidString(got) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestTopCountsRecords(t *testing.T) {
	c := &Counters{UserAgents: NewTop(3), Domains: NewTop(3)}
	for range 20 {
		c.Count(&record.Call{Caller: record.Endpoint{UserAgent: "phone"}, To: record.Party{URI: "sip:bob@Example.COM:5060;transport=tcp"}})
		c.Count(&record.Registration{UserAgent: "gateway", AOR: "sip:192.0.2.1"})
		c.Count(&record.Failure{Method: "INVITE"})
	}
	if got := c.UserAgents.lines(); got != "phone=5 gateway=5 others=30" {
		t.Error(got)
	}
	if got := c.Domains.lines(); got != "example.com=5 192.0.2.1=5 others=30" {
		t.Error(got)
	}
	var sum Counters
	sum.Add(c.Copy())
	if got := sum.Domains.lines(); got != "example.com=5 192.0.2.1=5 others=30" || sum.Domains.Limit() != 3 {
		t.Error(got)
	}
}
