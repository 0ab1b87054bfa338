package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// named are the strings of records that name somebody: user parts of URIs and display names.
var (
	userPart = regexp.MustCompile(`(?:sips?|pres|tel):([^@"\\;<>?]+)@`)
	member   = regexp.MustCompile(`"display":"((?:[^"\\]|\\.)*)"`)
)

// names lists what clear records name somebody with, as far as it is no common word.
func names(clear string) map[string]bool {
	all := map[string]bool{}
	for _, m := range append(userPart.FindAllStringSubmatch(clear, -1), member.FindAllStringSubmatch(clear, -1)...) {
		if name := m[1]; len(name) >= 3 && !strings.EqualFold(name, "anonymous") {
			all[name] = true
		}
	}
	return all
}

// TestPrivacy reads captures as they are and with everything hidden. No name that the clear records hold may be left in
// what is hidden, in any form of output, and records must still belong together.
func TestPrivacy(t *testing.T) {
	t.Setenv("PRIVACY_TEST_KEY", "a key of more than sixteen bytes")
	inputs := map[string]string{"sample": "../../testdata/sample.pcap"}
	if folder := os.Getenv("SIPSPAN_CAPTURES"); folder != "" {
		for _, name := range []string{"seeds", "rfc", "public", "live", "ms-diagnostics"} {
			inputs[name] = filepath.Join(folder, name)
		}
	}
	for _, mode := range []string{"pseudonym", "drop"} {
		config := filepath.Join(t.TempDir(), "sipspan.yaml")
		check(t, os.WriteFile(config, []byte("privacy: {identities: "+mode+", addresses: "+mode+", domains: pseudonym, key_variable: PRIVACY_TEST_KEY}\n"), 0o600))
		for name, input := range inputs {
			t.Run(mode+"/"+name, func(t *testing.T) {
				clear := command(t.Context(), "read", "--json", "--all-transactions", input).stdout
				hidden := command(t.Context(), "read", "--config", config, "--json", "--all-transactions", input).stdout
				report := command(t.Context(), "read", "--config", config, input).stdout
				csv := t.TempDir()
				command(t.Context(), "read", "--config", config, "--out", csv, "--format", "csv", input)
				outputs := map[string]string{"json": strings.ToLower(hidden), "report": strings.ToLower(strings.ReplaceAll(report, input, ""))}
				files, err := filepath.Glob(filepath.Join(csv, "*"))
				check(t, err)
				for _, file := range files {
					text, err := os.ReadFile(file)
					check(t, err)
					outputs[filepath.Base(file)] = strings.ToLower(string(text))
				}
				secrets := names(clear)
				if len(secrets) == 0 {
					t.Fatal("the clear records name nobody")
				}
				for left := range names(hidden) {
					if secrets[left] {
						t.Errorf("%s is named", left)
					}
				}
				for secret := range secrets {
					for where, text := range outputs {
						if !vocabulary(secret) && findWord(text, strings.ToLower(secret)) >= 0 {
							t.Errorf("%s: %s is left", where, secret)
						}
					}
				}
				if found := regexp.MustCompile(`"(?:src|dst|addr|origin)":"[0-9]+\.[^"]*"`).FindString(hidden); found != "" {
					t.Errorf("an address is left: %s", found)
				}
				if got, want := links(t, hidden), links(t, clear); mode == "pseudonym" {
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("records no longer belong together:\n%s", diff)
					}
				}
			})
		}
	}
}

// findWord returns where a word stands by itself in a text, -1 if nowhere: within a longer word or number it says nothing.
func findWord(text, word string) int {
	inside := func(at int) bool {
		return at >= 0 && at < len(text) && (text[at] == '_' || '0' <= text[at] && text[at] <= '9' || 'a' <= text[at] && text[at] <= 'z')
	}
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return -1
		}
		if at += from; !inside(at-1) && !inside(at+len(word)) {
			return at
		}
		from = at + 1
	}
}

// vocabulary tells names that are words of the output as well, such as the user proxy, software that is called as its
// user, and extensions that are as short as a status code.
func vocabulary(name string) bool {
	switch strings.ToLower(name) {
	case "service", "user", "test", "null", "nobody", "invalid", "proxy", "caller", "other", "resource", "unknown", "sipp":
		return true
	}
	return len(name) == 3 && strings.Trim(name, "0123456789") == ""
}

// links numbers Call-IDs and callers in the order in which they first appear: the pattern that correlation rests on.
func links(t *testing.T, lines string) (pattern []int) {
	t.Helper()
	seen := map[string]int{}
	number := func(s string) int {
		if _, ok := seen[s]; !ok {
			seen[s] = len(seen)
		}
		return seen[s]
	}
	for line := range strings.Lines(lines) {
		var r struct {
			CallID  string `json:"call_id"`
			Related []struct {
				CallID string `json:"call_id"`
			}
		}
		check(t, json.Unmarshal([]byte(line), &r))
		pattern = append(pattern, number(r.CallID))
		for _, other := range r.Related {
			pattern = append(pattern, number(other.CallID))
		}
	}
	return pattern
}
