package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// What names somebody in the text of a flow: user parts, telephone numbers, display names, credentials, Call-IDs, what people
// write and what they dial.
var secretsInFlow = []*regexp.Regexp{
	regexp.MustCompile(`(?:sips?|pres|im|mailto):([^@\s"\\;<>?:]+)(?::[^@\s]*)?@`),
	regexp.MustCompile(`tel:([+0-9.()-]{4,})`),
	regexp.MustCompile(`(?m)^(?:From|To|Contact|P-Asserted-Identity|Referred-By|Remote-Party-ID|Diversion|f|t|m): *"?([^"<\r\n]*[^"<\s\r\n])"? *<`),
	regexp.MustCompile(`(?m)^(?:Call-ID|i|SIP-ETag|SIP-If-Match): *(\S+)`),
	regexp.MustCompile(`;tag=([^;\s>]+)`),
	regexp.MustCompile(`(?:username|nonce|cnonce|response|opaque)="?([^",\s]+)`),
	regexp.MustCompile(`(?m)^Signal= *(\S+)`),
	regexp.MustCompile(`<(?:\w+:)?note[^>]*>([^<]+)<`),
	regexp.MustCompile(`(?m)^o=([^\s-]\S+) `),
}

var hostsInFlow = regexp.MustCompile(`\b\w+=(\[?[0-9a-fA-F:.]+\]?)`)

// flowSecrets lists what must not be found in what is written of a flow with everything hidden.
func flowSecrets(flow string) map[string]bool {
	all := map[string]bool{}
	for _, pattern := range secretsInFlow {
		for _, m := range pattern.FindAllStringSubmatch(flow, -1) {
			all[m[1]] = true
		}
	}
	for line := range strings.Lines(flow) {
		if list, ok := strings.CutPrefix(line, "hosts:"); ok {
			for _, m := range hostsInFlow.FindAllStringSubmatch(list, -1) {
				if strings.Count(m[1], ".") >= 3 || strings.Count(m[1], ":") > 1 {
					all[strings.Split(strings.Trim(m[1], "[]"), "]")[0]] = true
				}
			}
		}
	}
	// What people write.
	for _, message := range strings.Split(flow, "\n@") {
		if head, body, ok := strings.Cut(message, "\n\n"); ok && strings.Contains(head, "Content-Type: text/plain") {
			for line := range strings.Lines(body) {
				all[strings.TrimSpace(line)] = true
			}
		}
	}
	for secret := range all {
		if len(secret) < 3 || strings.EqualFold(secret, "anonymous") || vocabulary(secret) || commonWords[strings.ToLower(secret)] {
			delete(all, secret)
		}
	}
	return all
}

// commonWords are users of the scenarios that are words of every record as well.
var commonWords = map[string]bool{
	"active": true, "conference": true, "park": true, "pickup": true, "presence": true, "voicemail": true, "list": true, "phone": true,
	"music": true, "operator": true, "gateway": true, "open": true,
}

// TestPrivacyOfScenarios reads every scenario with everything hidden: nothing that the wire said of somebody may be left,
// in the records and in the report.
func TestPrivacyOfScenarios(t *testing.T) {
	t.Setenv("PRIVACY_TEST_KEY", "a key of more than sixteen bytes")
	files, err := filepath.Glob("../../testdata/golden/*.txtar")
	check(t, err)
	configs := map[string]string{}
	for _, mode := range []string{"pseudonym", "drop"} {
		configs[mode] = filepath.Join(t.TempDir(), mode+".yaml")
		check(t, os.WriteFile(configs[mode], []byte("privacy: {identities: "+mode+", addresses: "+mode+", domains: pseudonym, key_variable: PRIVACY_TEST_KEY}\n"), 0o600))
	}
	checked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(t, err)
		scenario := &txtar.Parse(text).Files[0]
		flow := string(scenario.Data)
		secrets := flowSecrets(flow)
		checked += len(secrets)
		capture := writeScenario(t, scenario)
		for mode, config := range configs {
			outputs := map[string]string{
				"records": strings.ToLower(command(t.Context(), "read", "--config", config, "--json", "--all-transactions", capture).stdout),
				"report":  strings.ToLower(strings.ReplaceAll(command(t.Context(), "read", "--config", config, capture).stdout, capture, "")),
			}
			for secret := range secrets {
				for where, out := range outputs {
					if at := findWord(out, strings.ToLower(secret)); at >= 0 {
						t.Errorf("%s, %s: %q is left in the %s: …%s…", filepath.Base(file), mode, secret, where, out[max(0, at-80):min(len(out), at+80)])
					}
				}
			}
		}
	}
	if checked < 10*len(files)/2 {
		t.Errorf("only %d secrets in %d scenarios", checked, len(files))
	}
}
