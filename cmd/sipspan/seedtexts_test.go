package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seedTexts are the seed documents, how many messages each prints, and the captures that were made of them.
var seedTexts = []struct {
	text     string
	messages uint64
	captures string
	renamed  bool // the text hides who took part
	timed    bool
}{
	{"000_*.txt", 16, "pic-*.pcap", true, false},
	{"001_*.txt", 5, "call-deflection.pcap", false, true},
	{"002_*.txt", 7, "mpop-fork.pcap", false, true},
	{"003_*.txt", 186, "draft-*.pcap", false, false},
}

// TestSeedTexts reads the seed documents as they are: every message in them, and the same records as of the captures, as far as
// the text goes.
func TestSeedTexts(t *testing.T) {
	folder := captures(t)
	for _, s := range seedTexts {
		texts, err := filepath.Glob(filepath.Join(folder, "..", "seeds", s.text))
		if err != nil || len(texts) != 1 {
			t.Skipf("%s is not beside the folder of captures", s.text)
		}
		t.Run(s.text[:3], func(t *testing.T) {
			lines := readJSON(t, texts[0])
			account := accountOf(t, lines)
			checkAccount(t, account)
			if account.Messages.Total != s.messages {
				t.Errorf("%d messages, want %d", account.Messages.Total, s.messages)
			}
			got := asFarAsTextGoes(t, lines, s.renamed)
			pcaps, err := filepath.Glob(filepath.Join(folder, "seeds", s.captures))
			check(t, err)
			var want []string
			for _, pcap := range pcaps {
				want = append(want, asFarAsTextGoes(t, readJSON(t, pcap), s.renamed)...)
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("records (-captures +text):\n%s", diff)
			}
			for line := range strings.Lines(withoutStats(lines)) {
				if !strings.Contains(line, `"no_addresses"`) {
					t.Errorf("a record does not tell that there are no addresses: %s", line)
				}
				if timed := !strings.Contains(line, `"no_times"`) && strings.Contains(line, `"start"`); timed != s.timed {
					t.Errorf("the record says that there are times: %v: %s", timed, line)
				}
			}
		})
	}
}

// asFarAsTextGoes returns the records without what a text does not tell: times and addresses, and what carried the messages, which
// the captures have in clear.
func asFarAsTextGoes(t *testing.T, lines string, renamed bool) (all []string) {
	t.Helper()
	for line := range strings.Lines(withoutStats(lines)) {
		var r any
		check(t, json.Unmarshal([]byte(line), &r))
		text, err := json.Marshal(spoken(r, renamed))
		check(t, err)
		all = append(all, string(text))
	}
	return all
}

func spoken(v any, renamed bool) any {
	switch v := v.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(name string, _ any) bool {
			switch name {
			case "id", "start", "end", "time", "addr", "src", "dst", "origin", "transport", "evidence", "service_evidence", "explanation", "confidence":
				return true
			case "reason": // of a relation; a phrase is in its own record
				return v["relation"] != nil
			case "uri", "request_uri", "resource", "subscriber", "entity":
				return renamed
			}
			return strings.HasSuffix(name, "_ms")
		})
		for name, member := range v {
			v[name] = spoken(member, renamed)
			if m, ok := v[name].(map[string]any); ok && len(m) == 0 {
				delete(v, name)
			}
		}
	case []any:
		for i := range v {
			v[i] = spoken(v[i], renamed)
		}
	}
	return v
}
