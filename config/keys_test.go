package config

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryKeyIsDescribed(t *testing.T) {
	keys, sections := known()
	for name, k := range maps.Clone(keys) {
		for _, c := range k.Columns {
			keys[name+"[]."+c.Name] = c
		}
	}
	for name, k := range keys {
		if k.Sentence == "" {
			t.Errorf("%s has no sentence", name)
		} else if !strings.HasSuffix(k.Sentence, ".") {
			t.Errorf("%s: %q does not end as a sentence", name, k.Sentence)
		}
		if (k.Kind == Int || k.Kind == Float) && k.Unit == "" {
			t.Errorf("%s is a number without a unit", name)
		}
		if name != strings.ToLower(name) || strings.ContainsAny(name, "- ") {
			t.Errorf("%s is not in small letters with _ between words", name)
		}
	}
	for name := range entries {
		if _, ok := keys[name]; !ok {
			t.Errorf("entry %s describes no key", name)
		}
	}
	for name := range sections {
		if sectionSentences[name] == "" {
			t.Errorf("section %s has no sentence", name)
		}
	}
	for name := range sectionSentences {
		if !sections[name] {
			t.Errorf("sentence of %s describes no section", name)
		}
	}
}

func TestEnvironmentNamesAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, k := range Keys() {
		if other, ok := seen[k.Env()]; ok {
			t.Errorf("%s and %s share %s", other, k.Name, k.Env())
		}
		seen[k.Env()] = k.Name
	}
}

func TestDefaultIsValid(t *testing.T) {
	c := Default()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestShippedFileIsTheDefault(t *testing.T) {
	s, err := Load(Request{File: filepath.Join("..", "systemd", "sipspan.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	for _, k := range Changed(&s.Config, &want) {
		t.Errorf("%s is %v in the file and %v in the code", k.Name, k.Value(&s.Config), k.Default)
	}
	for _, k := range Keys() {
		if s.Origin(k.Name).File == "" {
			t.Errorf("%s is not in the file", k.Name)
		}
	}
}

func TestDumpLoadsToTheSame(t *testing.T) {
	long := strings.Repeat("(udp port 5060 and host 192.0.2.1) or ", 10) + "tcp"
	first := mustLoad(t, "capture: {filter: "+long+"}\nsensor: \"a # b, [c]: 'd'\"\nlog: {level: debug}\nreassembly: {tcp: {gap_timeout: 90ms, max_held_bytes: 96KiB}}\n")
	var out bytes.Buffer
	if err := first.WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "  level: debug # ") || !strings.Contains(out.String(), "  max_held_bytes: 96KiB # ") {
		t.Errorf("dump without value and origin:\n%s", out.String())
	}
	second := mustLoad(t, out.String())
	for _, k := range Changed(&first.Config, &second.Config) {
		t.Errorf("%s was %v and is %v in\n%s", k.Name, k.Value(&first.Config), k.Value(&second.Config), out.String())
	}
}

// TestSecretsAreHidden writes the configuration in force without its secrets.
func TestSecretsAreHidden(t *testing.T) {
	s := Settings{Config: Default()}
	s.Config.Exporters.Alert.Chat.URLs = []string{"ntfy://host/thesecret", "ntfy://host/thesecret2"}
	s.Config.HEP.AuthKey, s.Config.Exporters.HEP.AuthKey = "thesecret", "thesecret"
	var out bytes.Buffer
	if err := s.WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "thesecret") || strings.Count(text, "HIDDEN") != 4 {
		t.Errorf("%d are hidden in\n%s", strings.Count(text, "HIDDEN"), text)
	}
}

// TestSecretsAreNotShown looks for secrets in a dump with a table and in the text of problems, and gives what a dump has in their place as a
// value.
func TestSecretsAreNotShown(t *testing.T) {
	const text = "hep: {auth_key: swordfish-1}\nexporters:\n  hep: {auth_key: swordfish-2}\n" +
		"  alert: {webhook: {headers: [{name: Authorization, value: Bearer swordfish-3}]}}\n"
	s := mustLoad(t, text)
	if s.Config.HEP.AuthKey != "swordfish-1" || s.Config.Exporters.HEP.AuthKey != "swordfish-2" {
		t.Errorf("%+v", s.Config.HEP)
	}
	var out bytes.Buffer
	if err := s.WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "swordfish") || strings.Count(out.String(), hidden) != 3 || !strings.Contains(out.String(), "name: Authorization") {
		t.Errorf("the dump is\n%s", out.String())
	}
	file := filepath.Join(t.TempDir(), "sipspan.yaml")
	for _, test := range []struct {
		text     string
		problems int
	}{
		{out.String(), 3},
		{"hep: {auth_key: 8675309}\nexporters: {hep: {auth_key: [8675309]}}", 2},
	} {
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(Request{File: file})
		problems, _ := err.(Problems)
		if len(problems) != test.problems || strings.Contains(err.Error(), "8675309") {
			t.Errorf("%v", err)
		}
	}
	t.Setenv("SIPSPAN_HEP_AUTH_KEY", hidden)
	if _, err := Load(Request{}); err == nil {
		t.Error("the environment may have what stands for a secret")
	}
	t.Setenv("SIPSPAN_HEP_AUTH_KEY", "")
	t.Setenv("SIPSPAN_EXPORTERS_ALERT_WEBHOOK_HEADERS", "[swordfish-4")
	if _, err := Load(Request{}); err == nil || strings.Contains(err.Error(), "swordfish") {
		t.Errorf("%v", err)
	}
	blank := Default()
	for _, k := range Keys() {
		if strings.HasSuffix(k.Name, "_key") && k.Kind == Text && !k.Secret {
			t.Errorf("%s is shown: %v", k.Name, k.Value(&blank))
		}
	}
}

