package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"sipspan/exporters/files"
	"sipspan/internal/logging"
	"sipspan/record"
)

// written returns the lines of all files of a folder that are whole.
func written(t *testing.T, folder string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(path) == ".part" {
			t.Errorf("%s is not finished", path)
		}
		all.Write(text)
	}
	return all.String()
}

func message(id string) record.Record { return &record.Message{Header: record.Header{CallID: id}} }

// check fails when a step of a test does.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRecordFilesMove(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	c := files.DefaultConfig()
	c.Directory = first
	f, err := openRecordFiles(c, slog.New(slog.DiscardHandler))
	check(t, err)
	check(t, f.Export(message("one")))
	c.Directory, c.Format = second, "csv"
	f.reopen(c)
	check(t, f.Export(message("two")))
	check(t, f.Flush())
	check(t, f.Export(message("three")))
	check(t, f.Close())
	if got := written(t, first); strings.Count(got, "\n") != 2 || !strings.Contains(got, `"one"`) || !strings.Contains(got, `"two"`) {
		t.Errorf("first folder holds %q", got)
	}
	if got := written(t, second); strings.Count(got, "\n") != 2 || !strings.Contains(got, ",three,") {
		t.Errorf("second folder holds %q", got)
	}
}

func TestRecordFilesStayWhereTheyCan(t *testing.T) {
	folder := t.TempDir()
	blocked := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(blocked, nil, 0o600))
	c := files.DefaultConfig()
	c.Directory = folder
	var log bytes.Buffer
	f, err := openRecordFiles(c, slog.New(slog.NewTextHandler(&log, nil)))
	check(t, err)
	c.Directory = blocked
	f.reopen(c)
	check(t, f.Flush())
	check(t, f.Export(message("one")))
	check(t, f.Close())
	if !strings.Contains(log.String(), "record files stay as they were") {
		t.Errorf("log: %s", log.String())
	}
	if got := written(t, folder); !strings.Contains(got, `"one"`) {
		t.Errorf("folder holds %q", got)
	}
}

func TestRecordFilesComeBack(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "records")
	c := files.DefaultConfig()
	c.Directory = folder
	f, err := openRecordFiles(c, slog.New(slog.DiscardHandler))
	check(t, err)
	// The folder is in the way of itself while the files are to be opened again.
	check(t, os.Remove(folder))
	check(t, os.WriteFile(folder, nil, 0o600))
	f.reopen(c)
	if err := f.Flush(); err == nil {
		t.Error("opened inside of a file")
	}
	if err := f.Export(message("lost")); err == nil {
		t.Error("exported to nowhere")
	}
	check(t, os.Remove(folder))
	check(t, f.Flush())
	check(t, f.Export(message("kept")))
	check(t, f.Close())
	if got := written(t, folder); strings.Contains(got, "lost") || !strings.Contains(got, "kept") {
		t.Errorf("folder holds %q", got)
	}
}

// reloading is a daemon that has loaded the text as its configuration, and what its log says. load replaces the text
// and reloads.
func reloading(t *testing.T, text string) (d *running, log *bytes.Buffer, load func(text string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sipspan.yaml")
	write := func(text string) { check(t, os.WriteFile(path, []byte(text), 0o600)) }
	write(text)
	cmd := &cobra.Command{}
	s := commonFlags(cmd)
	check(t, cmd.ParseFlags([]string{"--config", path}))
	loaded, err := s.load()
	check(t, err)
	log = &bytes.Buffer{}
	d = &running{settings: s, log: logging.New(log, loaded.Config.Log), config: inService(loaded.Config)}
	if c := d.config.Exporters.Files; c.Directory != "" {
		d.files, err = openRecordFiles(c, slog.New(slog.DiscardHandler))
		check(t, err)
		t.Cleanup(func() { check(t, d.files.Close()) })
	}
	return d, log, func(text string) {
		log.Reset()
		write(text)
		d.reload()
	}
}

func TestReloadAppliesWhatItCan(t *testing.T) {
	d, log, load := reloading(t, "log: {level: info}\n")
	load("log: {level: debug}\npipeline: {batches: 32}\n")
	for _, want := range []string{
		`msg="a changed setting waits for a restart" key=pipeline.batches`,
		`msg="configuration read again" applied=[log.level]`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, log)
		}
	}
	if d.log.Debug("seen"); !strings.Contains(log.String(), "msg=seen") {
		t.Error("the level of the log has not changed")
	}
	if d.config.Log.Level != "debug" || d.config.Pipeline.Batches == 32 {
		t.Errorf("in force: level %s, batches %d", d.config.Log.Level, d.config.Pipeline.Batches)
	}
	load("log: {level: debug}\npipeline: {batches: 32}\n")
	if !strings.Contains(log.String(), "key=pipeline.batches") || !strings.Contains(log.String(), "applied=[]") {
		t.Errorf("what waits is forgotten:\n%s", log)
	}
}

func TestReloadKeepsTheOldConfigurationWhenTheNewOneIsBroken(t *testing.T) {
	d, log, load := reloading(t, "log: {level: warn}\n")
	load("log: {level: debug}\nsensr: x\npipeline: {workers: 99}\n")
	if !strings.Contains(log.String(), "sipspan.yaml:2: sensr: unknown key; the nearest is sensor") {
		t.Errorf("log:\n%s", log)
	}
	if d.config.Log.Level != "warn" {
		t.Errorf("level %s in force", d.config.Log.Level)
	}
}

func TestReloadMovesTheRecordFiles(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	d, log, load := reloading(t, "exporters: {files: {directory: "+first+"}}\n")
	load("exporters: {files: {directory: " + second + ", format: csv}}\n")
	if !strings.Contains(log.String(), `applied="[exporters.files.directory exporters.files.format]"`) {
		t.Errorf("log:\n%s", log)
	}
	check(t, d.files.Flush())
	check(t, d.files.Export(message("one")))
	check(t, d.files.Flush())
	if d.files.config.Directory != second {
		t.Errorf("records go to %s", d.files.config.Directory)
	}
}

func TestReloadDoesNotTurnRecordFilesOnOrOff(t *testing.T) {
	folder := t.TempDir()
	_, log, load := reloading(t, "{}\n")
	load("exporters: {files: {directory: " + folder + "}}\n")
	if !strings.Contains(log.String(), `waits for a restart" key=exporters.files.directory`) {
		t.Errorf("log:\n%s", log)
	}
	d, log, load := reloading(t, "exporters: {files: {directory: "+folder+"}}\n")
	load("{}\n")
	if !strings.Contains(log.String(), `waits for a restart" key=exporters.files.directory`) || d.config.Exporters.Files.Directory != folder {
		t.Errorf("log:\n%s", log)
	}
}
