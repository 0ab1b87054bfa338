package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sipspan/internal/dev/sipgen"
)

// hour reads an hour of traffic with "read --alerts --json" and returns all records in their order.
func hour(t *testing.T, outage sipgen.Period) (list []hourRecord) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "hour.pcap")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (sipgen.Load{Seed: 11, For: time.Hour, Rate: 1, Outage: outage}).WriteCapture(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(readJSON(t, "--alerts", name)) {
		var r hourRecord
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, r)
	}
	return list
}

// hourRecord is what this test looks at in a record.
type hourRecord struct {
	Record      string    `json:"record"`
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	CallID      string    `json:"call_id"`
	Status      int       `json:"status"`
	Disposition string    `json:"disposition"`
	Rule        string    `json:"rule"`
	State       string    `json:"state"`
	Summary     string    `json:"summary"`
	Samples     []string  `json:"samples"`
}

func TestAQuietHourHasNoAlerts(t *testing.T) {
	for _, r := range hour(t, sipgen.Period{}) {
		if r.Record == "alert" {
			t.Errorf("%s %s: %s", r.State, r.Rule, r.Summary)
		}
	}
}

// From packets to the alert: ten minutes in which every call is refused with 503 are found within a minute of packet time,
// and their end as well.
func TestASpikeInAnHourOfTraffic(t *testing.T) {
	outage := sipgen.Period{From: 30 * time.Minute, To: 40 * time.Minute}
	start := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	from, to := start.Add(outage.From), start.Add(outage.To)
	records := hour(t, outage)
	refused := map[string]bool{}
	for _, r := range records {
		if r.Record == "call" && r.Status/100 == 5 && !r.End.Before(from) {
			refused[r.CallID] = true
		}
	}
	firing := map[string]int{}
	fired := map[string]int{}
	last := start // end of the failed call that was finished before: an alert is no younger, and no older than the next
	for i, r := range records {
		if r.Record == "call" && r.Disposition == "failed" {
			last = r.End
		}
		if r.Record != "alert" {
			continue
		}
		switch r.State {
		case "firing":
			firing[r.Rule]++
			fired[r.Rule]++
		case "resolved":
			firing[r.Rule]--
			if r.End.Before(to) || r.End.After(to.Add(5*time.Minute)) {
				t.Errorf("%s is over at %v, expected soon after %v", r.Rule, r.End, to)
			}
		}
		if r.Rule != "invite-5xx" {
			continue
		}
		if r.Start.Before(from.Add(-time.Minute)) || r.Start.After(from.Add(time.Minute)) {
			t.Errorf("it began at %v, expected about %v", r.Start, from)
		}
		if r.State == "firing" {
			next := nextFailed(records[i:])
			if last.Before(from.Add(-time.Minute)) || next.After(from.Add(time.Minute)) {
				t.Errorf("it was told between the ends of calls at %v and %v, expected within a minute from %v", last, next, from)
			}
			if len(r.Samples) == 0 {
				t.Error("there are no samples")
			}
		}
		for _, id := range r.Samples {
			if !refused[id] {
				t.Errorf("the sample %s is no call that failed with 5xx since the outage began", id)
			}
		}
	}
	if fired["invite-5xx"] != 1 {
		t.Errorf("invite-5xx fired %d times", fired["invite-5xx"])
	}
	for rule, n := range firing {
		if n != 0 {
			t.Errorf("%s is not over", rule)
		}
		if rule != "invite-5xx" && rule != "answer-ratio-drop" {
			t.Errorf("%s fired, too", rule)
		}
	}
}

// nextFailed returns when the next failed call ended.
func nextFailed(records []hourRecord) time.Time {
	for _, r := range records {
		if r.Record == "call" && r.Disposition == "failed" {
			return r.End
		}
	}
	return time.Time{}
}
