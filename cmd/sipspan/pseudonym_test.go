package main

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// identities gathers from a value of a record, and all that it holds, what must not be in a file that leaves the house.
func identities(v any, of map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if name == "asserted_identity" || name == "contacts" {
				all, _ := x.([]any)
				for _, uri := range all {
					text, _ := uri.(string)
					addIdentities(of, text)
				}
			}
			text, ok := x.(string)
			if !ok {
				identities(x, of)
				continue
			}
			switch name {
			case "uri", "request_uri", "contact", "aor", "resource", "subscriber", "entity":
				addIdentities(of, text)
			case "display", "tag", "to_tag", "call_id", "user_agent", "epid":
				addIdentity(of, text)
			case "addr", "src", "dst":
				if at, err := netip.ParseAddrPort(text); err == nil && !at.Addr().IsLoopback() && !at.Addr().IsUnspecified() {
					of[at.Addr().String()] = true
				}
			}
		}
	case []any:
		for _, x := range v {
			identities(x, of)
		}
	}
}

// addIdentities adds the user and the host of a URI.
func addIdentities(of map[string]bool, uri string) {
	_, rest, ok := strings.Cut(uri, ":")
	if !ok {
		return
	}
	rest, _, _ = strings.Cut(rest, ";")
	user, host, ok := strings.Cut(rest, "@")
	if !ok {
		user, host = "", rest
	}
	host, _, _ = strings.Cut(host, ":")
	addIdentity(of, user)
	addIdentity(of, host)
}

// addIdentity adds what is long enough not to be in a message by chance.
func addIdentity(of map[string]bool, text string) {
	switch strings.ToLower(text) {
	case "anonymous", "anonymous.invalid", "localhost", "127.0.0.1", "dvi4/8000", "dvi4/16000": // the last two are codecs, too
		return
	}
	if len(text) >= 6 {
		of[text] = true
	}
}

// sameAnew are the members that follow from messages whoever they name.
var sameAnew = []string{"disposition", "status", "setup_ms", "ring_ms", "duration_ms", "released_by", "challenged", "messages", "retransmissions"}

// TestPseudonym writes ten calls of every capture of known truth with other names: no original one is left, and the calls went as they did.
func TestPseudonym(t *testing.T) {
	compared := 0
	for _, row := range readTruth(t, captures(t)) {
		whole := command(t.Context(), "read", "--json", row.file)
		names := map[string]bool{}
		calls := map[string]map[string]any{}
		for line := range strings.Lines(whole.stdout) {
			var r map[string]any
			if json.Unmarshal([]byte(line), &r) != nil {
				t.Fatal(line)
			}
			if r["record"] == "stats" || r["record"] == "alert" {
				continue
			}
			identities(r, names)
			if id, _ := r["call_id"].(string); r["record"] == "call" && id != "" && len(calls) < 10 && calls[id] == nil {
				calls[id] = r
			}
		}
		for id, r := range calls {
			out := filepath.Join(t.TempDir(), "out.pcapng")
			o := command(t.Context(), "extract", row.file, "--call-id", id, "--pseudonym", "-o", out)
			data, err := os.ReadFile(out)
			if err != nil {
				t.Errorf("%s, %s: %v\n%s", row.file, id, err, o.stderr)
				continue
			}
			compared++
			for name := range names {
				if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(name))) {
					t.Errorf("%s, %s: %q is left", row.file, id, name)
				}
			}
			lines := command(t.Context(), "read", "--json", out).stdout
			var again map[string]any
			for line := range strings.Lines(lines) {
				var r map[string]any
				if json.Unmarshal([]byte(line), &r) == nil && r["record"] == "call" {
					again = r
				}
			}
			for _, member := range sameAnew {
				if member == "disposition" && again[member] == "in_progress" { // what other traffic came later does not show how it ended
					continue
				}
				a, _ := json.Marshal(r[member])
				b, _ := json.Marshal(again[member])
				if !bytes.Equal(a, b) {
					t.Errorf("%s, %s: %s was %s, and is %s", row.file, id, member, a, b)
				}
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d calls were compared", compared)
	}
	o := command(t.Context(), "extract", "x", "--rtp", "--pseudonym", "-o", "y")
	if o.code != 2 || !strings.Contains(o.stderr, "exclude each other") {
		t.Errorf("exit status %d, %s", o.code, o.stderr)
	}
}
