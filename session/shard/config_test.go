package shard

import (
	"testing"
	"time"
)

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
