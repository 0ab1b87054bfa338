package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every command that a person sees has a man page with its flags and examples.
func TestManPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man")
	if o := command(t.Context(), "man", dir); o.code != 0 || o.stdout != "" {
		t.Fatalf("exit status %d: %s%s", o.code, o.stdout, o.stderr)
	}
	for _, c := range newRoot().Commands() {
		if c.Hidden {
			continue
		}
		page, err := os.ReadFile(filepath.Join(dir, "sipspan-"+c.Name()+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, part := range []string{".TH", ".SH NAME", ".SH SYNOPSIS"} {
			if !strings.Contains(string(page), part) {
				t.Errorf("%s: no %s", c.Name(), part)
			}
		}
		if c.HasExample() && !strings.Contains(string(page), ".SH EXAMPLE") {
			t.Errorf("%s: no examples", c.Name())
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "sipspan.1")); err != nil {
		t.Error(err)
	}
	if o := command(t.Context(), "man"); o.code != exitUsage {
		t.Errorf("without a folder: exit status %d", o.code)
	}
}

func TestVersionFlag(t *testing.T) {
	flag, version := command(t.Context(), "--version"), command(t.Context(), "version")
	if flag.code != 0 || flag.stdout != version.stdout || !strings.HasPrefix(flag.stdout, "sipspan ") {
		t.Errorf("--version prints %q, and version %q", flag.stdout, version.stdout)
	}
}
