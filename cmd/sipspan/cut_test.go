package main

import (
	"fmt"
	"testing"
)

// TestCut ends the capture of every scenario after each of its packets. What it says failed has failed in the whole capture,
// too, but for a refusal that its sender got over by itself, such as a 503 before the next server: that it was refused is
// true. A cause is told of nothing that was still going on.
func TestCut(t *testing.T) {
	for _, name := range orderly {
		t.Run(name, func(t *testing.T) {
			packets := scenario(t, name)
			whole := failures(readPackets(t, packets))
			for n := 1; n < len(packets)-1; n++ {
				records := readPackets(t, packets[:n:n])
				for failure := range failures(records) {
					if !whole[failure] {
						t.Errorf("cut after packet %d: %s, which the whole capture does not say", n, failure)
					}
				}
				for _, r := range records {
					if (r["disposition"] == "in_progress" || r["outcome"] == "in_progress") && r["cause"] != nil {
						t.Errorf("cut after packet %d: a cause of what is in progress: %v", n, r)
					}
				}
			}
		})
	}
}

// failures returns what failed, by Call-ID, method and status.
func failures(records []map[string]any) map[string]bool {
	all := map[string]bool{}
	for _, r := range records {
		if r["record"] == "failure" {
			all[fmt.Sprint(r["call_id"], " ", r["method"], " ", r["status"])] = true
		}
	}
	return all
}
