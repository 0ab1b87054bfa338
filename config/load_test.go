package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// load loads with the text as the file and the arguments as the command line of a program with the two flags below.
func load(t *testing.T, text string, args ...string) (*Settings, error) {
	t.Helper()
	r := Request{Flags: map[string]*pflag.Flag{}}
	if text != "" {
		r.File = filepath.Join(t.TempDir(), "sipspan.yaml")
		if err := os.WriteFile(r.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.String("log-level", "", "")
	flags.String("connections", "", "")
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	r.Flags["log.level"] = flags.Lookup("log-level")
	r.Flags["reassembly.tcp.max_connections"] = flags.Lookup("connections")
	return Load(r)
}

func mustLoad(t *testing.T, text string, args ...string) *Settings {
	t.Helper()
	s, err := load(t, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPrecedence(t *testing.T) {
	const file = "log:\n  level: error\n"
	check := func(s *Settings, level, origin string) {
		t.Helper()
		if s.Config.Log.Level != level {
			t.Errorf("log.level is %q, want %q", s.Config.Log.Level, level)
		}
		if got := s.Origin("log.level").String(); !strings.HasSuffix(got, origin) || (origin == "") != (got == "") {
			t.Errorf("origin is %q, want %q", got, origin)
		}
	}
	check(mustLoad(t, ""), "info", "")
	check(mustLoad(t, file), "error", "sipspan.yaml:2")
	t.Setenv("SIPSPAN_LOG_LEVEL", "warn")
	check(mustLoad(t, ""), "warn", "environment variable SIPSPAN_LOG_LEVEL")
	check(mustLoad(t, file), "warn", "environment variable SIPSPAN_LOG_LEVEL")
	check(mustLoad(t, file, "--log-level", "debug"), "debug", "flag --log-level")
	t.Setenv("SIPSPAN_LOG_LEVEL", "")
	check(mustLoad(t, file), "error", "sipspan.yaml:2")
}

// TestEveryKeyFromTheEnvironment sets one key after the other and looks whether it, and only it, arrives.
func TestEveryKeyFromTheEnvironment(t *testing.T) {
	want := Default()
	emptyFile := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(emptyFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, k := range Keys() {
		t.Run(k.Name, func(t *testing.T) {
			text := k.format(k.Default)
			switch {
			case text != "":
			case k.Kind == List:
				text = " " // an empty variable counts as not set
			case k.Kind == Table:
				text = "[]"
			case strings.HasSuffix(k.Name, "_file"):
				text = emptyFile
			case strings.HasSuffix(k.Name, "url"):
				text = "http://127.0.0.1:9093"
			case strings.HasSuffix(k.Name, "template"):
				text = "{}"
			case strings.HasSuffix(k.Name, ".listen"):
				text = ":9580"
			default:
				text = "edge-1"
			}
			t.Setenv(k.Env(), text)
			s, err := load(t, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, changed := range Changed(&s.Config, &want) {
				if changed.Name != k.Name {
					t.Errorf("%s changed %s", k.Env(), changed.Name)
				}
			}
			if got := s.Origin(k.Name).Env; got != k.Env() {
				t.Errorf("origin %q", got)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"unknown key", "log:\n  levl: info\n", `FILE:2: log.levl: unknown key; the nearest is log.level`},
		{"unknown section", "logs:\n  level: info\n", `FILE:1: logs: unknown key; the nearest is log`},
		{"nothing near", "zzzzzzzz: 1\n", `FILE:1: zzzzzzzz: unknown key`},
		{"upper case", "Sensor: x\n", `FILE:1: Sensor: unknown key; the nearest is sensor`},
		{"dotted key", "log.level: info\n", `FILE:1: log.level: write it as key and sub key, not with a dot`},
		{"twice", "sensor: a\nsensor: b\n", `FILE:2: sensor: appears twice; the first is in line 1`},
		{"section is text", "log: info\n", `FILE:1: log: expected keys below it, found "info"`},
		{"section is list", "log:\n  - level\n", `FILE:2: log: expected keys below it, found a list`},
		{"number for text", "sensor: 12\n", `FILE:1: sensor: expected a text, found the number 12`},
		{"list for text", "sensor: [a]\n", `FILE:1: sensor: expected a text, found a list`},
		{"bool for text", "sensor: true\n", `FILE:1: sensor: expected a text, found true`},
		{"text for number", "reassembly:\n  tcp:\n    max_connections: many\n", `FILE:3: reassembly.tcp.max_connections: expected a whole number, found "many"`},
		{"impossible", "\nreassembly:\n  tcp:\n    max_connections: 0\n", `FILE:4: reassembly.tcp.max_connections: expected at least 1, got 0`},
		{"capture of alerts and privacy", "privacy: {addresses: drop, key_variable: KEY}\nexporters: {alert: {pcap: /tmp/x}}\n",
			`FILE:2: exporters.alert.pcap: a capture would show what privacy hides; leave it out, or set pcap_in_clear to true to allow it`},
		{"webhook template", "exporters:\n  alert:\n    webhook:\n      template: '{\"rule\": {{.rule}}}'\n",
			`FILE:4: exporters.alert.webhook.template: tried with an example: the template does not make JSON: invalid character 'x' after object key:value pair in "{\"rule\": 5xx_spike}"`},
		{"bare duration", "reassembly: {tcp: {gap_timeout: 20}}\n", `FILE:1: reassembly.tcp.gap_timeout: expected a duration such as 500ms, 5s or 1m30s, found the number 20`},
		{"broken duration", "reassembly: {tcp: {gap_timeout: 20 ms}}\n", `FILE:1: reassembly.tcp.gap_timeout: expected a duration such as 500ms, 5s or 1m30s, found "20 ms"`},
		{"broken size", "reassembly: {tcp: {max_held_bytes: 64K}}\n", `FILE:1: reassembly.tcp.max_held_bytes: expected a size such as 65536, 64KiB or 16MiB, found "64K"`},
		{"bad filter", "capture:\n  filter: \"udp prt 5060\"\n", `FILE:2: capture.filter: a libpcap filter expression was expected: the filter "udp prt 5060" does not compile: can't parse filter expression: syntax error`},
		{"item of a list", "capture:\n  interfaces:\n    - eth0\n    - 7\n", `FILE:4: capture.interfaces: expected a list of texts, found the number 7 in it`},
		{"item twice", "capture:\n  interfaces: [eth0, eth0]\n", `FILE:2: capture.interfaces: [1]: "eth0" is there twice, each interface once was expected`},
		{"bad level", "log: {level: loud}\n", `FILE:1: log.level: "loud": expected debug, info, warn or error`},
		{"syntax", "log:\n\tlevel: info\n", `FILE:2: not valid YAML: found character that cannot start any token`},
		{"not a mapping", "- log\n", `FILE:1: expected keys with values, such as “sensor: edge-1”, found a list`},
		{"two documents", "sensor: a\n---\nsensor: b\n", `FILE: holds more than one YAML document; expected one`},
		{"control character", "sensor: \"a\\nb\"\n", `FILE:1: sensor: "a\nb": expected at most 255 printable characters`},
		{
			"all at once",
			"sensr: x\nlog:\n  level: info\n  colour: red\nreassembly: {tcp: {max_connections: [1]}}\n",
			"FILE:1: sensr: unknown key; the nearest is sensor\n" +
				"FILE:4: log.colour: unknown key\n" +
				"FILE:5: reassembly.tcp.max_connections: expected a whole number, found a list",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := load(t, test.file)
			if err == nil {
				t.Fatalf("accepted as %+v", s.Config)
			}
			problems, ok := err.(Problems)
			if !ok {
				t.Fatalf("error is a %T: %v", err, err)
			}
			got := strings.ReplaceAll(problems.Error(), filepath.Dir(problems[0].Origin.File)+"/sipspan.yaml", "FILE")
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestUnreadableFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.yaml")
	_, err := Load(Request{File: missing})
	if want := missing + ": cannot be read: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	folder := t.TempDir()
	_, err = Load(Request{File: folder})
	if want := folder + ": cannot be read: is a directory"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestRefusedElsewhere(t *testing.T) {
	t.Run("environment", func(t *testing.T) {
		t.Setenv("SIPSPAN_REASSEMBLY_TCP_MAX_CONNECTIONS", "two")
		_, err := load(t, "")
		if want := `environment variable SIPSPAN_REASSEMBLY_TCP_MAX_CONNECTIONS: reassembly.tcp.max_connections: expected a whole number, found "two"`; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	})
	t.Run("flag", func(t *testing.T) {
		_, err := load(t, "", "--connections=-1")
		if want := `flag --connections: reassembly.tcp.max_connections: expected at least 1, got -1`; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	})
}

func TestUnknownVariableIsAWarning(t *testing.T) {
	t.Setenv("SIPSPAN_LOG_LEVL", "debug")
	s := mustLoad(t, "")
	want := "environment variable SIPSPAN_LOG_LEVL: no setting has this name; the nearest is SIPSPAN_LOG_LEVEL"
	if got := s.Warnings.Error(); got != want {
		t.Errorf("warnings %q, want %q", got, want)
	}
}

func TestListFromTheEnvironment(t *testing.T) {
	t.Setenv("SIPSPAN_CAPTURE_INTERFACES", "eth0, eth1")
	s := mustLoad(t, "capture:\n  interfaces: [lo]\n")
	if got := s.Config.Capture.Interfaces; !slices.Equal(got, []string{"eth0", "eth1"}) {
		t.Errorf("interfaces %q", got)
	}
}

func TestListFromAFlag(t *testing.T) {
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.StringArrayP("interface", "i", nil, "")
	if err := flags.Parse([]string{"-i", "eth0", "--interface=eth1.7"}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SIPSPAN_CAPTURE_INTERFACES", "lo")
	s, err := Load(Request{Flags: map[string]*pflag.Flag{"capture.interfaces": flags.Lookup("interface")}})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Config.Capture.Interfaces; !slices.Equal(got, []string{"eth0", "eth1.7"}) {
		t.Errorf("interfaces %q", got)
	}
}

func TestAccepted(t *testing.T) {
	for name, file := range map[string]string{
		"empty":           "\n",
		"comments only":   "# nothing\n",
		"empty section":   "log:\nsensor: a\n",
		"empty value":     "sensor:\n",
		"anchor":          "sensor: &n info\nlog:\n  level: *n\n",
		"size in bytes":   "reassembly: {tcp: {max_held_bytes: 1048576}}\n",
		"size with unit":  "reassembly: {tcp: {max_held_bytes: 1MiB}}\n",
		"duration":        "reassembly: {tcp: {gap_timeout: 5s}}\n",
		"quoted duration": "reassembly: {tcp: {gap_timeout: \"5000ms\"}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := mustLoad(t, file)
			want := Default()
			want.Sensor = s.Config.Sensor
			if changed := Changed(&s.Config, &want); len(changed) != 0 {
				t.Errorf("not the default: %v", changed)
			}
		})
	}
}