// TestAddressesAreNotShown looks for tokens and passwords in a dump with the addresses of receivers, and in the text of problems with them.
func TestAddressesAreNotShown(t *testing.T) {
	const text = "exporters:\n  alert:\n    webhook:\n      url: https://hooks.example:8443/services/swordfish-1?key=swordfish-2\n" +
		"      template: '{\"routing_key\": \"swordfish-3\"}'\n" +
		"    alertmanager: {urls: ['https://user:swordfish-4@one.example', 'http://two.example:9093']}\n"
	var out bytes.Buffer
	if err := mustLoad(t, text).WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	dump := out.String()
	for _, want := range []string{"url: https://hooks.example:8443/HIDDEN", "[https://one.example/HIDDEN, http://two.example:9093]", "template: HIDDEN"} {
		if !strings.Contains(dump, want) || strings.Contains(dump, "swordfish") {
			t.Errorf("the dump lacks %q, or holds a secret:\n%s", want, dump)
		}
	}
	file := filepath.Join(t.TempDir(), "sipspan.yaml")
	for _, test := range []struct {
		text     string
		problems int
	}{
		{dump, 1}, // of the template; addresses are looked at when everything has its form
		{strings.Replace(dump, "template: HIDDEN", "template: ''", 1), 2},
		{"exporters: {alert: {webhook: {url: 'hooks.example/swordfish'}, alertmanager: {urls: ['http://:swordfish', '%swordfish']}}}", 3},
		{"exporters: {alert: {alertmanager: {urls: ['http://a.example/swordfish', 'http://a.example/swordfish']}}}", 1},
	} {
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(Request{File: file})
		if problems, _ := err.(Problems); len(problems) != test.problems || strings.Contains(err.Error(), "swordfish") {
			t.Errorf("%v", err)
		}
	}
}

// TestChangedSecretsAreChanges compares configurations that differ in nothing but a secret.
func TestChangedSecretsAreChanges(t *testing.T) {
	a := mustLoad(t, "exporters: {alert: {webhook: {headers: [{name: Authorization, value: one}]}}}\n")
	b := mustLoad(t, "exporters: {alert: {webhook: {headers: [{name: Authorization, value: two}]}}}\n")
	if keys := Changed(&a.Config, &b.Config); len(keys) != 1 || keys[0].Name != "exporters.alert.webhook.headers" {
		t.Errorf("changed: %v", keys)
	}
}
