//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pageAddress is where the daemon has its page.
const pageAddress = "127.0.0.1:9580"

// lists are the records that the page searches for, by the route of the API that lists them.
var lists = map[string]string{"calls": "call", "registrations": "registration", "subscriptions": "subscription", "failures": "failure"}

// showsWhatItWrote holds the page of the daemon to the records in its files and to its metrics.
func (d *daemon) showsWhatItWrote(t *testing.T) {
	t.Helper()
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		await(t, "the page has the same "+list+" as the files", func() error {
			written := idsOf(slices.DeleteFunc(d.written(t), func(r row) bool { return r.kind() != lists[list] }))
			var answer struct {
				Records []row
				Cursor  string
				Doubt   string
			}
			fetchPage(t, "/api/v1/"+list+"?limit=1000", &answer)
			if diff := cmp.Diff(written, idsOf(answer.Records)); diff != "" || answer.Cursor != "" || answer.Doubt != "" {
				return fmt.Errorf("cursor %q, doubt %q, (-written +shown):\n%s", answer.Cursor, answer.Doubt, diff)
			}
			if len(written) == 0 {
				return errNotYet
			}
			return nil
		})
	}
	await(t, "the page has the numbers of the metrics", func() error {
		var status struct {
			Calls []struct {
				Name  string
				Value int
			}
			Capture struct{ Messages int }
			Health  struct{ Ready bool }
		}
		metrics := scrape(t)
		fetchPage(t, "/api/v1/status", &status)
		calls := map[string]int{}
		for _, c := range status.Calls {
			if c.Value != 0 {
				calls[c.Name] = c.Value
			}
		}
		messages := 0
		for _, name := range []string{"sipspan_sip_requests_total", "sipspan_sip_responses_total"} {
			for _, n := range sums(t, metrics, name, "method") {
				messages += n
			}
		}
		diff := cmp.Diff(sums(t, metrics, "sipspan_calls_total", "disposition"), calls)
		if diff != "" || status.Capture.Messages != messages || messages == 0 || !status.Health.Ready {
			return fmt.Errorf("the page: %+v; the metrics have %d messages; calls (-metrics +page):\n%s", status, messages, diff)
		}
		return nil
	})
}

// showsLadder opens the page of an answered call, and takes its packets from there: they give its record again.
func (d *daemon) showsLadder(t *testing.T, binary string) {
	t.Helper()
	var found struct{ Records []row }
	fetchPage(t, "/api/v1/calls?disposition=answered&limit=1", &found)
	if len(found.Records) != 1 {
		t.Fatalf("%d answered calls", len(found.Records))
	}
	call := found.Records[0]
	html := fetchPage(t, "/calls/"+text(call["id"]), nil)
	for _, want := range []string{"<svg", "INVITE", "200 OK", "BYE", "/pcap"} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is not on the page of the call:\n%s", want, html)
		}
	}
	packets := filepath.Join(t.TempDir(), "call.pcapng")
	if err := os.WriteFile(packets, []byte(fetchPage(t, "/api/v1/calls/"+text(call["id"])+"/pcap", nil)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range parseRows(t, read(t, binary, packets)) {
		if r.kind() != "call" {
			continue
		}
		for _, member := range []string{"call_id", "start", "end", "disposition", "status", "from", "to", "messages", "released_by", "hops", "media"} {
			if diff := cmp.Diff(call[member], r[member]); diff != "" {
				t.Errorf("%s of its packets (-record +read again):\n%s", member, diff)
			}
		}
		return
	}
	t.Errorf("its packets hold no call")
}

func idsOf(rows []row) (ids []string) {
	for _, r := range rows {
		ids = append(ids, text(r["id"]))
	}
	slices.Sort(ids)
	return ids
}

// fetchPage returns an answer of the page, and reads its JSON into an object unless that is nil.
func fetchPage(t *testing.T, path string, into any) string {
	t.Helper()
	response, err := http.Get("http://" + pageAddress + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", path, response.Status, err, body)
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			t.Fatalf("%s: %v: %s", path, err, body)
		}
	}
	return string(body)
}

// pageAlerts returns what the page has shown of alerts up to now, as a channel reports them: one that is no longer among those that fire has ended.
func pageAlerts(t *testing.T) func() []string {
	type alert struct{ ID, Rule, Severity, Summary string }
	var shown []alert
	return func() (lines []string) {
		var status struct{ Alerts []alert }
		fetchPage(t, "/api/v1/status", &status)
		for _, a := range status.Alerts {
			if !slices.ContainsFunc(shown, func(b alert) bool { return a.ID == b.ID }) {
				shown = append(shown, a)
			}
		}
		for _, a := range shown {
			about := a.Severity + " " + a.Rule + ": " + a.Summary
			lines = append(lines, "firing "+about)
			if !slices.ContainsFunc(status.Alerts, func(b alert) bool { return a.ID == b.ID }) {
				lines = append(lines, "resolved "+about)
			}
		}
		return lines
	}
}
