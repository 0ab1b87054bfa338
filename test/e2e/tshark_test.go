//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// compareWithTshark counts the requests by method and the responses by code with tshark. What an ICMP error quotes is no
// message, though tshark reads it like one.
func compareWithTshark(t *testing.T, file string, stats row) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed")
	}
	out := run(t, "tshark", "-n", "-r", file, "-Y", "sip and not icmp", "-T", "fields", "-E", "occurrence=a", "-e", "sip.Method", "-e", "sip.Status-Code")
	requests, responses := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(out)) {
		methods, codes, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		for counts, list := range map[*map[string]int]string{&requests: methods, &responses: codes} {
			for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
				(*counts)[name]++
			}
		}
	}
	messages := stats["messages"].(map[string]any)
	for name, want := range map[string]map[string]int{"requests": requests, "responses": responses} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var counts any
		if err := json.Unmarshal(text, &counts); err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			t.Errorf("tshark found no %s", name)
		}
		for _, d := range differences(name, counts, messages[name], true) {
			t.Error(d)
		}
	}
}

// logMessages logs what was said in the plays that did not come to their end: they are held up by other programs, and only
// the messages show by which.
func logMessages(t *testing.T, file string, broken []*stage) {
	for _, s := range broken {
		if s == nil {
			continue
		}
		said := run(t, "tshark", "-n", "-r", file, "-t", "a", "-Y", fmt.Sprintf("sip and (ip.addr == %s or ip.addr == %s or ip.addr == %s)", s.from, s.to, s.to2()))
		t.Logf("the messages of %s:\n%s", s.name, said)
	}
}
