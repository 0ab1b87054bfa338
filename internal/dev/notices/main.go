package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// named matches the name of a file that holds a licence or a notice.
var named = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright)([-.].*)?$`)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: notices PACKAGE [FILE ...]")
		os.Exit(2)
	}
	w := bufio.NewWriter(os.Stdout)
	if err := errors.Join(write(w, os.Args[1], os.Args[2:]...), w.Flush()); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// write writes the texts of Go, of each module that is linked into pkg, and the files.
func write(w io.Writer, pkg string, files ...string) error {
	root, err := run("env", "GOROOT")
	if err != nil {
		return err
	}
	if err := section(w, "The Go programming language", root[0], nil); err != nil {
		return err
	}
	modules, err := linked(pkg)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		if err := section(w, name, modules[name].folder, modules[name].packages); err != nil {
			return err
		}
	}
	if err := own(w, pkg); err != nil {
		return err
	}
	for _, path := range files {
		if err := text(w, path, path); err != nil {
			return err
		}
	}
	return nil
}

// module is where the files of a module lie.
type module struct {
	folder   string
	packages []string // folders of those that are linked
}

// linked returns the modules that pkg needs, except its own, by path and version.
func linked(pkg string) (map[string]module, error) {
	lines, err := run("list", "-deps", "-f",
		"{{$dir := .Dir}}{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}\t{{$dir}}{{end}}{{end}}", pkg)
	if err != nil {
		return nil, err
	}
	modules := map[string]module{}
	for _, line := range lines {
		parts := strings.Split(line, "\t")
		if len(parts) != 3 { // the standard library and the module itself
			continue
		}
		m := modules[parts[0]]
		m.folder = parts[1]
		m.packages = append(m.packages, parts[2])
		modules[parts[0]] = m
	}
	return modules, nil
}

// section writes the texts of one module: those of its top folder, and those on the way to each package that is linked, which
// concern code that the module has taken from elsewhere.
func section(w io.Writer, name, top string, packages []string) error {
	folders := map[string]bool{top: true}
	for _, folder := range packages {
		for ; strings.HasPrefix(folder, top) && !folders[folder]; folder = filepath.Dir(folder) {
			folders[folder] = true
		}
	}
	found := false
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || !named.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
				continue
			}
			path := filepath.Join(folder, e.Name())
			if err := text(w, name+": "+strings.TrimPrefix(path, top+"/"), path); err != nil {
				return err
			}
			found = found || folder == top
		}
	}
	if !found {
		return fmt.Errorf("%s has no licence text in %s", name, top)
	}
	return nil
}

// own writes the texts in the folders of the module's own packages: of what these have from others and that is no module, such as scripts of pages.
func own(w io.Writer, pkg string) error {
	folders, err := run("list", "-deps", "-f", "{{$dir := .Dir}}{{with .Module}}{{if .Main}}{{$dir}}{{end}}{{end}}", pkg)
	if err != nil {
		return err
	}
	for _, folder := range slices.Sorted(slices.Values(folders)) {
		if folder == "" {
			continue
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || !named.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
				continue
			}
			if err := text(w, filepath.Base(folder)+": "+e.Name(), filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// text writes one file below a heading.
func text(w io.Writer, heading, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "==== %s ====\n\n%s\n\n", heading, bytes.TrimSpace(content))
	return err
}

// run returns the lines that a go command prints.
func run(args ...string) ([]string, error) {
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), nil
}
