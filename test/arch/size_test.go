package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

const (
	maxFiles       = 25 // of a package
	maxMethodFiles = 6  // in which the methods of one type stand
)

// large are the packages that still have more files than that. None may join them.
var large = map[string]bool{
	"diagnose": true,
	"record":   true,
}

// scattered are the types whose methods still stand in more files than that, likewise.
var scattered = map[string]bool{
	"alert.watch":                 true,
	"diagnose.view":               true,
	"exporters/prometheus.output": true,
	"internal/packet.cursor":      true,
	"record.members":              true,
	"session/call.Call":           true,
	"session/call.Usage":          true,
}

// TestPackagesHaveFewFiles counts the files of each package, tests not included.
func TestPackagesHaveFewFiles(t *testing.T) {
	for _, p := range packages(t) {
		if n := len(p.GoFiles); n > maxFiles && !large[p.name()] {
			t.Errorf("%s has %d files, more than %d", p.name(), n, maxFiles)
		}
	}
}

// TestMethodsStandTogether counts the files that hold methods of each type.
func TestMethodsStandTogether(t *testing.T) {
	for _, p := range packages(t) {
		for name, n := range methodFiles(t, p) {
			if n > maxMethodFiles && !scattered[p.name()+"."+name] {
				t.Errorf("%s.%s has methods in %d files, more than %d", p.name(), name, n, maxMethodFiles)
			}
		}
	}
}

// methodFiles returns in how many files the methods of each type of a package stand.
func methodFiles(t *testing.T, p listed) map[string]int {
	t.Helper()
	count := map[string]int{}
	for _, file := range p.GoFiles {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		here := map[string]bool{}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				here[receiver(f.Recv.List[0].Type)] = true
			}
		}
		for name := range here {
			count[name]++
		}
	}
	return count
}

// receiver returns the name of the type of a receiver, without a pointer and type parameters.
func receiver(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.ParenExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

func TestReceiver(t *testing.T) {
	for code, want := range map[string]string{"T": "T", "*T": "T", "(T)": "T", "*T[K]": "T", "T[K, V]": "T"} {
		e, err := parser.ParseExpr(code)
		if err != nil {
			t.Fatal(err)
		}
		if got := receiver(e); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
