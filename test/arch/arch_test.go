package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "sipspan"

// owners are the packages outside the module that only some packages may know.
var owners = map[string][]string{
	"github.com/spf13/viper":                {"config"},
	"github.com/google/gopacket/pcap":       {"capture/live"},
	"C":                                     {},
	"unsafe":                                {},
	"github.com/prometheus/client_golang/*": {"exporters/...", "internal/dev/manual"},
	"github.com/prometheus/exporter-toolkit/*": {"internal/httpserver"},
	"net/http":               {"exporters/...", "internal/dev/demo", "internal/dev/soak", "internal/httpserver", "web/..."},
	"github.com/spf13/cobra": {"cmd/sipspan"},
	"github.com/grafana/*":   {"internal/dev/dashboards"},
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
	lookAround(t)
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

// lookAround opens the folders of the tree: "go test" takes an earlier result only when what a test has opened is unchanged, and
// does not see what "go list" has opened.
func lookAround(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".git" && d.IsDir() {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
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
