// Command manual writes the files of the tree that are made from the code: the commented configuration file, the pages
// of the manual that list what the code knows, the recording rules and the dashboards. It runs through “go generate
// ./...” from any folder of the tree.
package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"

	"sipspan/alert"
	"sipspan/config"
	"sipspan/diagnose"
	"sipspan/internal/dev/dashboards"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(1)
	}
}

// written is every file that is made from the code, by path from the top of the tree.
func written() map[string]func(io.Writer) error {
	all := maps.Clone(config.Written)
	all["docs/metrics.md"] = writeMetrics
	all["docs/diagnoses.md"] = diagnose.WriteManual
	all["docs/alerts.md"] = alert.WriteManual
	all["docs/alert-examples.md"] = writeExamples
	all["exporters/prometheus/rules/recording.yaml"] = writeRecording
	for name, board := range dashboards.All() {
		all["exporters/prometheus/dashboards/"+name] = func(w io.Writer) error { return dashboards.Write(w, board) }
	}
	return all
}

func run() error {
	top, err := moduleRoot()
	if err != nil {
		return err
	}
	for path, write := range written() {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := os.WriteFile(filepath.Join(top, path), out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// moduleRoot is the nearest folder upwards that holds go.mod.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", fmt.Errorf("no go.mod above the working folder")
		}
		folder = above
	}
}
