package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "sipspan"

// arrows are the imports inside the module that the design allows. A name ending in "/..." stands for a package and all
// below it. A package that has no row may not exist: whoever adds one says here what it may know.
var arrows = map[string][]string{
	"record":     {},
	"record/...": {"record"},

	"capture":     {},
	"capture/...": {"capture", "internal/bpf", "internal/invariants"},

	"internal/packet":     {},
	"internal/bpf":        {},
	"internal/invariants": {},
	"internal/logging":    {},
	"internal/fault":      {}, // for every package that starts goroutines

	"reassembly":     {"internal/packet", "internal/invariants"},
	"reassembly/...": {"reassembly", "internal/invariants"},
	"decode/...":     {"decode/...", "internal/invariants"},
	"session":        {"decode/...", "record"},
	"diagnose":       {"decode/...", "record"},

	"alert":     {"record"},
	"alert/...": {"alert"},

	"exporters":     {"record", "internal/fault"},
	"exporters/...": {"exporters/...", "record", "internal/logging"},
	// A capture of an alert is written like any other that is made of plain values.
	"exporters/notify/pcap": {"exporters/...", "record", "internal/fault", "capture/pcapwrite"},
	// The metrics show the counters of the sessions as they are; they know no SIP.
	"exporters/prometheus": {"exporters", "record", "session"},

	"pipeline": {
		"capture", "internal/packet", "internal/invariants", "internal/fault", "reassembly/...", "decode/...", "session", "diagnose", "record",
	},

	// config puts every package's Config together and knows nothing else of them; cmd/sipspan wires and knows no protocol.
	"config": {
		"capture/...", "reassembly/...", "session", "diagnose", "pipeline", "record/privacy", "alert", "exporters/...",
		"internal/logging",
	},
	"cmd/sipspan": {
		"capture/...", "session", "pipeline", "alert/...", "exporters/...", "record/...", "config", "systemd",
		"internal/logging", "internal/fault",
	},
	"systemd": {},

	// What developers run. Nothing of the product knows it.
	"internal/dev/manual":     {"config", "diagnose", "alert", "exporters/...", "record", "internal/dev/dashboards"},
	"internal/dev/dashboards": {},

	// The evaluation of the alerts shows an engine the signals of invented sites; only its command knows which engine.
	"internal/dev/alerteval":     {"record", "session", "internal/fault"},
	"internal/dev/alerteval/...": {"internal/dev/alerteval", "alert", "record", "session", "internal/fault"},

	"internal/dev/sipgen":     {"capture/pcapwrite"},
	"internal/dev/sipgen/...": {"internal/dev/sipgen", "capture/pcapwrite"},
	"test/...":                {"internal/dev/sipgen", "internal/dev/dashboards"},
}

// owners are the packages outside the module that only some packages may know.
var owners = map[string][]string{
	"github.com/spf13/viper":                {"config"},
	"github.com/google/gopacket/pcap":       {"capture/live"},
	"C":                                     {},
	"unsafe":                                {},
	"github.com/prometheus/client_golang/*": {"exporters/...", "cmd/sipspan", "internal/dev/manual"},
	"github.com/spf13/cobra":                {"cmd/sipspan"},
	"github.com/grafana/*":                  {"internal/dev/dashboards"},
}

type listed struct {
	ImportPath string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
}

func (l listed) name() string { return strings.TrimPrefix(l.ImportPath, module+"/") }

// packages lists the module with "go list", which sees exactly what the build sees.
func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	if len(all) < 10 {
		t.Fatalf("go list names only %d packages", len(all))
	}
	return all
}

// covers reports whether a pattern of the tables stands for the package.
func covers(pattern, name string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == base || strings.HasPrefix(name, base+"/")
	}
	if base, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(name, base)
	}
	return name == pattern
}

// row returns the row of the table for a package: its own name, else the longest pattern that covers it.
func row(name string) (allowed []string, ok bool) {
	if allowed, ok = arrows[name]; ok {
		return allowed, true
	}
	longest := ""
	for pattern := range arrows {
		if covers(pattern, name) && len(pattern) > len(longest) {
			longest = pattern
		}
	}
	return arrows[longest], longest != ""
}

func TestImportArrows(t *testing.T) {
	for _, p := range packages(t) {
		allowed, ok := row(p.name())
		if !ok {
			t.Errorf("%s is not in the table of the design", p.name())
			continue
		}
		for _, imported := range p.Imports {
			target, inside := strings.CutPrefix(imported, module+"/")
			if inside && !slices.ContainsFunc(allowed, func(a string) bool { return covers(a, target) }) {
				t.Errorf("%s must not know %s", p.name(), target)
			}
		}
	}
}

func TestOwnersOfDependencies(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for pattern, owned := range owners {
				if covers(pattern, imported) && !slices.ContainsFunc(owned, func(a string) bool { return covers(a, p.name()) }) {
					t.Errorf("%s must not import %s; only %v may", p.name(), imported, owned)
				}
			}
		}
	}
}

func TestCaptureKnowsNoProtocol(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "github.com/google/gopacket") && !covers("capture/...", p.name()) {
				t.Errorf("%s imports %s; gopacket stands in capture only, and in tests as an oracle", p.name(), imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.name())
		}
	}
}

// A file of more than 500 lines holds more than one idea. The generated ones do not count.
func TestFilesStaySmall(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			if lines := bytes.Count(text, []byte("\n")); lines > 500 && !ast.IsGenerated(parsed) {
				t.Errorf("%s/%s has %d lines", p.name(), file, lines)
			}
		}
	}
}
