package session

import (
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"sipspan/internal/wire"
)

func sorted(list []string) []string {
	sort.Strings(list)
	return list
}

// sleeping is a sleeper that notes when it was woken.
type sleeping struct {
	alarm alarm
	name  int
	woken *[]int
}

func (s *sleeping) wake(*Tracker, int64) { *s.woken = append(*s.woken, s.name) }

func TestTimersWakeInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var h timers
		var woken []int
		all := make([]*sleeping, 200)
		deadlines := make(map[int]int64)
		for i := range all {
			all[i] = &sleeping{name: i, woken: &woken}
		}
		for range 1000 {
			s := all[random.IntN(len(all))]
			if random.IntN(4) == 0 {
				h.stop(&s.alarm)
				delete(deadlines, s.name)
				continue
			}
			d := random.Int64N(100)
			h.set(&s.alarm, s, d)
			deadlines[s.name] = d
		}
		last := int64(-1)
		for now := int64(0); now < 100; now += 7 {
			for {
				who, at, ok := h.due(now)
				if !ok {
					break
				}
				if at < last || at > now {
					t.Fatalf("woken at %d after %d, now %d", at, last, now)
				}
				last = at
				s := who.(*sleeping)
				if deadlines[s.name] != at {
					t.Fatalf("%d woken at %d, want %d", s.name, at, deadlines[s.name])
				}
				delete(deadlines, s.name)
			}
		}
		if n := len(h.heap); n != len(deadlines) {
			t.Fatalf("%d alarms left, want %d", n, len(deadlines))
		}
	}
}

func TestTimersOfOneDeadlineWakeAsTheyWereSet(t *testing.T) {
	var h timers
	var woken []int
	for i := range 100 {
		s := &sleeping{name: i, woken: &woken}
		h.set(&s.alarm, s, 5)
	}
	for {
		who, at, ok := h.due(5)
		if !ok {
			break
		}
		who.wake(nil, at)
	}
	if len(woken) != 100 || !slices.IsSorted(woken) {
		t.Errorf("woken %v", woken)
	}
}

func TestAuthParam(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`Digest realm="a, b", nonce="n1", opaque=""`, "n1"},
		{`Digest nonce=n2,realm=x`, "n2"},
		{`Digest NONCE = "n3"`, "n3"},
		{`Digest cnonce="no", nonce="n4"`, "n4"},
		{`NTLM gssapi-data=""`, ""},
		{``, ""},
	} {
		if got := authParam([]byte(c.value), "nonce"); string(got) != c.want {
			t.Errorf("%s: %q, want %q", c.value, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	var x text
	a := x.add([]byte("one"))
	b := x.add([]byte("folded \r\n\t line\n again"))
	x.put(&a, []byte("2"))
	c := x.add([]byte(strings.Repeat("y", 5000)))
	s := x.seal()
	if s.of(a) != "2" || s.of(b) != "folded line again" || len(s.of(c)) != wire.MaxText || s.of(piece{}) != "" {
		t.Errorf("%q %q %d", s.of(a), s.of(b), len(s.of(c)))
	}
}

func TestValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"max_calls is 0, expected a number of entries of at least 1":            func(c *Config) { c.MaxCalls = 0 },
		"t1 is 0s, expected a duration from 10ms to 10s":                        func(c *Config) { c.T1 = 0 },
		"challenge_window is 1h0m0s, expected a duration from 100ms to 1m0s":    func(c *Config) { c.ChallengeWindow = time.Hour },
		"call_max_age is 1s, expected a duration from 1m0s to 168h0m0s":         func(c *Config) { c.CallMaxAge = time.Second },
		"max_call_ids is -1, expected a number of entries of at least 1":        func(c *Config) { c.MaxCallIDs = -1 },
		"subscription_max_age is 0s, expected a duration from 1m0s to 168h0m0s": func(c *Config) { c.SubscriptionMaxAge = 0 },
		"related_window is 1h0m0s, expected a duration from 10ms to 1m0s":       func(c *Config) { c.RelatedWindow = time.Hour },
		"related_wait is -1ns, expected a duration from 0s to 10m0s":            func(c *Config) { c.RelatedWait = -1 },
		"related_headers has \"a b\", expected the name of a header field":      func(c *Config) { c.RelatedHeaders = []string{"X", "a b"} },
		"related_headers has 65 names, expected at most 64":                     func(c *Config) { c.RelatedHeaders = make([]string, 65) },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if c := DefaultConfig().Shard(1_000_000); c.MaxCalls != 1 || c.MaxCallIDs != 8 {
		t.Errorf("shard limits %d, %d", c.MaxCalls, c.MaxCallIDs)
	}
}
