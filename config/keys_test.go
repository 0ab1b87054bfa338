package config

import (
	"bytes"
	"maps"
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
