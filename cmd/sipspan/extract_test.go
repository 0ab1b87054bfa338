package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ofTheCall are the members that follow from the messages of a call alone. The others depend on what else a capture holds, such as services of
// several legs and the directions that are seen, or on when it ends, such as a timeout; the id, too, where the clock of the capture was set.
var ofTheCall = []string{
	"call_id", "start", "status", "reason", "from", "to", "request_uri", "caller", "callee", "asserted_identity", "setup_ms", "srd_ms", "ring_ms",
	"duration_ms", "sdd_ms", "released_by", "challenged", "hops", "forks", "media", "messages", "retransmissions", "im",
}

// callsOf returns what records say of calls, by Call-ID.
func callsOf(t *testing.T, lines string) (order []string, calls map[string]string) {
	t.Helper()
	calls = map[string]string{}
	for line := range strings.Lines(lines) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r["record"] != "call" {
			continue
		}
		id, _ := r["call_id"].(string)
		own := map[string]any{}
		for _, member := range ofTheCall {
			own[member] = r[member]
		}
		text, err := json.Marshal(own)
		if err != nil {
			t.Fatal(err)
		}
		if calls[id] == "" {
			order = append(order, id)
		}
		calls[id] += string(text) + "\n"
	}
	return order, calls
}

// TestExtractedCallsAreTheSame extracts ten calls of every capture of known truth: each file gives the record that the capture gives.
func TestExtractedCallsAreTheSame(t *testing.T) {
	compared := 0
	counter := newSharkd(t)
	for _, row := range readTruth(t, captures(t)) {
		whole := command(t.Context(), "read", "--json", row.file)
		order, calls := callsOf(t, whole.stdout)
		for i, id := range order[:min(len(order), 10)] {
			if id == "" {
				continue
			}
			out := filepath.Join(t.TempDir(), "out.pcapng")
			o := command(t.Context(), "extract", row.file, "--call-id", id, "-o", out)
			if _, err := os.Stat(out); err != nil {
				t.Errorf("%s, %s: %v\n%s", row.file, id, err, o.stderr)
				continue
			}
			compared++
			_, again := callsOf(t, readJSON(t, out))
			if again[id] != calls[id] {
				t.Errorf("%s: got\n%swant\n%s", row.file, again[id], calls[id])
			}
			if i > 0 || counter == nil {
				continue
			}
			if a, b := counter.messages(row.file, id), counter.messages(out, id); a != b {
				t.Errorf("%s, %s: Wireshark counts %d messages, and %d in what was extracted", row.file, id, a, b)
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d calls were compared", compared)
	}
}

func TestExtractRefuses(t *testing.T) {
	file := filepath.Join("..", "..", "testdata", "sample.pcap")
	out := filepath.Join(t.TempDir(), "out.pcapng")
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{file, "--call-id", "x"}, 2, "flag --output is missing"},
		{[]string{file, "-o", out}, 2, "nothing chosen"},
		{[]string{file, "-o", out, "--call-id", "no such"}, 1, "no record matches --call-id \"no such\""},
		{[]string{"-", "-o", out, "--call-id", "x"}, 1, "not possible for standard input"},
	} {
		o := command(t.Context(), append([]string{"extract"}, tt.args...)...)
		if o.code != tt.code || !strings.Contains(o.stderr, tt.want) {
			t.Errorf("%v: exit status %d, %s", tt.args, o.code, o.stderr)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(out)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestExtractComments looks at what stands beside the packets, and that standard output takes the file.
func TestExtractComments(t *testing.T) {
	file := filepath.Join("..", "..", "testdata", "sample.pcap")
	o := command(t.Context(), "extract", file, "--disposition", "busy", "-o", "-")
	if o.code != 0 || !strings.HasPrefix(o.stdout, "\x0a\x0d\x0d\x0a") || !strings.Contains(o.stdout, "sipspan: call ") {
		t.Errorf("exit status %d, %d bytes, %s", o.code, len(o.stdout), o.stderr)
	}
}
