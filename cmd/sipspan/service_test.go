package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const unitFile = "../../systemd/sipspan.service"

// unit reads a unit file into the values of each key.
func unit(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if key, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			values[key] = append(values[key], value)
		}
	}
	return values
}

// TestUnitKeepsItsPromises looks for what the manual says about the service.
func TestUnitKeepsItsPromises(t *testing.T) {
	u := unit(t)
	for key, want := range map[string]string{
		"Type":                     "notify",
		"User":                     "sipspan",
		"AmbientCapabilities":      "CAP_NET_RAW CAP_NET_ADMIN",
		"CapabilityBoundingSet":    "CAP_NET_RAW CAP_NET_ADMIN",
		"NoNewPrivileges":          "yes",
		"ProtectSystem":            "strict",
		"ProtectHome":              "yes",
		"PrivateTmp":               "yes",
		"MemoryDenyWriteExecute":   "yes",
		"RestrictAddressFamilies":  "AF_PACKET AF_INET AF_INET6 AF_UNIX AF_NETLINK",
		"StateDirectory":           "sipspan",
		"RestartPreventExitStatus": "2",
		"ExecReload":               "/bin/kill -HUP $MAINPID",
	} {
		if !slices.Equal(u[key], []string{want}) {
			t.Errorf("%s is %q, want %q", key, u[key], want)
		}
	}
	for _, key := range []string{"WatchdogSec", "SystemCallFilter", "SystemCallArchitectures", "TimeoutStopSec"} {
		if len(u[key]) == 0 {
			t.Errorf("%s is missing", key)
		}
	}
}

// TestUnitStartsACommandThatExists runs the command line of the unit through the program's own parser.
func TestUnitStartsACommandThatExists(t *testing.T) {
	words := strings.Fields(unit(t)["ExecStart"][0])
	cmd, args, err := newRoot().Find(words[1:])
	if err != nil || cmd.Name() != "run" {
		t.Fatalf("%q leads to %q: %v", words, cmd.Name(), err)
	}
	if err := cmd.ParseFlags(args); err != nil {
		t.Error(err)
	}
	if got := cmd.Flags().Lookup("config").Value.String(); got != "/etc/sipspan/sipspan.yaml" {
		t.Errorf("configuration %q", got)
	}
}

// TestSystemdTakesTheUnit asks systemd itself, where it is installed.
func TestSystemdTakesTheUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	// The program need not be installed for the unit to be looked at.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sipspan.service")
	text = regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAll(text, []byte("ExecStart="+self))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(analyze, "verify", "--man=no", path).CombinedOutput()
	if err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, path) || strings.Contains(line, "sipspan.service:") {
			t.Errorf("verify: %s", line)
		}
	}
	out, err = exec.Command(analyze, "security", "--offline=yes", "--threshold=25", "--no-pager", path).CombinedOutput()
	if err != nil {
		t.Errorf("security: %v\n%s", err, out)
	}
}
