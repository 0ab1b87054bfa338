package main

import (
	"bytes"
	"debug/buildinfo"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const program = "sipspan/cmd/sipspan"

// TestEveryModuleOfTheProgram compares with what the linker has put into the program.
func TestEveryModuleOfTheProgram(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "sipspan")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, program).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Deps) < 20 {
		t.Fatalf("the program has only %d modules", len(info.Deps))
	}
	var b bytes.Buffer
	if err := write(&b, program); err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Deps {
		if !strings.Contains(b.String(), "\n==== "+m.Path+" "+m.Version+": LICEN") {
			t.Errorf("the notices lack the licence of %s %s", m.Path, m.Version)
		}
	}
	for _, want := range []string{
		"==== The Go programming language: LICENSE ====",
		": zstd/internal/xxhash/LICENSE.txt ====", // code that klauspost/compress has from elsewhere
		": NOTICE ====",
		"==== assets: LICENSE-htmx.txt ====", // scripts of the page, which are no modules
		"==== assets: LICENSE-uplot.txt ====",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the notices do not contain %q", want)
		}
	}
	if strings.Contains(b.String(), "google/go-cmp") {
		t.Error("the notices contain a module that only tests use")
	}
}

func TestFilesAreAppended(t *testing.T) {
	var b bytes.Buffer
	if err := write(&b, "sipspan/record", "doc.go"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\n==== doc.go ====\n\n// Command notices") {
		t.Errorf("%.300s", &b)
	}
	if err := write(&b, "sipspan/record", "none"); err == nil {
		t.Error("a file that is not there is accepted")
	}
}

func TestModuleWithoutLicence(t *testing.T) {
	if err := section(&bytes.Buffer{}, "example.org/none", t.TempDir(), nil); err == nil {
		t.Error("a module without a licence text is accepted")
	}
}
