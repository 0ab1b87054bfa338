package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sipspan/internal/limits"
)

// units are the unit files: one service for all interfaces, and one for each.
var units = []string{"sipspan.service", "sipspan@.service"}

// unit reads a unit file into the values of each key.
func unit(t *testing.T, name string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../systemd", name))
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
	for _, name := range units {
		u := unit(t, name)
		for key, want := range map[string]string{
			"Type":                     "notify",
			"User":                     "sipspan",
			"AmbientCapabilities":      "CAP_NET_RAW",
			"CapabilityBoundingSet":    "CAP_NET_RAW",
			"NoNewPrivileges":          "yes",
			"RootDirectory":            "/run/sipspan-root",
			"ProtectSystem":            "strict",
			"ProtectHome":              "yes",
			"PrivateTmp":               "yes",
			"MemoryDenyWriteExecute":   "yes",
			"RestrictAddressFamilies":  "AF_PACKET AF_INET AF_INET6 AF_UNIX",
			"IPAddressDeny":            "any",
			"IPAddressAllow":           "localhost",
			"StartLimitIntervalSec":    "0",
			"Restart":                  "on-failure",
			"RestartPreventExitStatus": "2",
			"ExecReload":               "/bin/sh -c 'kill -HUP $MAINPID'",
		} {
			if !slices.Equal(u[key], []string{want}) {
				t.Errorf("%s: %s is %q, want %q", name, key, u[key], want)
			}
		}
		if !slices.Contains(u["Environment"], "GOTRACEBACK=crash") {
			t.Errorf("%s: a panic has the exit status that prevents a restart", name)
		}
		for _, key := range []string{"WatchdogSec", "SystemCallFilter", "SystemCallArchitectures", "TimeoutStopSec", "RestartSec"} {
			if len(u[key]) == 0 {
				t.Errorf("%s: %s is missing", name, key)
			}
		}
	}
	if one, each := unit(t, units[0])["StateDirectory"], unit(t, units[1])["StateDirectory"]; one[0] != "sipspan" || each[0] != "sipspan/%i" {
		t.Errorf("state directories %q and %q", one, each)
	}
}

// TestUnitsHaveTheSameLimits: the two differ in nothing but what belongs to one interface.
func TestUnitsHaveTheSameLimits(t *testing.T) {
	own := []string{"Description", "ExecStart", "Environment", "EnvironmentFile", "StateDirectory", "WorkingDirectory"}
	one, each := unit(t, units[0]), unit(t, units[1])
	for _, key := range own {
		delete(one, key)
		delete(each, key)
	}
	if diff := cmp.Diff(one, each); diff != "" {
		t.Error(diff)
	}
}

// TestUnitLeavesMemoryForThePromise: the kernel ends the service above its own limit, which therefore is more than what the program
// keeps to with the configuration that is installed.
func TestUnitLeavesMemoryForThePromise(t *testing.T) {
	for _, name := range units {
		text, ok := strings.CutSuffix(unit(t, name)["MemoryMax"][0], "M")
		if mebibytes, err := strconv.ParseInt(text, 10, 64); !ok || err != nil {
			t.Errorf("%s: MemoryMax=%s: %v", name, text, err)
		} else if promise := limits.DefaultConfig().Memory / 10 * 11; mebibytes<<20 <= promise {
			t.Errorf("%s: MemoryMax=%dM is not above %d bytes", name, mebibytes, promise)
		}
	}
}

// TestUnitStartsACommandThatExists runs the command line of the unit through the program's own parser.
func TestUnitStartsACommandThatExists(t *testing.T) {
	for _, name := range units {
		words := strings.Fields(unit(t, name)["ExecStart"][0])
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
		if got := cmd.Flags().Lookup("interface").Value.String(); (got == "[%i]") != strings.Contains(name, "@") {
			t.Errorf("%s: interfaces %s", name, got)
		}
	}
}

// TestSystemdTakesTheUnits asks systemd itself, where it is installed. The program need not be.
func TestSystemdTakesTheUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range units {
		text, err := os.ReadFile(filepath.Join("../../systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), strings.Replace(name, "@", "@eth1", 1))
		// systemd-analyze looks for the program below the root directory, where a test cannot put one.
		text = regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAll(text, []byte("ExecStart="+self))
		verified := regexp.MustCompile(`(?m)^RootDirectory=.*\n`).ReplaceAll(text, nil)
		if err := os.WriteFile(path, verified, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(analyze, "verify", "--man=no", path).CombinedOutput()
		if err != nil {
			t.Errorf("verify: %v\n%s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, path) || strings.Contains(line, filepath.Base(path)+":") {
				t.Errorf("verify: %s", line)
			}
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		// The threshold is in tenths: 1.4 and less passes.
		out, err = exec.Command(analyze, "security", "--offline=yes", "--threshold=14", "--no-pager", path).CombinedOutput()
		if err != nil {
			t.Errorf("security: %v\n%s", err, out)
		}
	}
}
